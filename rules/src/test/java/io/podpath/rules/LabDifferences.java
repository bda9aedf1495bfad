package io.podpath.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.blueprint.Blueprint;
import io.podpath.core.blueprint.ClusterReader;
import io.podpath.core.blueprint.KnownCluster;
import io.podpath.core.blueprint.NodeBlueprint;
import io.podpath.core.compare.Comparer;
import io.podpath.core.compare.Comparison;
import io.podpath.core.compare.Difference;
import io.podpath.core.compare.TableComparison;
import io.podpath.core.compare.Yardstick;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.fixtures.lab.Fault;
import io.podpath.fixtures.lab.Lab;
import io.podpath.fixtures.lab.LabException;
import io.podpath.probes.bundle.BlueprintFiles;
import io.podpath.probes.bundle.InputException;
import io.podpath.probes.bundle.InputReader;
import io.podpath.probes.bundle.Limits;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What a lab's nodes hold, against their blueprint and against what they held before. */
final class LabDifferences {

  private LabDifferences() {}

  static Snapshot read(Lab lab) throws LabException, InputException {
    return new InputReader(Limits.standard(), InputStream.nullInputStream())
        .read(List.of(lab.gather().toString()))
        .history()
        .latest();
  }

  /** Against the blueprint drawn from the lab's own objects: node, table and key. */
  static Set<String> fromBlueprint(Snapshot snapshot) {
    KnownCluster known = ClusterReader.read(ClusterView.of(snapshot)).optional().orElseThrow();
    Blueprint blueprint = known.blueprint();
    Snapshot expected = BlueprintFiles.snapshot(blueprint);
    Set<String> all = new TreeSet<>();
    for (NodeBlueprint node : blueprint.nodes()) {
      String name = node.node().name();
      NodeState held = snapshot.node(name).orElseThrow();
      all.addAll(
          keys(
              new Comparer(Yardstick.blueprint(known, node))
                  .nodes(held, expected.node(name).orElseThrow())));
    }
    return all;
  }

  private static Set<String> sinceThen(Snapshot now, Snapshot then) {
    Comparer comparer = new Comparer(Yardstick.sameMachine());
    Set<String> all = new TreeSet<>();
    for (NodeState node : now.nodes().values()) {
      all.addAll(keys(comparer.nodes(node, then.node(node.name()).orElseThrow())));
    }
    return all;
  }

  private static Set<String> keys(Comparison comparison) {
    Set<String> keys = new TreeSet<>();
    for (TableComparison table : comparison.tables()) {
      table
          .differences()
          .forEach(d -> keys.add(comparison.node() + " " + table.table() + " " + key(d)));
    }
    return keys;
  }

  private static String key(Difference difference) {
    return switch (difference) {
      case Difference.Missing(var row) -> "- " + row.key();
      case Difference.Extra(var row) -> "+ " + row.key();
      case Difference.Differs(var row, var expected, var changes) -> "~ " + row.key();
    };
  }

  /**
   * A fault of the cluster's records changes what is expected of the nodes and is left out; one
   * that only shows in logs and in files that no packet meets has nothing to tell apart.
   */
  static void assertOnlyWhatTheFaultChanged(
      Fault fault, Blueprint blueprint, Snapshot healthy, Lab lab)
      throws LabException, InputException {
    if (fault.on(blueprint).orElseThrow().facts().isPresent()) {
      return;
    }
    Snapshot broken = read(lab);
    Set<String> changed = sinceThen(broken, healthy);
    Set<String> told = fromBlueprint(broken);
    assertThat(changed).as("entries that %s changed", fault.rule()).containsAll(told);
    if (!changed.isEmpty() && !fault.rule().equals("interface-netmask-missing")) {
      // a machine's own cards are taken as they are
      assertThat(told).as("what the blueprint tells of %s", fault.rule()).isNotEmpty();
    }
  }
}
