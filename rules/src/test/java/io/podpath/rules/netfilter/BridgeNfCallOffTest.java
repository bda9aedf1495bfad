package io.podpath.rules.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryState;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.Severity;
import io.podpath.rules.SnapshotFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

class BridgeNfCallOffTest {

  private static final BridgeNfCallOff RULE = new BridgeNfCallOff();
  private static final String NODE = "nodes/k8s-node02/";

  private static SnapshotFixture broken() {
    return SnapshotFixture.example("bridge-nf-call-off");
  }

  @Test
  void proxySeenAndBridgeInUseIsAnError() {
    List<Finding> findings = broken().findings(RULE);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().severity()).isEqualTo(Severity.ERROR);
    assertThat(findings.getFirst().certainty()).isEqualTo(Certainty.PROVEN);
  }

  @Test
  void bridgeWithTheFlagOfItsOwnNeedsNoSetting() {
    assertThat(
            broken()
                .editing(
                    NODE + "ip-d-j-link",
                    t -> t.replace("\"nf_call_iptables\":0", "\"nf_call_iptables\":1"))
                .findings(RULE))
        .isEmpty();
  }

  @Test
  void bridgeWithoutPortsJoinsNobody() {
    assertThat(
            broken()
                .without(NODE + "bridge-link")
                .editing(NODE, t -> t.replace("\"master\":\"cni0\"", "\"group\":\"x\""))
                .findings(RULE))
        .isEmpty();
  }

  @Test
  void moduleThatIsNotLoadedHasNoSetting() {
    SnapshotFixture bare =
        SnapshotFixture.bundle()
            .file(
                "nodes/n1/ip-d-link.txt",
                """
                1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT
                    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
                2: cni0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP mode DEFAULT
                    link/ether 0a:58:0a:f4:01:01 brd ff:ff:ff:ff:ff:ff
                3: veth1@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 master cni0 state UP mode DEFAULT
                    link/ether 0a:58:0a:f4:01:02 brd ff:ff:ff:ff:ff:ff link-netnsid 0
                """);
    List<Finding> findings =
        bare.file("nodes/n1/sysctl-a.txt", "net.ipv4.ip_forward = 1\n").findings(RULE);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().severity()).isEqualTo(Severity.WARNING);
    assertThat(findings.getFirst().culprits())
        .extracting(Culprit::state)
        .containsExactly(EntryState.MISSING);
  }

  @Test
  void settingThatWasNotReadIsNotChecked() {
    SnapshotFixture unread = broken().without(NODE + "sysctl");
    assertThat(unread.findings(RULE)).isEmpty();
    assertThat(unread.ask(RULE).notChecked())
        .anyMatch(n -> n.node().filter("k8s-node02"::equals).isPresent());
  }

  @Test
  void settingAloneIsOnlyPossiblyAFault() {
    List<Finding> findings =
        SnapshotFixture.bundle()
            .file("nodes/n1/sysctl.txt", "net.bridge.bridge-nf-call-iptables = 0")
            .findings(RULE);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().severity()).isEqualTo(Severity.WARNING);
    assertThat(findings.getFirst().certainty()).isEqualTo(Certainty.POSSIBLE);
  }

  @Test
  void routedPodsNeedNoBridge() {
    assertThat(
            SnapshotFixture.bundle()
                .file("nodes/n1/sysctl.txt", "net.bridge.bridge-nf-call-iptables = 0")
                .file(
                    "nodes/n1/ip-route.txt",
                    """
                    default via 10.0.0.1 dev eth0
                    172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1 linkdown
                    10.233.1.5 dev cali0123456789a scope link
                    """)
                .findings(RULE))
        .isEmpty();
  }
}
