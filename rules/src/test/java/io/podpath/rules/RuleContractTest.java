package io.podpath.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.cluster.Pod;
import io.podpath.core.fix.Change;
import io.podpath.core.fix.Fix;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.Diagnosis;
import io.podpath.core.rule.Diagnostician;
import io.podpath.core.rule.EntryState;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.Pair;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.fixtures.example.Example;
import io.podpath.fixtures.example.Examples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every rule owes its recording: real commands broke a real data plane there, and real packets
 * told who reached whom.
 */
class RuleContractTest {

  private static final RuleLibrary LIBRARY = RuleLibrary.load();
  private static final double ENOUGH_WORDS = 0.5;
  private static final Map<String, Snapshot> SNAPSHOTS = new ConcurrentHashMap<>();

  static Stream<Example> broken() {
    return Examples.names().stream().map(Examples::describe).filter(e -> e.rule().isPresent());
  }

  static Stream<Example> healthy() {
    return Examples.names().stream().map(Examples::describe).filter(Example::isHealthy);
  }

  @ParameterizedTest
  @MethodSource("broken")
  void ruleNamesTheEntryThatWasBroken(Example example) {
    Example.CulpritEntry wanted = example.culprit().orElseThrow();
    List<Culprit> named = findings(example).stream().flatMap(f -> f.culprits().stream()).toList();
    assertThat(named)
        .as("culprits, of which one must be %s", wanted)
        .anyMatch(c -> isThat(c, wanted));
  }

  /**
   * The example's entry is what somebody typed to break it, the finding's is what the tool printed:
   * most of the words of one stand in the other, in that order.
   */
  private static boolean isThat(Culprit culprit, Example.CulpritEntry wanted) {
    boolean there =
        wanted.node().isEmpty()
            || culprit.node().isEmpty()
            || culprit.node().get().equals(wanted.node());
    boolean missing = wanted.state().equals("missing") == (culprit.state() == EntryState.MISSING);
    return there
        && missing
        && culprit.kind().toString().equals(wanted.kind())
        && inOrder(words(wanted.entry()), words(culprit.entry())) >= ENOUGH_WORDS;
  }

  /** The part of the wanted words that are there, in their order (longest common subsequence). */
  private static double inOrder(List<String> wanted, List<String> words) {
    int[][] best = new int[wanted.size() + 1][words.size() + 1];
    for (int i = 1; i <= wanted.size(); i++) {
      for (int j = 1; j <= words.size(); j++) {
        best[i][j] =
            wanted.get(i - 1).equals(words.get(j - 1))
                ? best[i - 1][j - 1] + 1
                : Math.max(best[i - 1][j], best[i][j - 1]);
      }
    }
    return (double) best[wanted.size()][words.size()] / wanted.size();
  }

  private static List<String> words(String entry) {
    return Arrays.stream(entry.split("[^A-Za-z0-9_]+", -1)).filter(w -> !w.isEmpty()).toList();
  }

  @ParameterizedTest
  @MethodSource("broken")
  void itsFindingComesFirst(Example example) {
    Diagnosis diagnosis =
        new Diagnostician(LIBRARY.rules(), Set.of())
            .diagnose(Examples.load(example.name()).history());
    assertThat(diagnosis.findings()).isNotEmpty();
    assertThat(diagnosis.findings().getFirst().finding().rule())
        .isEqualTo(example.rule().orElseThrow());
  }

  @ParameterizedTest
  @MethodSource("healthy")
  void nothingIsFoundInAHealthyCluster(Example example) {
    assertThat(faults(snapshot(example.name()))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("broken")
  void fixLeavesNothingToFind(Example example) {
    Snapshot before = snapshot(example.name());
    Set<String> known = rules(faults(before));
    for (Finding finding : findings(example)) {
      Snapshot after = applied(finding, before);
      if (!after.sameValues(before)) {
        List<Finding> left = faults(after);
        assertThat(left)
            .as("findings after the fix of %s", finding.title())
            .noneMatch(f -> f.key().equals(finding.key()));
        assertThat(known).as("rules that found something before").containsAll(rules(left));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("broken")
  void fixAppliedTwiceChangesNothingMore(Example example) {
    Snapshot before = snapshot(example.name());
    for (Finding finding : findings(example)) {
      Snapshot once = applied(finding, before);
      assertThat(applied(finding, once).sameValues(once)).as(finding.title()).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("broken")
  void undoGivesBackTheSameSnapshot(Example example) {
    Snapshot before = snapshot(example.name());
    for (Finding finding : findings(example)) {
      Snapshot undone = applied(finding, before);
      for (Change change : finding.fix().map(Fix::undo).orElse(List.of())) {
        undone = change.applyTo(undone);
      }
      assertThat(undone.sameValues(before)).as(finding.title()).isTrue();
    }
  }

  /** A pair is affected when real packets were lost between pods of the two nodes, either way. */
  @ParameterizedTest
  @MethodSource("broken")
  void affectedPairsAreThoseThatLostPackets(Example example) {
    Set<Pair> lost = lost(example);
    Set<Pair> affected =
        findings(example).stream().flatMap(f -> f.affects().stream()).collect(Collectors.toSet());
    // the recorded packets are pings: where all of them arrived, the fault is about something else
    if (!lost.isEmpty()) {
      assertThat(lost).as("pairs of nodes that lost packets").containsAll(affected);
    }
    if (!affected.isEmpty() && saysWhoLoses(example)) {
      Set<Pair> all =
          faults(snapshot(example.name())).stream()
              .flatMap(f -> f.affects().stream())
              .collect(Collectors.toSet());
      assertThat(all).as("pairs the findings say are cut").containsAll(lost);
    }
  }

  /**
   * Where two nodes claim one thing, the input does not tell which of them the others take, so the
   * pairs cannot all be named.
   */
  private static boolean saysWhoLoses(Example example) {
    String area =
        LIBRARY.rule(example.rule().orElseThrow()).orElseThrow().getClass().getPackageName();
    return !area.endsWith(".bgp") && !area.endsWith(".cni");
  }

  @ParameterizedTest
  @MethodSource("healthy")
  void whatWasNotGatheredIsNoFault(Example example) {
    Snapshot whole = snapshot(example.name());
    for (Gap gap : Gap.of(whole)) {
      assertThat(faults(gap.without(whole))).as("%s not gathered", gap).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("healthy")
  void rowsNobodyShowedAreNoFault(Example example) {
    Snapshot whole = snapshot(example.name());
    for (Gap gap : Gap.of(whole)) {
      assertThat(faults(gap.halved(whole))).as("every second row of %s not shown", gap).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("healthy")
  void anEmptyInputHasNoFault(Example example) {
    assertThat(faults(Snapshot.EMPTY)).as(example.name()).isEmpty();
  }

  private static Snapshot snapshot(String name) {
    return SNAPSHOTS.computeIfAbsent(name, n -> Examples.load(n).history().latest());
  }

  private static List<Finding> findings(Example example) {
    Rule rule = LIBRARY.rule(example.rule().orElseThrow()).orElseThrow();
    List<Finding> findings = rule.check(ClusterView.of(snapshot(example.name()))).findings();
    assertThat(findings).as("findings of %s", rule.id()).isNotEmpty();
    return findings;
  }

  /** Everything all rules find that is more than a remark. */
  private static List<Finding> faults(Snapshot snapshot) {
    ClusterView view = ClusterView.of(snapshot);
    return LIBRARY.rules().stream()
        .flatMap(r -> r.check(view).findings().stream())
        .filter(f -> f.severity() != Severity.INFO)
        .toList();
  }

  private static Set<String> rules(List<Finding> findings) {
    return findings.stream().map(Finding::rule).collect(Collectors.toSet());
  }

  private static Snapshot applied(Finding finding, Snapshot snapshot) {
    return finding.fix().map(f -> f.applyTo(snapshot)).orElse(snapshot);
  }

  private static Set<Pair> lost(Example example) {
    Map<String, String> nodes = new HashMap<>();
    for (Pod pod : snapshot(example.name()).get(Section.PODS).values().toList()) {
      pod.node().ifPresent(n -> nodes.put("pod/" + pod.namespace() + "/" + pod.name(), n));
    }
    Set<Pair> lost = new HashSet<>();
    example
        .matrix()
        .forEach((way, arrived) -> {
          String[] ends = way.split("->", 2);
          Optional<String> from = Optional.ofNullable(nodes.get(ends[0]));
          Optional<String> to = Optional.ofNullable(nodes.get(ends[1]));
          if (!arrived && from.isPresent() && to.isPresent() && !from.equals(to)) {
            lost.add(new Pair(from.get(), to.get()));
            lost.add(new Pair(to.get(), from.get()));
          }
        });
    return lost;
  }

  /**
   * One table of the cluster, or of all its nodes; chains and their rules are read together, so
   * they are missing together.
   */
  private record Gap(String name, List<Section<?>> sections) {

    static List<Gap> of(Snapshot snapshot) {
      Map<String, List<Section<?>>> gaps = new TreeMap<>();
      Set<Section<?>> sections = new HashSet<>(snapshot.cluster().sections());
      snapshot.nodes().values().forEach(n -> sections.addAll(n.host().sections()));
      for (Section<?> section : sections) {
        gaps.computeIfAbsent(
                section.name().replaceFirst("(tables.*)-(chains|rules)$", "$1"),
                n -> new ArrayList<>())
            .add(section);
      }
      return gaps.entrySet().stream().map(e -> new Gap(e.getKey(), e.getValue())).toList();
    }

    Snapshot without(Snapshot snapshot) {
      return changing(snapshot, false);
    }

    Snapshot halved(Snapshot snapshot) {
      return changing(snapshot, true);
    }

    private Snapshot changing(Snapshot snapshot, boolean keepsHalf) {
      Snapshot changed = snapshot;
      for (Section<?> section : sections) {
        Cut<?> cut = new Cut<>(section, keepsHalf && !section.name().endsWith("-chains"));
        changed = changed.withCluster(cut.of(changed.cluster()));
        for (String node : snapshot.nodes().keySet()) {
          changed = changed.changingHost(node, cut::of);
        }
      }
      return changed;
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
