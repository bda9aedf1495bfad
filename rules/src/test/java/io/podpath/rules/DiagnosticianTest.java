package io.podpath.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Diagnosis;
import io.podpath.core.rule.Diagnosis.Health;
import io.podpath.core.rule.Diagnosis.OtherNode;
import io.podpath.core.rule.Diagnosis.Prediction;
import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.rule.Diagnostician;
import io.podpath.core.rule.NotChecked;
import io.podpath.core.snapshot.History;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a diagnosis says of what it does not know, with all rules there are. */
class DiagnosticianTest {

  private static final RuleLibrary LIBRARY = RuleLibrary.load();

  @Test
  void allNodesOfAHealthyClusterAreHealthy() {
    Diagnosis diagnosis = diagnose(SnapshotFixture.example("flannel-vxlan"));
    assertThat(diagnosis.health()).isEqualTo(Health.HEALTHY);
    assertThat(diagnosis.rulesChecked())
        .contains("stale-fdb-entry")
        .doesNotContain("bgp-peer-is-self");
  }

  @Test
  void oneNodeAloneIsNeverHealthy() {
    Diagnosis diagnosis =
        diagnose(
            SnapshotFixture.example("stale-fdb-entry")
                .without("nodes/k8s-master")
                .without("nodes/k8s-node02")
                .without("podpath-bundle")
                .without("cluster/"));
    assertThat(diagnosis.health()).isNotEqualTo(Health.HEALTHY);
    assertThat(diagnosis.isLocallyEnough()).isTrue();
    assertThat(diagnosis.others()).extracting(OtherNode::name).contains("192.168.80.240");
  }

  @Test
  void whatWasIgnoredForbidsHealthyAndIsNotCountedAsAsked() {
    Diagnosis diagnosis =
        new Diagnostician(LIBRARY.rules(), Set.of("wrong-tunnel-next-hop"))
            .diagnose(History.of(SnapshotFixture.example("wrong-tunnel-next-hop").snapshot()));
    assertThat(diagnosis.health()).isEqualTo(Health.FINDINGS);
    assertThat(diagnosis.suppressed()).isPositive();
    assertThat(diagnosis.rulesRun()).doesNotContain("wrong-tunnel-next-hop");
  }

  @Test
  void nodeObjectsAloneLetNothingOfANodeBeChecked() {
    Diagnosis diagnosis =
        diagnose(
            SnapshotFixture.bundle()
                .file(
                    "cluster/nodes.txt",
                    "NAME STATUS ROLES AGE VERSION INTERNAL-IP EXTERNAL-IP OS-IMAGE KERNEL-VERSION CONTAINER-RUNTIME",
                    "n1   Ready  <none> 1d v1.31.0 10.0.0.1 <none> Debian 6.1 containerd://1.7",
                    "n2   Ready  <none> 1d v1.31.0 10.0.0.2 <none> Debian 6.1 containerd://1.7"));
    assertThat(diagnosis.rulesChecked())
        .doesNotContain("forward-drop-without-accept", "ip-forward-off", "stale-fdb-entry");
    assertThat(diagnosis.notChecked())
        .extracting(NotChecked::rule)
        .contains("forward-drop-without-accept", "ip-forward-off", "stale-fdb-entry");
  }

  @Test
  void fixOfOneOfTwoFaultsNamesTheOther() {
    Diagnosis diagnosis =
        diagnose(
            SnapshotFixture.bundle()
                .file("nodes/node-1/sysctl.txt", "net.ipv4.ip_forward = 0")
                .file(
                    "nodes/node-1/ip-route.txt",
                    "default via 10.0.0.254 dev eth0",
                    "10.244.0.0/24 dev cni0 proto kernel scope link src 10.244.0.1",
                    "10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.1")
                .file("nodes/node-2/sysctl.txt", "net.ipv4.ip_forward = 1")
                .file(
                    "nodes/node-2/ip-route.txt",
                    "default via 10.0.0.254 dev eth0",
                    "10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1",
                    "10.244.0.0/24 via 10.0.0.1 dev eth0",
                    "10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.2"));
    assertThat(diagnosis.findings()).hasSize(2);
    for (Ranked ranked : diagnosis.findings()) {
      String other = ranked.id().equals("F1") ? "F2" : "F1";
      assertThat(ranked.prediction().orElseThrow().needsToo()).isEqualTo(List.of(other));
    }
  }

  /** Without pods or filters nobody can tell what becomes of packets that are forwarded then. */
  @Test
  void whatIsUnknownWithTheFixIsNotHealed() {
    SnapshotFixture fixture =
        SnapshotFixture.bundle()
            .file("nodes/node-1/sysctl.txt", "net.ipv4.ip_forward = 0")
            .file(
                "nodes/node-1/ip-route.txt",
                "10.244.0.0/24 dev cni0 proto kernel scope link src 10.244.0.1",
                "10.244.1.0/24 via 10.0.0.2 dev eth0",
                "10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.1")
            .file("nodes/node-2/sysctl.txt", "net.ipv4.ip_forward = 1")
            .file(
                "nodes/node-2/ip-route.txt",
                "10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1",
                "10.244.0.0/24 via 10.0.0.1 dev eth0",
                "10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.2");
    Diagnosis diagnosis = diagnose(fixture);
    assertThat(diagnosis.reach().broken()).isEqualTo(2);
    assertThat(diagnosis.reach().unexplained()).isEmpty();
    assertThat(diagnosis.findings().getFirst().prediction().orElseThrow())
        .isEqualTo(new Prediction(0, 0, 0, 2, 0, List.of()));
    assertThat(diagnose(fixture.editing("sysctl", t -> t.replace("= 0", "= 1"))).reach().unknown())
        .isEqualTo(2);
  }

  private static Diagnosis diagnose(SnapshotFixture fixture) {
    return new Diagnostician(LIBRARY.rules(), Set.of()).diagnose(History.of(fixture.snapshot()));
  }
}
