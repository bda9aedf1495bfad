package io.podpath.tui.cli;

import io.podpath.core.blueprint.Blueprint;
import io.podpath.core.blueprint.ClusterReader;
import io.podpath.core.blueprint.KnownCluster;
import io.podpath.core.blueprint.NodeBlueprint;
import io.podpath.core.compare.SwappedNames;
import io.podpath.core.compare.Yardstick;
import io.podpath.core.net.Gathered;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.probes.bundle.BlueprintFiles;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What nodes are held against.
 *
 * @param name what it is, in a few words
 * @param working whether it is a working data plane by what the cluster's objects say
 * @param whole whether all that is expected is known
 * @param assumed what was not read and had to be taken as usual
 */
record Reference(String name, boolean working, boolean whole, List<String> assumed, Lookup lookup) {

  private static final SortedMap<String, Facts> NO_PODS = Collections.emptySortedMap();

  /** What is expected of one node; empty when nothing is known of it. */
  @FunctionalInterface
  interface Lookup {
    Optional<Expected> of(NodeState node);
  }

  /** A node as it shall be, and what counts. */
  record Expected(NodeState node, Yardstick yardstick) {}

  /** What a working data plane would hold, drawn from the cluster's own facts. */
  static Reference blueprint(Snapshot snapshot) throws Refusal {
    KnownCluster known = known(snapshot);
    Blueprint blueprint = known.blueprint();
    return drawn(
        "the blueprint of " + blueprint.fabric() + " with service proxy " + known.proxy().name(),
        known,
        blueprint,
        BlueprintFiles.snapshot(blueprint));
  }

  static KnownCluster known(Snapshot snapshot) throws Refusal {
    return switch (ClusterReader.read(ClusterView.of(snapshot))) {
      case Gathered.Known<KnownCluster>(var cluster) -> cluster;
      case Gathered.Absent<KnownCluster>() ->
          throw new IllegalStateException("a cluster is known or not gathered");
      case Gathered.NotGathered<KnownCluster>(var reason) ->
          throw new Refusal(
              "no blueprint can be drawn: "
                  + reason
                  + "; what was gathered of it at another time can still be held against it: --with snapshot FILE");
    };
  }

  /**
   * @param state what the blueprint's nodes hold
   */
  static Reference drawn(String name, KnownCluster known, Blueprint blueprint, Snapshot state) {
    return new Reference(
        name,
        true,
        known.services(),
        known.assumed(),
        node -> {
          Optional<NodeBlueprint> drawn = blueprint.node(node.name());
          return drawn.flatMap(d ->
              state.node(node.name()).map(s -> new Expected(s, Yardstick.blueprint(known, d))));
        });
  }

  /** Another node of the same cluster, under the names of the one that is looked at. */
  static Reference node(Snapshot snapshot, String name) throws Refusal {
    NodeState other =
        snapshot
            .node(name)
            .orElseThrow(() ->
                new Refusal(
                    "--with node "
                        + name
                        + ": there is no such node in the input"
                        + Nearest.hint(name, List.copyOf(snapshot.nodes().keySet()))));
    KnownCluster known = known(snapshot);
    Blueprint blueprint = known.blueprint();
    return new Reference(
        "node " + name,
        false,
        true,
        known.assumed(),
        node ->
            blueprint
                .node(node.name())
                .filter(d -> !node.name().equals(name))
                .map(d ->
                    new Expected(
                        new NodeState(name, other.named(), other.host(), NO_PODS),
                        Yardstick.blueprint(known, d)
                            .besidePods()
                            .renaming(SwappedNames.swapping(known.facts(), name, node.name())))));
  }

  /** The same nodes at another time. */
  static Reference snapshot(String file, Snapshot before) {
    return new Reference(
        file,
        false,
        true,
        List.of(),
        node -> before.node(node.name()).map(s -> new Expected(s, Yardstick.sameMachine())));
  }
}
