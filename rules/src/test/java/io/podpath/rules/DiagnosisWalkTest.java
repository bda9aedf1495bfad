package io.podpath.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.cluster.Pod;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Diagnosis;
import io.podpath.core.rule.Diagnosis.BrokenPair;
import io.podpath.core.rule.Diagnosis.Health;
import io.podpath.core.rule.Diagnosis.Prediction;
import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.rule.Diagnostician;
import io.podpath.core.rule.Pair;
import io.podpath.core.snapshot.History;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.core.walk.Disposition;
import io.podpath.core.walk.Step;
import io.podpath.fixtures.example.Example;
import io.podpath.fixtures.example.Examples;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A diagnosis says of each pair of nodes what real packets did, and of each finding what its fix
 * does.
 */
class DiagnosisWalkTest {

  private static final RuleLibrary LIBRARY = RuleLibrary.load();

  /** Other faults than that pings are lost, or nodes without a pod to ping. */
  private static final Set<String> NOT_OF_PINGS =
      Set.of("ufw-denies-routed", "node-cidr-mask-too-wide");

  /** By a hash packets go to one of two nodes; a ping shows one way, the walk all. */
  private static final String TWO_WAYS = "ipam-block-on-two-nodes";

  static Stream<Example> examples() {
    return Examples.names().stream().map(Examples::describe);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void pairsAreAsTheRecordedPacketsWent(Example example) {
    Diagnosis diagnosis = diagnose(SnapshotFixture.example(example.name()));
    if (!NOT_OF_PINGS.contains(example.name())) {
      Set<String> broken =
          diagnosis.reach().brokenPairs().stream()
              .map(p -> p.from() + " " + p.to())
              .collect(Collectors.toCollection(TreeSet::new));
      if (example.name().equals(TWO_WAYS)) {
        assertThat(broken).containsAll(lost(example));
      } else {
        assertThat(broken).isEqualTo(lost(example));
      }
      assertThat(diagnosis.reach().unknown()).isZero();
      assertThat(diagnosis.reach().delivered() + broken.size())
          .isEqualTo(diagnosis.reach().pairs());
    }
  }

  /** Ordered pairs of nodes of which some pods lost pings of some other's pods. */
  private static Set<String> lost(Example example) {
    Map<String, String> nodes = new HashMap<>();
    Snapshot snapshot = SnapshotFixture.example(example.name()).snapshot();
    for (Pod pod : snapshot.get(Section.PODS).values().toList()) {
      pod.node().ifPresent(n -> nodes.put("pod/" + pod.namespace() + "/" + pod.name(), n));
    }
    Set<String> lost = new TreeSet<>();
    example
        .matrix()
        .forEach((way, arrived) -> {
          String[] ends = way.split("->", 2);
          Optional<String> from = Optional.ofNullable(nodes.get(ends[0]));
          Optional<String> to = Optional.ofNullable(nodes.get(ends[1]));
          if (!arrived && from.isPresent() && to.isPresent() && !from.equals(to)) {
            lost.add(from.get() + " " + to.get());
          }
        });
    return lost;
  }

  @ParameterizedTest
  @MethodSource("examples")
  void fixThatChangesTheModelIsProvenOnIt(Example example) {
    for (Ranked ranked : diagnose(SnapshotFixture.example(example.name())).findings()) {
      boolean walked = ranked.example().isPresent() && ranked.prediction().isPresent();
      if (walked && ranked.causedBy().isEmpty()) {
        assertThat(ranked.prediction().get().proven())
            .as(ranked.finding().title())
            .isEqualTo(ranked.affects().size())
            .isEqualTo(ranked.prediction().get().healed());
        assertThat(ranked.prediction().get().harmed()).isZero();
        assertThat(ranked.finding().certainty()).isEqualTo(Certainty.PROVEN);
      }
    }
  }

  /** flannel masquerades what goes out by the subnet that is not the node's. */
  @Test
  void whatARuleClaimsAndTheWalkDeliversIsNotCounted() {
    Ranked finding = diagnose(SnapshotFixture.example("pod-subnet-mismatch")).findings().getFirst();
    assertThat(finding.finding().affects()).hasSize(4);
    assertThat(finding.affects())
        .containsExactlyInAnyOrder(
            new Pair("hostgw-master", "hostgw-node"), new Pair("hostgw-node2", "hostgw-node"));
  }

  @Test
  void connectionsAreWalkedWherePingsPass() {
    Diagnosis diagnosis = diagnose(SnapshotFixture.example("ufw-denies-routed"));
    assertThat(diagnosis.reach().brokenPairs())
        .hasSize(4)
        .allSatisfy(p -> assertThat(p.at()).isPresent());
    assertThat(
            diagnosis.findings().getFirst().example().orElseThrow().trace().question().hasPorts())
        .isTrue();
  }

  @Test
  void lossThatNoRuleKnowsIsToldWithItsPlace() {
    String blackhole = "[{\"type\":\"blackhole\",\"dst\":\"10.244.2.0/25\",\"flags\":[]},{";
    Diagnosis diagnosis =
        diagnose(
            SnapshotFixture.example("flannel-vxlan")
                .editing(
                    "nodes/k8s-node01/ip-j-route-table-all",
                    t -> blackhole + t.substring(t.indexOf('{') + 1)));
    assertThat(diagnosis.health()).isEqualTo(Health.FINDINGS);
    assertThat(diagnosis.reach().unexplained())
        .extracting(p -> p.from() + " " + p.to() + " " + p.disposition())
        .containsExactly(
            "k8s-node01 k8s-node02 " + Disposition.BLACKHOLE,
            "k8s-node02 k8s-node01 " + Disposition.REPLY_LOST);
    assertThat(diagnosis.reach().unexplained())
        .extracting(BrokenPair::at)
        .extracting(s -> s.map(Step::entry).orElse(""))
        .containsOnly("blackhole 10.244.2.0/25");
  }

  @Test
  void whatIsIgnoredExcusesItsPairs() {
    Diagnosis diagnosis =
        new Diagnostician(LIBRARY.rules(), Set.of("stale-fdb-entry"))
            .diagnose(History.of(SnapshotFixture.example("stale-fdb-entry").snapshot()));
    assertThat(diagnosis.reach().broken()).isEqualTo(2);
    assertThat(diagnosis.reach().unexplained()).isEmpty();
  }

  /** A filter for one pod of two is somebody's policy. */
  @Test
  void podThatAFilterTakesOutBreaksNoPair() {
    String first = firstPodOf("k8s-node02");
    Diagnosis diagnosis =
        diagnose(
            SnapshotFixture.example("flannel-vxlan")
                .editing(
                    "nodes/k8s-node02/iptables-nft-save",
                    t ->
                        t.replaceFirst(
                            "-A FORWARD", "-A FORWARD -d " + first + "/32 -j DROP\n-A FORWARD")));
    assertThat(diagnosis.reach().broken()).isZero();
    assertThat(diagnosis.reach().delivered()).isEqualTo(6);
  }

  private static String firstPodOf(String node) {
    return SnapshotFixture.example("flannel-vxlan")
        .snapshot()
        .get(Section.PODS)
        .values()
        .filter(p -> p.node().filter(node::equals).isPresent())
        .filter(p -> !p.hostNetwork().orElse(false))
        .map(p -> p.ips().getFirst().toString())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void pairThatCannotBeWalkedForbidsHealthy() {
    Diagnosis diagnosis =
        diagnose(
            SnapshotFixture.example("flannel-vxlan")
                .editing(
                    "nodes/k8s-node02/iptables-nft-save",
                    t ->
                        t.replaceFirst(
                            "-A FORWARD", "-A FORWARD -m u32 --u32 0x0=0x0 -j DROP\n-A FORWARD")));
    assertThat(diagnosis.reach().open()).isEqualTo(4);
    assertThat(diagnosis.reach().delivered()).isEqualTo(2);
    assertThat(diagnosis.health()).isEqualTo(Health.TOO_LITTLE);
  }

  /** Of a healthy cluster: nothing is lost because nobody looked. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "nodes/k8s-node01/ip-j-neigh",
        "nodes/k8s-node01/ip-j-addr",
        "nodes/k8s-node01/ip-d-j-link",
        "nodes/k8s-node01/ip-j-route",
        "nodes/k8s-node01/bridge-j-fdb",
        "nodes/k8s-node01/pods/shop_db-0/ip-addr",
        "nodes/k8s-node01/pods/shop_db-0/ip-route",
      })
  void whatWasNotGatheredIsNotLost(String file) {
    Diagnosis diagnosis = diagnose(SnapshotFixture.example("flannel-vxlan").without(file));
    assertThat(diagnosis.reach().brokenPairs()).isEmpty();
    assertThat(diagnosis.reach().unknown()).isPositive();
    assertThat(diagnosis.health()).isEqualTo(Health.TOO_LITTLE);
  }

  @Test
  void podWithoutARecordedNamespaceIsUnknown() {
    Diagnosis diagnosis =
        diagnose(
            SnapshotFixture.example("flannel-vxlan")
                .file(
                    "cluster/pods-late.yaml",
                    "apiVersion: v1",
                    "kind: Pod",
                    "metadata: {name: late, namespace: default}",
                    "spec: {nodeName: k8s-node02, containers: []}",
                    "status: {phase: Running, podIP: 10.244.2.99, podIPs: [{ip: 10.244.2.99}]}"));
    assertThat(diagnosis.reach().brokenPairs()).isEmpty();
    assertThat(diagnosis.reach().open()).isEqualTo(4);
  }

  @Test
  void policyHidesNoOtherLoss() {
    String blackhole = "[{\"type\":\"blackhole\",\"dst\":\"10.244.1.3\",\"flags\":[]},{";
    Diagnosis diagnosis =
        diagnose(
            SnapshotFixture.example("flannel-vxlan")
                .editing(
                    "nodes/k8s-node01/iptables-nft-save",
                    t ->
                        t.replaceFirst(
                            "-A FORWARD",
                            "-A FORWARD -s 10.244.0.3/32 -d 10.244.1.2/32 -j DROP\n-A FORWARD"))
                .editing(
                    "nodes/k8s-master/ip-j-route-table-all",
                    t -> blackhole + t.substring(t.indexOf('{') + 1)));
    assertThat(diagnosis.reach().unexplained())
        .extracting(p -> p.from() + " " + p.to() + " " + p.disposition())
        .containsExactlyInAnyOrder(
            "k8s-master k8s-node01 " + Disposition.BLACKHOLE,
            "k8s-node01 k8s-master " + Disposition.REPLY_LOST);
  }

  /** Its fix does not heal them: there is another cause, be it ignored or not. */
  @Test
  void lossThatTheOnlyFixDoesNotHealHasAnotherCause() {
    String blackhole = "[{\"type\":\"blackhole\",\"dst\":\"10.244.2.0/25\",\"flags\":[]},{";
    SnapshotFixture two =
        SnapshotFixture.example("stale-fdb-entry")
            .editing(
                "nodes/k8s-node01/ip-j-route-table-all",
                t -> blackhole + t.substring(t.indexOf('{') + 1));
    assertThat(diagnose(two).reach().unexplained()).hasSize(2);
    assertThat(
            new Diagnostician(LIBRARY.rules(), Set.of("stale-fdb-entry"))
                .diagnose(History.of(two.snapshot()))
                .reach()
                .unexplained())
        .hasSize(2);
  }

  @Test
  void routeWithTheWrongSourceIsReplacedAndThePairHealed() {
    Diagnosis diagnosis = diagnose(sendingFrom("192.168.0.113", t -> t));
    assertThat(diagnosis.reach().broken()).isEqualTo(2);
    assertThat(diagnosis.reach().unexplained()).isEmpty();
    assertThat(diagnosis.findings().getFirst().prediction().orElseThrow())
        .extracting(Prediction::healed, Prediction::stillBroken, Prediction::proven)
        .containsExactly(2, 0, 2);
  }

  /** Each of two faults of one way needs the other's fix too. */
  @Test
  void secondFaultOfOneWayIsFoundBehindTheFirst() {
    Diagnosis diagnosis =
        diagnose(
            sendingFrom(
                "192.168.0.113",
                t ->
                    t.replace(
                        "10.122.127.128/26 via 192.168.3.112 dev tunl0 proto bird onlink",
                        "10.122.127.128/26 via 10.122.157.128 dev tunl0")));
    assertThat(diagnosis.reach().unexplained()).isEmpty();
    assertThat(diagnosis.findings())
        .extracting(r -> r.finding().rule() + " " + r.prediction().orElseThrow().needsToo())
        .containsExactlyInAnyOrder("asymmetric-tunnel-source [F2]", "wrong-tunnel-next-hop [F1]");
  }

  /** A node's tunnel packets to one other come from an address nobody knows it by. */
  private static SnapshotFixture sendingFrom(String source, UnaryOperator<String> routes) {
    return SnapshotFixture.example("calico-ipip")
        .editing(
            "nodes/az3-k8s-14/ip-route-table-all",
            t -> "192.168.3.112 dev eth1 scope link src " + source + "\n" + routes.apply(t));
  }

  @Test
  void nodeWithItsNameInOtherLettersIsTheSameNode() {
    Diagnosis diagnosis =
        diagnose(
            SnapshotFixture.example("flannel-vxlan")
                .renaming("nodes/k8s-node01/", "nodes/K8S-Node01/"));
    assertThat(diagnosis.reach().brokenPairs()).isEmpty();
    assertThat(diagnosis.reach().delivered()).isEqualTo(6);
    assertThat(diagnosis.reach().pairs()).isEqualTo(6);
  }

  private static Diagnosis diagnose(SnapshotFixture fixture) {
    return new Diagnostician(LIBRARY.rules(), Set.of()).diagnose(History.of(fixture.snapshot()));
  }
}
