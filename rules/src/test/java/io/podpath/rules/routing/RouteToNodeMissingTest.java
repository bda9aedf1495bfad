package io.podpath.rules.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.Outcome;
import io.podpath.rules.SnapshotFixture;
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
}
