package io.podpath.rules.cni;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Outcome;
import io.podpath.rules.SnapshotFixture;
import org.junit.jupiter.api.Test;

class DuplicatePodCidrTest {

  private static final DuplicatePodCidr RULE = new DuplicatePodCidr();

  private static SnapshotFixture two(String lan, String other) {
    return SnapshotFixture.bundle()
        .file("nodes/a/ip-route.txt", routes(lan, 11))
        .file("nodes/b/ip-route.txt", routes(other, 12));
  }

  private static String[] routes(String lan, int node) {
    return new String[] {
      "default via " + lan + ".1 dev eth0",
      lan + ".0/24 dev eth0 proto kernel scope link src " + lan + "." + node,
      "10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1"
    };
  }

  @Test
  void oneSubnetInOneNetworkIsOneTooFew() {
    assertThat(two("10.0.0", "10.0.0").findings(RULE)).hasSize(1);
  }

  @Test
  void nodesOfTwoClustersMayHaveTheSameSubnet() {
    Outcome outcome = two("10.0.0", "10.9.0").ask(RULE);
    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.notChecked()).hasSize(2);
  }

  @Test
  void routeOrListOfNodesJoinsTwoNetworks() {
    assertThat(
            two("10.0.0", "10.9.0")
                .editing("nodes/a/", t -> t + "10.244.2.0/24 via 10.9.0.12 dev eth0 onlink\n")
                .findings(RULE))
        .hasSize(1);
    assertThat(
            two("10.0.0", "10.9.0")
                .file(
                    "cluster/nodes.txt",
                    "NAME   STATUS   ROLES    AGE   VERSION",
                    "a      Ready    <none>   10d   v1.31.4",
                    "b      Ready    <none>   10d   v1.31.4")
                .findings(RULE))
        .hasSize(1);
  }
}
