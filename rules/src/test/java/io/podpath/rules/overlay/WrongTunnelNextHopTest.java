package io.podpath.rules.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.Pair;
import io.podpath.rules.SnapshotFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

class WrongTunnelNextHopTest {

  private static final WrongTunnelNextHop RULE = new WrongTunnelNextHop();

  private static SnapshotFixture three() {
    return SnapshotFixture.bundle()
        .file(
            "nodes/n1/ip-route.txt",
            "default via 192.168.3.253 dev eth1",
            "blackhole 10.122.1.0/26 proto bird",
            "10.122.1.2 dev cali0a0a0a0a0a0 scope link",
            "10.122.2.0/26 via 192.168.3.2 dev tunl0 proto bird onlink",
            "10.122.3.0/26 via 192.168.3.3 dev tunl0 proto bird onlink",
            "192.168.3.0/24 dev eth1 proto kernel scope link src 192.168.3.1")
        .file(
            "nodes/n2/ip-route.txt",
            "default via 192.168.3.253 dev eth1",
            "10.122.1.0/26 via 192.168.3.1 dev tunl0 proto bird onlink",
            "blackhole 10.122.2.0/26 proto bird",
            "10.122.3.0/26 via 192.168.3.3 dev tunl0 proto bird onlink",
            "192.168.3.0/24 dev eth1 proto kernel scope link src 192.168.3.2")
        .file(
            "nodes/n3/ip-route.txt",
            "default via 192.168.3.253 dev eth1",
            "10.122.1.0/26 via 192.168.3.1 dev tunl0 proto bird onlink",
            "10.122.2.0/26 via 192.168.3.2 dev tunl0 proto bird onlink",
            "blackhole 10.122.3.0/26 proto bird",
            "192.168.3.0/24 dev eth1 proto kernel scope link src 192.168.3.3");
  }

  private static SnapshotFixture routing(String right, String wrong) {
    return three().editing("nodes/n1/", t -> t.replace(right, wrong));
  }

  @Test
  void threeRightTablesAreSilent() {
    assertThat(three().ask(RULE).findings()).isEmpty();
  }

  @Test
  void nextHopWithoutOnlinkIsTheNodesOwnAddress() {
    List<Finding> findings =
        routing("via 192.168.3.2 dev tunl0 proto bird onlink", "via 10.122.1.0 dev tunl0")
            .findings(RULE);
    assertThat(findings).hasSize(1);
    Finding finding = findings.getFirst();
    assertThat(finding.title())
        .isEqualTo("n1 sends traffic for 10.122.2.0/26 to 10.122.1.0, its own tunnel address");
    assertThat(finding.certainty()).isEqualTo(Certainty.PROVEN);
    assertThat(finding.expected())
        .startsWith("10.122.2.0/26 via 192.168.3.2 dev tunl0 proto bird onlink");
    assertThat(finding.affects())
        .containsExactlyInAnyOrder(new Pair("n1", "n2"), new Pair("n2", "n1"));
    assertThat(finding.fix().orElseThrow().changes())
        .extracting(c -> c.command())
        .containsExactly(
            "ip route replace 10.122.2.0/26 via 192.168.3.2 dev tunl0 proto bird onlink");
  }

  /** A service had the address of n2 bound on all nodes; the route is as it must be. */
  @Test
  void rightNextHopThatTheNodeTakesForItsOwnIsNotTheRoutesFault() {
    assertThat(
            three()
                .file(
                    "nodes/n1/ip-addr.txt",
                    "7: kube-ipvs0: <BROADCAST,NOARP> mtu 1500 qdisc noop state DOWN group default",
                    "    inet 192.168.3.2/32 scope global kube-ipvs0",
                    "       valid_lft forever preferred_lft forever")
                .findings(RULE))
        .isEmpty();
  }

  @Test
  void nextHopThatIsAnotherNodesPodAddressReachesNobody() {
    List<Finding> findings =
        routing("via 192.168.3.2 dev tunl0", "via 10.122.3.0 dev tunl0").findings(RULE);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().culprits().getFirst().entry())
        .isEqualTo("10.122.2.0/26 via 10.122.3.0 dev tunl0 proto bird onlink");
    assertThat(findings.getFirst().certainty()).isEqualTo(Certainty.LIKELY);
  }

  @Test
  void nextHopThatIsAnotherNodeIsNamed() {
    List<Finding> findings =
        routing("10.122.2.0/26 via 192.168.3.2", "10.122.2.0/26 via 192.168.3.3").findings(RULE);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().title())
        .contains("10.122.2.0/26")
        .contains("192.168.3.3, the address of n3");
    assertThat(findings.getFirst().expected()).contains("via 192.168.3.2");
  }

  @Test
  void twoNodesWithTheSameWrongRouteAreOneFinding() {
    List<Finding> findings =
        three()
            .editing(
                "nodes/n1/",
                t -> t.replace("10.122.2.0/26 via 192.168.3.2", "10.122.2.0/26 via 192.168.3.3"))
            .editing(
                "nodes/n3/",
                t -> t.replace("10.122.2.0/26 via 192.168.3.2", "10.122.2.0/26 via 192.168.3.1"))
            .findings(RULE);
    assertThat(findings).hasSize(2);
    List<Finding> same =
        three()
            .file(
                "nodes/n4/ip-route.txt",
                "10.122.2.0/26 via 192.168.3.3 dev tunl0 proto bird onlink",
                "192.168.3.0/24 dev eth1 proto kernel scope link src 192.168.3.4")
            .editing(
                "nodes/n1/",
                t -> t.replace("10.122.2.0/26 via 192.168.3.2", "10.122.2.0/26 via 192.168.3.3"))
            .findings(RULE);
    assertThat(same).hasSize(1);
    assertThat(same.getFirst().nodes()).containsExactly("n1", "n4");
  }

  @Test
  void blockThatTwoNodesClaimIsLeftToAnotherRule() {
    List<Finding> findings =
        routing("10.122.2.0/26 via 192.168.3.2", "10.122.2.0/26 via 192.168.3.3")
            .editing("nodes/n3/", t -> t + "blackhole 10.122.2.0/26 proto bird\n")
            .findings(RULE);
    assertThat(findings).isEmpty();
  }

  @Test
  void bareRouteIsWrongWhereThePoolIsAlwaysTunnelled() {
    SnapshotFixture fixture =
        routing(
            "10.122.2.0/26 via 192.168.3.2 dev tunl0 proto bird onlink",
            "10.122.2.0/26 via 192.168.3.2 dev eth1 proto bird");
    assertThat(withPool(fixture, "Always").findings(RULE))
        .hasSize(1)
        .allSatisfy(f -> assertThat(f.title()).contains("past the tunnel"));
  }

  @Test
  void bareRouteToTheOwnerIsWhatCrossSubnetDoes() {
    String bare = "10.122.2.0/26 via 192.168.3.2 dev eth1 proto bird";
    String tunnelled = "10.122.2.0/26 via 192.168.3.2 dev tunl0 proto bird onlink";
    assertThat(routing(tunnelled, bare).findings(RULE)).isEmpty();
    assertThat(routing(tunnelled, bare).without("nodes/n2/").findings(RULE)).isEmpty();
    assertThat(withPool(routing(tunnelled, bare), "CrossSubnet").findings(RULE)).isEmpty();
  }

  @Test
  void bareRouteToARouterIsWrongWhereOthersTunnel() {
    List<Finding> findings =
        routing(
                "10.122.2.0/26 via 192.168.3.2 dev tunl0 proto bird onlink",
                "10.122.2.0/26 via 192.168.3.253 dev eth1 proto bird")
            .findings(RULE);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().certainty()).isEqualTo(Certainty.LIKELY);
    assertThat(findings.getFirst().expected()).contains("via 192.168.3.2 dev tunl0");
  }

  private static SnapshotFixture withPool(SnapshotFixture fixture, String mode) {
    return fixture.file(
        "cluster/ippools.yaml",
        "apiVersion: projectcalico.org/v3",
        "kind: IPPool",
        "metadata:",
        "  name: default-ipv4-ippool",
        "spec:",
        "  cidr: 10.122.0.0/16",
        "  ipipMode: " + mode,
        "  natOutgoing: true");
  }

  @Test
  void lookupsThatDoNotFitAreAFault() {
    List<Finding> findings =
        SnapshotFixture.bundle()
            .file(
                "nodes/a/ip-route-get.txt",
                "10.7.7.25 via 172.20.0.10 dev tunl0  src 10.7.216.128",
                "    cache  expires 599sec mtu 1440")
            .file(
                "nodes/b/ip-route-get.txt",
                "10.7.218.66 via 172.20.0.1 dev ens4  src 172.20.0.10",
                "    cache")
            .findings(RULE);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().nodes()).containsExactly("b");
    assertThat(findings.getFirst().culprits().getFirst().entry())
        .isEqualTo("10.7.218.66 via 172.20.0.1 dev ens4 src 172.20.0.10");
  }

  @Test
  void lookupOfTheInternetIsNone() {
    List<Finding> findings =
        SnapshotFixture.bundle()
            .file(
                "nodes/a/ip-route-get.txt",
                "10.7.7.25 via 172.20.0.10 dev tunl0  src 10.7.216.128",
                "    cache")
            .file(
                "nodes/b/ip-route-get.txt",
                "8.8.8.8 via 172.20.0.1 dev ens4  src 172.20.0.10",
                "    cache")
            .findings(RULE);
    assertThat(findings).isEmpty();
  }

  @Test
  void vxlanRouteByAnotherNodesTunnelIsNamed() {
    SnapshotFixture fixture =
        SnapshotFixture.bundle()
            .file(
                "nodes/a/ip-route.txt",
                "10.244.0.0/24 dev cni0 proto kernel scope link src 10.244.0.1",
                "10.244.1.0/24 via 10.244.2.0 dev flannel.1 onlink",
                "10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink")
            .file(
                "nodes/b/ip-route.txt",
                "10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1")
            .file(
                "nodes/c/ip-route.txt",
                "10.244.2.0/24 dev cni0 proto kernel scope link src 10.244.2.1")
            .file(
                "nodes/c/ip-addr.txt",
                "4: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN group default",
                "    link/ether 9a:0f:6e:31:c2:03 brd ff:ff:ff:ff:ff:ff",
                "    inet 10.244.2.0/32 scope global flannel.1",
                "       valid_lft forever preferred_lft forever");
    assertThat(fixture.findings(RULE))
        .hasSize(1)
        .allSatisfy(f -> assertThat(f.title()).contains("10.244.2.0, the tunnel address of c"));
    assertThat(
            fixture
                .editing(
                    "nodes/a/",
                    t -> t.replace("10.244.1.0/24 via 10.244.2.0", "10.244.1.0/24 via 10.244.1.0"))
                .findings(RULE))
        .isEmpty();
  }

  /** Calico lends an address of n2's block to a pod on n1: n1 announces it alone. */
  private static SnapshotFixture borrowed() {
    return three()
        .editing("nodes/n1/", t -> t + "10.122.2.9 dev cali0b0b0b0b0b0 scope link\n")
        .editing("nodes/n3/", t -> t + "10.122.2.9 via 192.168.3.1 dev tunl0 proto bird onlink\n");
  }

  @Test
  void borrowedAddressBelongsToTheNodeWithItsPod() {
    assertThat(borrowed().findings(RULE)).isEmpty();
    assertThat(
            borrowed()
                .editing(
                    "nodes/n3/",
                    t -> t.replace("10.122.2.9 via 192.168.3.1", "10.122.2.9 via 192.168.3.2"))
                .findings(RULE))
        .singleElement()
        .satisfies(f -> assertThat(f.expected()).contains("10.122.2.9 via 192.168.3.1"));
  }

  @Test
  void borrowedAddressOfANodeNotGatheredIsLeftAlone() {
    assertThat(borrowed().without("nodes/n1/").findings(RULE)).isEmpty();
  }

  @Test
  void routeThatNoPacketTakesBreaksNothing() {
    String right = "10.122.2.0/26 via 192.168.3.2 dev tunl0 proto bird onlink";
    String wrong = "10.122.2.0/26 via 192.168.3.3 dev tunl0 onlink";
    assertThat(routing(right, right + "\n" + wrong + " metric 1000").findings(RULE)).isEmpty();
    String halves =
        "10.122.2.0/27 via 192.168.3.2 dev tunl0 onlink\n10.122.2.32/27 via 192.168.3.2 dev tunl0"
            + " onlink\n";
    assertThat(routing(right, halves + wrong).findings(RULE)).isEmpty();
    String half = "10.122.2.0/27 via 192.168.3.2 dev tunl0 onlink\n";
    assertThat(routing(right, half + wrong).findings(RULE)).hasSize(1);
  }
}
