package io.podpath.rules.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.Outcome;
import io.podpath.rules.SnapshotFixture;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouteToNodeMissingTest {

  private static final RouteToNodeMissing RULE = new RouteToNodeMissing();
  private static final String HEALTHY = "flannel-host-gw";

  private static SnapshotFixture withoutLine(String path, String line) {
    return SnapshotFixture.example(HEALTHY)
        .editing(
            path,
            t ->
                t.lines()
                    .filter(l -> !l.startsWith(line))
                    .map(l -> l + "\n")
                    .reduce("", String::concat));
  }

  @Test
  void missingRouteIsNamedAsTheFabricWritesIt() {
    List<Finding> findings =
        withoutLine("nodes/hostgw-node/ip-route", "10.244.2.0/24 via").findings(RULE);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().culprits())
        .extracting(Culprit::entry)
        .containsExactly("10.244.2.0/24 via 192.168.31.203 dev ens33");
  }

  @Test
  void routeThatNodesTellEachOtherIsMendedAtTheirDaemons() {
    SnapshotFixture fixture = SnapshotFixture.bundle();
    for (int node = 1; node <= 3; node++) {
      List<String> lines = new ArrayList<>();
      lines.add("192.168.1.0/24 dev eth0 proto kernel scope link src 192.168.1." + node);
      lines.add(
          "10.1." + node + ".0/24 dev docker0 proto kernel scope link src 10.1." + node + ".1");
      for (int other = 1; other <= 3; other++) {
        if (other != node && !(node == 1 && other == 2)) {
          lines.add(
              "10.1."
                  + other
                  + ".0/24 nhid 7 via 192.168.1."
                  + other
                  + " dev eth0 proto ospf metric 20");
        }
      }
      fixture.file("nodes/n" + node + "/ip-route.txt", String.join("\n", lines));
      fixture.file(
          "nodes/n" + node + "/ip-rule.txt",
          "0:\tfrom all lookup local",
          "32766:\tfrom all lookup main",
          "32767:\tfrom all lookup default");
    }
    List<Finding> findings = fixture.findings(RULE);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().culprits())
        .extracting(Culprit::entry)
        .containsExactly("10.1.2.0/24 via 192.168.1.2 dev eth0");
    assertThat(findings.getFirst().fix().orElseThrow().owner()).startsWith("zebra");
  }

  @Test
  void aggregateIsEnough() {
    List<Finding> findings =
        withoutLine("nodes/hostgw-node/ip-route", "10.244.2.0/24 via")
            .editing(
                "nodes/hostgw-node/ip-route",
                t -> t + "10.244.0.0/16 via 192.168.31.201 dev ens33\n")
            .findings(RULE);
    assertThat(findings).isEmpty();
  }

  @Test
  void aggregateOnTheNodesOwnBridgeIsNot() {
    List<Finding> findings =
        withoutLine("nodes/hostgw-node/ip-route", "10.244.2.0/24 via")
            .editing("nodes/hostgw-node/ip-route", t -> t + "10.244.0.0/16 dev cni0 scope link\n")
            .findings(RULE);
    assertThat(findings).hasSize(1);
  }

  @Test
  void nodeNobodyHasARouteToIsOneFinding() {
    List<Finding> findings = withoutLine("/ip-route", "10.244.2.0/24 via").findings(RULE);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().nodes())
        .containsExactlyInAnyOrder("hostgw-master", "hostgw-node");
    assertThat(findings.getFirst().title()).contains("hostgw-node2");
  }

  @Test
  void nodeWithoutAnyRouteIsOneFinding() {
    List<Finding> findings =
        withoutLine("nodes/hostgw-node/ip-route", "10.244.")
            .editing(
                "nodes/hostgw-node/ip-route",
                t -> "10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1\n" + t)
            .findings(RULE);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().nodes()).containsExactly("hostgw-node");
    assertThat(findings.getFirst().culprits()).hasSize(2);
  }

  @Test
  void tableReadInPartIsNotChecked() {
    Outcome outcome =
        SnapshotFixture.bundle()
            .file(
                "nodes/a/ip-route.txt",
                "10.244.0.0/24 dev cni0 proto kernel scope link src 10.244.0.1",
                "192.168.1.0/24 dev eth0 proto kernel scope link src 192.168.1.1",
                "...")
            .file(
                "nodes/b/ip-route.txt",
                "10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1",
                "10.244.0.0/24 via 192.168.1.1 dev eth0")
            .ask(RULE);
    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.notChecked()).anyMatch(n -> n.node().filter("a"::equals).isPresent());
  }

  @Test
  void policyRoutingIsNotChecked() {
    Outcome outcome =
        withoutLine("nodes/hostgw-node/ip-route", "10.244.2.0/24 via")
            .editing("nodes/hostgw-node/ip-rule", t -> t + "100:\tfrom all lookup 100\n")
            .ask(RULE);
    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.notChecked()).anyMatch(n -> n.reason().contains("policy routing"));
  }

  @Test
  void podCidrSaysNothingOfCalicosBlocks() {
    assertThat(SnapshotFixture.example("calico-ipip").findings(RULE)).isEmpty();
  }

  private static SnapshotFixture hostGateway(String name, int node, int other) {
    return hostGateway(SnapshotFixture.bundle(), name, "10.0.0", node, other);
  }

  private static SnapshotFixture hostGateway(
      SnapshotFixture fixture, String name, String lan, int node, int other) {
    return fixture.file(
        "nodes/" + name + "/ip-route.txt",
        "default via " + lan + ".254 dev eth0",
        lan + ".0/24 dev eth0 proto kernel scope link src " + lan + "." + node,
        "10.244." + node + ".0/24 dev cni0 proto kernel scope link src 10.244." + node + ".1",
        "10.244." + other + ".0/24 via " + lan + "." + other + " dev eth0");
  }

  @Test
  void machineThatIsNoNodeNeedsNoRoute() {
    SnapshotFixture fixture = hostGateway("a", 1, 2);
    hostGateway(fixture, "b", "10.0.0", 2, 1)
        .file(
            "nodes/laptop/ip-route.txt",
            "default via 10.0.0.254 dev wlp2s0 proto dhcp",
            "172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1",
            "10.0.0.0/24 dev wlp2s0 proto kernel scope link src 10.0.0.5");
    Outcome outcome = fixture.ask(RULE);
    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.notChecked()).anyMatch(n -> n.node().filter("laptop"::equals).isPresent());
  }

  @Test
  void nodesOfAnotherClusterNeedNoRoute() {
    SnapshotFixture fixture = hostGateway("a", 1, 2);
    hostGateway(fixture, "b", "10.0.0", 2, 1);
    hostGateway(fixture, "vm1", "10.9.0", 3, 4);
    hostGateway(fixture, "vm2", "10.9.0", 4, 3);
    Outcome outcome = fixture.ask(RULE);
    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.notChecked()).anyMatch(n -> n.reason().contains("vm1"));
  }

  private static String object(String name, int node, String ready, String... annotations) {
    return String.join(
        "\n",
        "- apiVersion: v1",
        "  kind: Node",
        "  metadata:",
        "    name: " + name,
        "    annotations: {" + String.join(", ", annotations) + "}",
        "  spec:",
        "    podCIDR: 10.244." + node + ".0/24",
        "    podCIDRs: [10.244." + node + ".0/24]",
        "  status:",
        "    addresses: [{address: 10.0.0." + node + ", type: InternalIP}]",
        "    conditions: [{type: Ready, status: \"" + ready + "\"}]");
  }

  private static Outcome withThird(String ready, String... annotations) {
    SnapshotFixture fixture = hostGateway("a", 1, 2);
    return hostGateway(fixture, "b", "10.0.0", 2, 1)
        .file(
            "cluster/nodes.yaml",
            "apiVersion: v1",
            "kind: List",
            "items:",
            object("a", 1, "True"),
            object("b", 2, "True"),
            object("c", 9, ready, annotations))
        .ask(RULE);
  }

  @Test
  void nodeThatOnlyHasAnObjectMustHaveJoined() {
    for (Outcome outcome :
        List.of(
            withThird("True"),
            withThird("False", "flannel.alpha.coreos.com/public-ip: 10.0.0.9"))) {
      assertThat(outcome.findings()).isEmpty();
      assertThat(outcome.notChecked()).anyMatch(n -> n.node().filter("c"::equals).isPresent());
    }
    assertThat(withThird("True", "flannel.alpha.coreos.com/public-ip: 10.0.0.9").findings())
        .singleElement()
        .satisfies(f -> assertThat(f.nodes()).containsExactlyInAnyOrder("a", "b"));
  }

  private static SnapshotFixture calico(String... more) {
    SnapshotFixture fixture = SnapshotFixture.bundle();
    for (int node = 1; node < 3; node++) {
      fixture.file(
          "nodes/n" + node + "/ip-route.txt",
          String.join("\n", more),
          "10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0." + node,
          "blackhole 192.168." + node + ".0/26 proto bird",
          "192.168." + node + ".5 dev cali0000000000" + node + " scope link");
    }
    return fixture;
  }

  @Test
  void blocksThatOnlyARouterKnowsAreNotChecked() {
    for (SnapshotFixture fixture :
        List.of(
            calico("default via 10.0.0.254 dev eth0 proto bird"),
            calico("default via 10.0.0.254 dev eth0 proto static"))) {
      Outcome outcome = fixture.ask(RULE);
      assertThat(outcome.findings()).isEmpty();
      assertThat(outcome.notChecked()).isNotEmpty();
    }
  }

  @Test
  void meshThatStandsBringsRoutes() {
    SnapshotFixture fixture =
        calico("default via 10.0.0.254 dev eth0 proto static")
            .file(
                "nodes/n1/birdc-show-protocols.txt",
                "BIRD v0.3.3+birdv1.6.8 ready.",
                "name     proto    table    state  since       info",
                "Mesh_10_0_0_2 BGP      master   up     09:00:00    Established");
    assertThat(fixture.findings(RULE)).isNotEmpty();
  }

  @Test
  void blockThatBirdKnowsAndNoKernelHasIsMissing() {
    SnapshotFixture fixture =
        calico("default via 10.0.0.254 dev eth0 proto static")
            .file(
                "nodes/n1/birdc-show-route.txt",
                "BIRD v0.3.3+birdv1.6.8 ready.",
                "192.168.2.0/26     via 10.0.0.2 on eth0 [Mesh_10_0_0_2 09:00:00] * (100/0) [i]",
                "192.168.1.0/26     blackhole [static1 09:00:00] * (200)");
    assertThat(fixture.findings(RULE)).isNotEmpty();
  }

  @Test
  void recordsThatDisagreeAreSaidNotToBeChecked() {
    Outcome outcome =
        hostGateway("a", 1, 2)
            .file(
                "nodes/b/ip-route.txt",
                "10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.2",
                "10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1")
            .ask(RULE);
    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.notChecked()).anyMatch(n -> n.reason().contains("10.244.1.0/24"));
  }
}
