package io.podpath.rules.overlay;

import static org.assertj.core.api.Assertions.assertThat;

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
