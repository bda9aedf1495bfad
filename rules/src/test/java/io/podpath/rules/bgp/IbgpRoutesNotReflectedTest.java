package io.podpath.rules.bgp;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Outcome;
import io.podpath.rules.SnapshotFixture;
import org.junit.jupiter.api.Test;

class IbgpRoutesNotReflectedTest {

  private static final IbgpRoutesNotReflected RULE = new IbgpRoutesNotReflected();

  /** Two nodes whose only session goes to 10.0.0.254. */
  private static SnapshotFixture spokes(String defaultRoute) {
    SnapshotFixture fixture = SnapshotFixture.bundle();
    for (int node = 1; node < 3; node++) {
      fixture
          .file(
              "nodes/n" + node + "/ip-route.txt",
              defaultRoute,
              "10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0." + node,
              "blackhole 192.168." + node + ".0/26 proto bird")
          .file(
              "nodes/n" + node + "/calicoctl-node-status.txt",
              "Calico process is running.",
              "",
              "IPv4 BGP status",
              "+--------------+---------------+-------+----------+-------------+",
              "| PEER ADDRESS |   PEER TYPE   | STATE |  SINCE   |    INFO     |",
              "+--------------+---------------+-------+----------+-------------+",
              "| 10.0.0.254   | node specific | up    | 09:00:00 | Established |",
              "+--------------+---------------+-------+----------+-------------+",
              "",
              "IPv6 BGP status",
              "No IPv6 peers found.");
    }
    return fixture;
  }

  private static SnapshotFixture peering(long theirs) {
    return spokes("default via 10.0.0.254 dev eth0")
        .file(
            "cluster/bgp.yaml",
            "apiVersion: projectcalico.org/v3",
            "kind: BGPConfiguration",
            "metadata: {name: default}",
            "spec: {nodeToNodeMeshEnabled: false, asNumber: 64512}",
            "---",
            "apiVersion: projectcalico.org/v3",
            "kind: BGPPeer",
            "metadata: {name: tor}",
            "spec: {peerIP: 10.0.0.254, asNumber: " + theirs + "}");
  }

  @Test
  void peerOfTheSameAsPassesNothingOn() {
    assertThat(peering(64512).findings(RULE)).hasSize(1);
  }

  @Test
  void peerOfAnotherAsDoes() {
    Outcome outcome = peering(65001).ask(RULE);
    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.notChecked()).isEmpty();
  }

  @Test
  void unknownAsIsNotChecked() {
    Outcome outcome = spokes("default via 10.0.0.254 dev eth0").ask(RULE);
    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.notChecked()).anyMatch(n -> n.reason().contains("AS number"));
  }

  @Test
  void defaultRouteThatBirdLearnedCarriesTheBlocks() {
    assertThat(spokes("default via 10.0.0.254 dev eth0 proto bird").ask(RULE).notChecked())
        .isEmpty();
  }
}
