package io.podpath.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.Diagnosis;
import io.podpath.core.rule.Diagnostician;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.Severity;
import io.podpath.probes.bundle.InputException;
import io.podpath.probes.bundle.InputReader;
import io.podpath.probes.bundle.Limits;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Recordings of real systems with a known fault each: the first finding is that fault and names its
 * entry.
 */
class RecordedRulesTest {

  /** What must stand in an entry of the first finding. */
  private record Known(String rule, String node, String entry) {}

  private static final Map<String, Known> FAULTS =
      Map.of(
          "calico-bgp-rr-mesh-disabled",
              new Known("bgp-mesh-disabled-without-peers", "kube-master01", ""),
          "calico-ipip-case1-wrong-nexthop",
              new Known(
                  "wrong-tunnel-next-hop",
                  "az3-k8s-13",
                  "10.122.17.64/26 via 10.122.127.128 dev tunl0"),
          "calico-ipip-case2-asymmetric-outer-source",
              new Known("asymmetric-tunnel-source", "az3-k8s-14", "192.168.0.0/24 dev eth0"),
          "flannel-udp-flanneld-dead", new Known("flannel-daemon-not-running", "node2", "flannel0"),
          "hostgw-no-forward-accept",
              new Known("forward-drop-without-accept", "hostgw-node2", ":FORWARD DROP"),
          "kube-proxy-iptables-svc-chain-missing",
              new Known("service-chain-missing", "k8s-node01", "10.96.0.1"),
          "kube-proxy-ipvs-kube-proxy-config-typo",
              new Known("kube-proxy-config-invalid", "k8s-node01", "masqueradeAl: \"\""),
          "ovs-gre-gre-wrong-remote-ip",
              new Known("gre-remote-not-a-node", "node128", "192.168.18.139"),
          "static-routes-missing-route-one-node",
              new Known(
                  "route-to-node-missing", "node2", "10.1.10.0/24 via 192.168.1.128 dev eth0"),
          "vxlan-fdb-wrong-vtep",
              new Known(
                  "stale-fdb-entry",
                  "k8s-master",
                  "36:a5:48:a9:2e:50 dev flannel.1 dst 192.168.80.242"));

  @TestFactory
  Stream<DynamicTest> firstFindingIsTheKnownFault() {
    return SharedFolder.directories("recorded").stream()
        .map(d -> DynamicTest.dynamicTest(String.valueOf(d.getFileName()), () -> check(d)));
  }

  private static void check(Path directory) throws InputException {
    String name = String.valueOf(directory.getFileName());
    List<Finding> faults =
        diagnose(directory).findings().stream()
            .map(Diagnosis.Ranked::finding)
            .filter(f -> f.severity() != Severity.INFO)
            .toList();
    Optional<Known> known = Optional.ofNullable(FAULTS.get(name));
    if (name.endsWith("-healthy")) {
      assertThat(faults).isEmpty();
    } else if (known.isPresent()) {
      assertThat(faults).isNotEmpty();
      assertThat(faults.getFirst().rule()).isEqualTo(known.get().rule());
      assertThat(faults.getFirst().culprits()).anyMatch(c -> fits(c, known.get()));
    }
  }

  private static boolean fits(Culprit culprit, Known known) {
    return culprit.node().filter(known.node()::equals).isPresent()
        && culprit.entry().contains(known.entry());
  }

  static Diagnosis diagnose(Path input) throws InputException {
    InputReader reader = new InputReader(Limits.standard(), InputStream.nullInputStream());
    return new Diagnostician(RuleLibrary.load().rules(), Set.of())
        .diagnose(reader.read(List.of(input.toString())).history());
  }
}
