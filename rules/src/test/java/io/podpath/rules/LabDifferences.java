package io.podpath.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.blueprint.Blueprint;
import io.podpath.core.blueprint.ClusterReader;
import io.podpath.core.blueprint.KnownCluster;
import io.podpath.core.blueprint.NodeBlueprint;
import io.podpath.core.compare.Comparer;
import io.podpath.core.compare.Comparison;
import io.podpath.core.compare.Effects;
import io.podpath.core.compare.Weight;
import io.podpath.core.compare.Yardstick;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.probes.bundle.BlueprintFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the blueprint tells of a lab with a fault, and what the fault changed since the lab was
 * healthy: the same entries, whichever way one asks.
 */
final class LabDifferences {

  /** What each entry means, whether packets meet it or not, and whatever else it follows from. */
  private static final Yardstick ALL =
      new Yardstick(Set.of(Weight.MEANING), row -> true, s -> s, Effects.EVERY, true, false, true);

  /** The same, where less than expected is as good. */
  private static final Yardstick ALL_EXPECTED =
      new Yardstick(Set.of(Weight.MEANING), row -> true, s -> s, Effects.EVERY, false, false, true);

  private static final Pattern SETTING =
      Pattern.compile("(\\S+) sysctl net\\.ipv4\\.conf\\.(.+)\\.[a-z_]+");

  /** What happened to entries of the nodes since the lab was healthy. */
  private final Set<LabEntry> changed;

  /** The same, without what is only a consequence of another change. */
  private final Set<LabEntry> caused;

  /** What the blueprint has otherwise, of whatever effect. */
  private final Set<LabEntry> told;

  /** What a person is shown of it. */
  private final Set<LabEntry> shown;

  /** Where the blueprint is another one since the cluster's records were changed. */
  private final Set<String> expectedAnew;

  /** Where it would not be content with what the nodes held before; two nodes may claim one. */
  private final Set<String> expectedOtherwise;

  /** What happened to the cluster's records. */
  private final Set<LabEntry> records;

  LabDifferences(Snapshot healthy, Snapshot broken) {
    this.changed = since(broken, healthy, ALL);
    this.caused =
        since(
            broken,
            healthy,
            new Yardstick(
                ALL.weights(), ALL.extras(), ALL.names(), ALL.effects(), true, false, false));
    this.told = fromBlueprint(broken, LabDifferences::everything);
    this.shown = shown(broken);
    this.expectedAnew = places(since(drawn(healthy), drawn(broken), ALL));
    this.expectedOtherwise = places(since(drawn(healthy), drawn(broken), ALL_EXPECTED));
    this.records =
        LabEntry.of(new Comparer(ALL).clusters(broken.cluster(), healthy.cluster()))
            .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What {@code podpath compare} shows of each node. */
  static Set<LabEntry> shown(Snapshot snapshot) {
    return fromBlueprint(snapshot, Function.identity());
  }

  /** What it shows or leaves out, on a lab where nothing is broken. */
  static Set<LabEntry> toldOf(Snapshot snapshot) {
    return spoken(fromBlueprint(snapshot, LabDifferences::everything));
  }

  /** What happened to nodes and records between two times. */
  static Set<LabEntry> between(Snapshot healthy, Snapshot later) {
    LabDifferences since = new LabDifferences(healthy, later);
    Set<LabEntry> all = new TreeSet<>(spoken(since.changed));
    all.addAll(since.records);
    return all;
  }

  /** Whether all that packets meet was read and is as expected: exit code 0. */
  static List<Comparison> unproven(Snapshot snapshot) {
    return comparisons(snapshot, Function.identity()).stream()
        .filter(c -> !c.isProvenSame())
        .toList();
  }

  private static Yardstick everything(Yardstick yardstick) {
    return new Yardstick(
        yardstick.weights(), row -> true, s -> s, Effects.EVERY, yardstick.exactly(), false, true);
  }

  /** Against the blueprint drawn from the lab's own objects. */
  private static List<Comparison> comparisons(
      Snapshot snapshot, Function<Yardstick, Yardstick> change) {
    KnownCluster known = ClusterReader.read(ClusterView.of(snapshot)).optional().orElseThrow();
    Blueprint blueprint = known.blueprint();
    Snapshot expected = BlueprintFiles.snapshot(blueprint);
    List<Comparison> comparisons = new ArrayList<>();
    for (NodeBlueprint node : blueprint.nodes()) {
      String name = node.node().name();
      comparisons.add(
          new Comparer(change.apply(Yardstick.blueprint(known, node)))
              .nodes(snapshot.node(name).orElseThrow(), expected.node(name).orElseThrow()));
    }
    return comparisons;
  }

  private static Set<LabEntry> fromBlueprint(
      Snapshot snapshot, Function<Yardstick, Yardstick> change) {
    return comparisons(snapshot, change).stream()
        .flatMap(LabEntry::of)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Snapshot drawn(Snapshot snapshot) {
    return BlueprintFiles.snapshot(
        ClusterReader.read(ClusterView.of(snapshot)).optional().orElseThrow().blueprint());
  }

  private static Set<LabEntry> since(Snapshot now, Snapshot then, Yardstick yardstick) {
    Comparer comparer = new Comparer(yardstick);
    return now.nodes().values().stream()
        .flatMap(node -> LabEntry.of(comparer.nodes(node, then(then, node))))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static NodeState then(Snapshot then, NodeState node) {
    return then.node(node.name()).orElseThrow();
  }

  /** Without what no blueprint speaks about. */
  private static Set<LabEntry> spoken(Set<LabEntry> entries) {
    return entries.stream()
        .filter(e -> !e.isUnspoken())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * Of entries that the blueprint expects as before, exactly those are told that the fault changed.
   * Where the changed records of the cluster have it expect another entry, the nodes have followed
   * or that is told.
   */
  void assertExact(String fault) {
    assertThat(elsewhere(spoken(told)))
        .as("told by the blueprint, as against changed by %s", fault)
        .isEqualTo(elsewhere(spoken(changed)));
    Set<String> either = new TreeSet<>();
    Stream.of(changed, told).forEach(all -> all.forEach(e -> either.add(e.place())));
    assertThat(either)
        .as("changed by %s, or told", fault)
        .containsAll(expectedOtherwise.stream().filter(p -> !isGoneWithIt(p, either)).toList());
    assertThat(told).as("told of %s, shown or left out", fault).containsAll(shown);
    assertThat(elsewhere(shown))
        .as("shown of %s", fault)
        .isEqualTo(
            elsewhere(caused).stream()
                .filter(e -> shown.contains(e) || !e.mayBeLeftOut())
                .collect(Collectors.toCollection(TreeSet::new)));
  }

  /**
   * Settings of a device end with it, and a listing of settings does not say which are not there.
   */
  private static boolean isGoneWithIt(String place, Set<String> others) {
    Matcher setting = SETTING.matcher(place);
    return setting.matches() && others.contains(setting.group(1) + " link " + setting.group(2));
  }

  /** Those of which the changed records say nothing new. */
  private Set<LabEntry> elsewhere(Set<LabEntry> entries) {
    return entries.stream()
        .filter(e -> !expectedAnew.contains(e.place()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> places(Set<LabEntry> entries) {
    return entries.stream().map(LabEntry::place).collect(Collectors.toCollection(TreeSet::new));
  }

  boolean changesRecords() {
    return !records.isEmpty();
  }

  boolean showsAny() {
    return !shown.isEmpty();
  }

  /** Whether {@code podpath diff} shows anything between the two times. */
  boolean showsAnySince() {
    return !caused.isEmpty() || changesRecords();
  }

  /** Entries that differ since the lab was healthy, and those that do not follow its records. */
  Set<LabEntry> ofTheFault() {
    Set<LabEntry> all = new TreeSet<>(changed);
    all.addAll(records);
    all.addAll(shown);
    return all;
  }
}
