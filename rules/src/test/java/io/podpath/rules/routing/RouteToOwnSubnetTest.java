package io.podpath.rules.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Severity;
import io.podpath.rules.SnapshotFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouteToOwnSubnetTest {

  private static final RouteToOwnSubnet RULE = new RouteToOwnSubnet();
  private static final String BRIDGE =
      "10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1";
  private static final String EXTRA = "10.244.1.0/24 via 192.168.31.202 dev ens33";
  private static final String CARD =
      "192.168.31.0/24 dev ens33 proto kernel scope link src 192.168.31.202";

  private static SnapshotFixture table(String... routes) {
    return SnapshotFixture.bundle().file("nodes/a/ip-route.txt", routes);
  }

  @Test
  void firstOfTwoWins() {
    List<Finding> findings = table(EXTRA, BRIDGE, CARD).findings(RULE);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().severity()).isEqualTo(Severity.ERROR);
    assertThat(findings.getFirst().culprits()).extracting(Culprit::entry).containsExactly(EXTRA);
    assertThat(findings.getFirst().title()).contains("its own address");
  }

  @Test
  void secondOfTwoDoesNothingYet() {
    assertThat(table(BRIDGE, EXTRA, CARD).findings(RULE))
        .hasSize(1)
        .allSatisfy(f -> assertThat(f.severity()).isEqualTo(Severity.WARNING));
    assertThat(table(EXTRA + " metric 100", BRIDGE, CARD).findings(RULE))
        .hasSize(1)
        .allSatisfy(f -> assertThat(f.severity()).isEqualTo(Severity.WARNING));
  }

  @Test
  void emptyBridgeWithThePodsNetworkIsTheWrongOne() {
    String docker = "10.244.1.0/24 dev docker0 proto kernel scope link src 10.244.1.1 linkdown";
    SnapshotFixture bridges =
        table(docker, BRIDGE, CARD)
            .file(
                "nodes/a/ip-link.txt",
                "3: docker0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN mode DEFAULT group default",
                "    link/ether 02:42:30:ae:8b:0a brd ff:ff:ff:ff:ff:ff",
                "4: cni0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default",
                "    link/ether 0a:58:0a:f4:01:01 brd ff:ff:ff:ff:ff:ff",
                "5: veth1a2b3c4d@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master cni0 state UP mode DEFAULT group default",
                "    link/ether 9a:4c:b8:d1:ae:0b brd ff:ff:ff:ff:ff:ff link-netnsid 0");
    List<Finding> findings = bridges.findings(RULE);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().culprits()).extracting(Culprit::entry).containsExactly(docker);
  }

  @Test
  void whichOfTwoBridgesCannotBeToldFromRoutesAlone() {
    Outcome outcome =
        table("10.244.1.0/24 dev docker0 proto kernel scope link src 10.244.1.1", BRIDGE, CARD)
            .ask(RULE);
    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.notChecked()).isNotEmpty();
  }

  @Test
  void everyLinkHasItsLinkLocalNetwork() {
    assertThat(
            SnapshotFixture.bundle()
                .file(
                    "nodes/a/ip-6-route.txt",
                    "fe80::/64 dev ens33 proto kernel metric 256 pref medium",
                    "fe80::/64 dev cni0 proto kernel metric 256 pref medium")
                .findings(RULE))
        .isEmpty();
  }
}
