package io.podpath.rules.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.fix.Change;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.EntryState;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.Severity;
import io.podpath.rules.SnapshotFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

class AsymmetricTunnelSourceTest {

  private static final AsymmetricTunnelSource RULE = new AsymmetricTunnelSource();
  private static final String EXAMPLE = "asymmetric-tunnel-source";

  @Test
  void oneFindingNamesTheMissingAddressAndTheRoutesThatDecide() {
    List<Finding> findings = SnapshotFixture.example(EXAMPLE).findings(RULE);
    assertThat(findings).hasSize(1);
    Finding finding = findings.getFirst();
    assertThat(finding.certainty()).isEqualTo(Certainty.PROVEN);
    assertThat(finding.title()).startsWith("az3-k8s-12 is known as 192.168.0.111");
    assertThat(finding.culprits().getFirst().entry()).isEqualTo("192.168.3.111/24 dev eth1");
    assertThat(finding.culprits().getFirst().state()).isEqualTo(EntryState.MISSING);
    assertThat(finding.culprits()).hasSize(5);
    assertThat(finding.affects()).hasSize(8);
  }

  @Test
  void withoutTheSetItIsLikely() {
    List<Finding> findings = SnapshotFixture.example(EXAMPLE).without("ipset-save").findings(RULE);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().certainty()).isEqualTo(Certainty.LIKELY);
  }

  @Test
  void withoutFelixNobodyDrops() {
    List<Finding> findings =
        SnapshotFixture.example(EXAMPLE)
            .editing(
                "iptables",
                t ->
                    t.lines()
                        .filter(l -> !l.contains("-p ipencap") && !l.contains("-p ipv4"))
                        .map(l -> l + "\n")
                        .reduce("", String::concat))
            .findings(RULE);
    assertThat(findings).isEmpty();
  }

  @Test
  void tablesNobodyReadDecideNothing() {
    assertThat(SnapshotFixture.example(EXAMPLE).without("ip-route").without("birdc").findings(RULE))
        .isEmpty();
  }

  @Test
  void nodesWithTwoCardsInOneNetworkOfBgpAreHealthy() {
    assertThat(SnapshotFixture.example("calico-ipip").findings(RULE)).isEmpty();
  }

  private static SnapshotFixture oneWay(String... more) {
    return SnapshotFixture.example("calico-ipip")
        .editing("nodes/az3-k8s-14/ip-route-table-all", t -> String.join("\n", more) + "\n" + t);
  }

  /** Whether the other stands in the same network or not. */
  @Test
  void routeThatNamesASourceIsCorrectedWhereItComesFrom() {
    Finding finding =
        SnapshotFixture.example(EXAMPLE)
            .editing(
                "/ip-route-table-all",
                t -> "192.168.0.111 dev eth0 scope link src 192.168.0.250\n" + t)
            .findings(RULE)
            .getFirst();
    assertThat(finding.fix().orElseThrow().lasting())
        .startsWith("find out who wrote the route to 192.168.0.111 on az3-k8s-11");
  }

  private static final String WRONG_SOURCE = "192.168.3.112 dev eth1 scope link src 192.168.0.113";

  /** The kernel refuses a second route to the same destination. */
  @Test
  void hostRouteThatNamesTheWrongSourceIsReplaced() {
    SnapshotFixture fixture = oneWay(WRONG_SOURCE);
    Finding finding = fixture.findings(RULE).getFirst();
    assertThat(finding.affects()).hasSize(2);
    assertThat(finding.fix().orElseThrow().changes())
        .extracting(Change::command)
        .containsExactly("ip route replace 192.168.3.112 dev eth1 scope link src 192.168.3.113");
    assertThat(SnapshotFixture.mended(RULE, fixture.snapshot(), finding).findings()).isEmpty();
  }

  @Test
  void adviceForOneNetworkIsNotToUseOneNetwork() {
    Finding finding = oneWay(WRONG_SOURCE).findings(RULE).getFirst();
    assertThat(finding.expected())
        .contains("src 192.168.3.113 on the way from az3-k8s-14 to 192.168.3.112");
    assertThat(finding.fix().orElseThrow().lasting())
        .startsWith("find out who wrote the route to 192.168.3.112 on az3-k8s-14");
    assertThat(
            SnapshotFixture.example(EXAMPLE)
                .findings(RULE)
                .getFirst()
                .fix()
                .orElseThrow()
                .lasting())
        .startsWith("use one network for all nodes");
  }

  /** What it should go to tells from where it would come. */
  @Test
  void routeToAWrongNextHopHidesNoWrongSource() {
    List<Finding> findings =
        SnapshotFixture.example("calico-ipip")
            .editing(
                "nodes/az3-k8s-14/ip-route-table-all",
                t ->
                    WRONG_SOURCE
                        + "\n"
                        + t.replace(
                            "10.122.127.128/26 via 192.168.3.112 dev tunl0 proto bird onlink",
                            "10.122.127.128/26 via 10.122.157.128 dev tunl0"))
            .findings(RULE);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().culprits().getFirst().entry()).isEqualTo(WRONG_SOURCE);
    assertThat(findings.getFirst().evidence().getFirst().says())
        .isEqualTo("az3-k8s-14 should reach az3-k8s-13 as 192.168.3.112");
  }

  private static SnapshotFixture sessions(String... peers) {
    StringBuilder table = new StringBuilder("Calico process is running.\n\nIPv4 BGP status\n");
    table.append("+---------------+-------------------+-------+------------+-------------+\n");
    table.append("| PEER ADDRESS  |     PEER TYPE     | STATE |   SINCE    |    INFO     |\n");
    table.append("+---------------+-------------------+-------+------------+-------------+\n");
    for (String peer : peers) {
      table
          .append("| ")
          .append(peer)
          .append(" | node-to-node mesh | up    | 2020-08-29 | Established |\n");
    }
    table.append("+---------------+-------------------+-------+------------+-------------+\n");
    return SnapshotFixture.bundle()
        .file("nodes/a/calicoctl-node-status.txt", table.toString())
        .file(
            "nodes/b/ip-route.txt",
            "10.122.17.64/26 via 10.30.3.110 dev tunl0 proto bird onlink",
            "10.30.3.0/24 dev eth1 proto kernel scope link src 10.30.3.113");
  }

  @Test
  void onePeerInAnotherNetworkIsPossible() {
    List<Finding> findings =
        sessions("10.30.0.111", "10.30.3.112", "10.30.3.113", "10.30.3.114").findings(RULE);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().severity()).isEqualTo(Severity.WARNING);
    assertThat(findings.getFirst().certainty()).isEqualTo(Certainty.POSSIBLE);
    assertThat(findings.getFirst().culprits().getFirst().entry()).contains("10.30.0.111");
  }

  @Test
  void withANodeInBothNetworksItIsLikely() {
    List<Finding> findings =
        sessions("10.30.0.111", "10.30.3.112", "10.30.3.113", "10.30.3.114")
            .file(
                "nodes/c/ip-route.txt",
                "10.30.0.0/24 dev eth0 proto kernel scope link src 10.30.0.112",
                "10.30.3.0/24 dev eth1 proto kernel scope link src 10.30.3.112")
            .findings(RULE);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().certainty()).isEqualTo(Certainty.LIKELY);
  }

  @Test
  void racksAreNoFault() {
    assertThat(sessions("10.30.1.2", "10.30.2.2", "10.30.3.2", "10.30.3.3").findings(RULE))
        .isEmpty();
    assertThat(sessions("10.30.3.2", "10.30.3.3", "10.30.3.4").findings(RULE)).isEmpty();
    assertThat(sessions("10.30.1.2", "10.30.3.3").findings(RULE)).isEmpty();
  }
}
