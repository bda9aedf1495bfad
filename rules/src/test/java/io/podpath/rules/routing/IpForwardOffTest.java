package io.podpath.rules.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.NotChecked;
import io.podpath.core.rule.Outcome;
import io.podpath.rules.SnapshotFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

class IpForwardOffTest {

  private static final IpForwardOff RULE = new IpForwardOff();
  private static final String SYSCTL = "nodes/k8s-node02/sysctl";

  private static SnapshotFixture setting(String from, String to) {
    return SnapshotFixture.example("flannel-vxlan").editing(SYSCTL, t -> t.replace(from, to));
  }

  @Test
  void onlyTheSwitchIsNamedWhenAllIsOff() {
    List<Finding> findings = SnapshotFixture.example("ip-forward-off").findings(RULE);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().culprits())
        .extracting(Culprit::entry)
        .containsExactly("net.ipv4.ip_forward = 0");
    assertThat(findings.getFirst().affects()).hasSize(4);
  }

  @Test
  void oneDeviceThatPodPacketsComeInByIsEnough() {
    List<Finding> findings =
        setting("net.ipv4.conf.cni0.forwarding = 1", "net.ipv4.conf.cni0.forwarding = 0")
            .findings(RULE);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().title()).contains("cni0");
    assertThat(
            setting(
                    "net.ipv4.conf.flannel/1.forwarding = 1",
                    "net.ipv4.conf.flannel/1.forwarding = 0")
                .findings(RULE))
        .hasSize(1);
  }

  @Test
  void loopbackAndIdleDevicesDoNotMatter() {
    assertThat(
            setting("net.ipv4.conf.lo.forwarding = 1", "net.ipv4.conf.lo.forwarding = 0")
                .findings(RULE))
        .isEmpty();
    assertThat(
            setting("net.ipv4.conf.docker0.forwarding = 1", "net.ipv4.conf.docker0.forwarding = 0")
                .findings(RULE))
        .isEmpty();
    assertThat(
            setting("net.ipv4.conf.default.forwarding = 1", "net.ipv4.conf.default.forwarding = 0")
                .findings(RULE))
        .isEmpty();
  }

  @Test
  void settingNobodyReadIsNotChecked() {
    Outcome outcome = SnapshotFixture.example("ip-forward-off").without(SYSCTL).ask(RULE);
    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.notChecked())
        .anyMatch(n -> n.node().filter("k8s-node02"::equals).isPresent());
  }

  @Test
  void machineThatMayHaveNoPodsIsNoFaultAndNotPassedOverInSilence() {
    Outcome outcome =
        SnapshotFixture.bundle().file("nodes/host/sysctl.txt", "net.ipv4.ip_forward = 0").ask(RULE);
    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.notChecked())
        .extracting(NotChecked::reason)
        .containsExactly(
            "net.ipv4.ip_forward = 0, but nothing tells whether this node carries pods");
  }

  @Test
  void ipv6CountsWhereThereAreIpv6Pods() {
    List<Finding> findings =
        SnapshotFixture.bundle()
            .file(
                "nodes/a/sysctl.txt", "net.ipv4.ip_forward = 1", "net.ipv6.conf.all.forwarding = 0")
            .file(
                "nodes/a/ip-addr.txt",
                "3: cni0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default",
                "    link/ether 02:42:30:ae:8b:0a brd ff:ff:ff:ff:ff:ff",
                "    inet 10.1.20.1/24 brd 10.1.20.255 scope global cni0",
                "       valid_lft forever preferred_lft forever",
                "    inet6 fd00:10:1:20::1/64 scope global",
                "       valid_lft forever preferred_lft forever")
            .findings(RULE);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().culprits())
        .extracting(Culprit::entry)
        .containsExactly("net.ipv6.conf.all.forwarding = 0");
  }

  @Test
  void devicesThatWereSwitchedOnAgainForward() {
    String off = "net.ipv4.ip_forward = 1";
    assertThat(setting(off, "net.ipv4.ip_forward = 0").findings(RULE)).isEmpty();
    assertThat(
            setting(off, "net.ipv4.ip_forward = 0")
                .editing(
                    SYSCTL,
                    t ->
                        t.replace(
                            "net.ipv4.conf.cni0.forwarding = 1",
                            "net.ipv4.conf.cni0.forwarding = 0"))
                .findings(RULE))
        .singleElement()
        .satisfies(f ->
            assertThat(f.culprits())
                .extracting(Culprit::entry)
                .containsExactly("net.ipv4.conf.cni0.forwarding = 0"));
  }

  @Test
  void switchOffWithDevicesOnThatNobodyCanPlaceIsNotHealthy() {
    Outcome outcome =
        SnapshotFixture.example("flannel-vxlan")
            .without("nodes/k8s-node02/ip-j-route")
            .editing(SYSCTL, t -> t.replace("net.ipv4.ip_forward = 1", "net.ipv4.ip_forward = 0"))
            .ask(RULE);
    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.notChecked()).anyMatch(NotChecked::undecided);
  }

  @Test
  void theSwitchAloneIsLikely() {
    assertThat(
            SnapshotFixture.bundle()
                .file("nodes/a/sysctl.txt", "net.ipv4.ip_forward = 0")
                .file(
                    "nodes/a/ip-route.txt",
                    "10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1")
                .findings(RULE))
        .singleElement()
        .satisfies(f -> assertThat(f.certainty()).isEqualTo(Certainty.LIKELY));
  }

  @Test
  void podsWithIpv6AloneNeedNoIpv4() {
    assertThat(
            SnapshotFixture.bundle()
                .file(
                    "nodes/a/sysctl.txt",
                    "net.ipv4.ip_forward = 0",
                    "net.ipv6.conf.all.forwarding = 1")
                .file(
                    "cluster/nodes.yaml",
                    "apiVersion: v1",
                    "kind: Node",
                    "metadata: {name: a}",
                    "spec: {podCIDR: \"fd00:10:1::/64\", podCIDRs: [\"fd00:10:1::/64\"]}")
                .findings(RULE))
        .isEmpty();
  }
}
