package io.podpath.core.blueprint;

import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.ServiceProxyKind;
import io.podpath.core.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The working data plane of a whole cluster. */
public record Blueprint(
    ClusterFacts cluster, String fabric, String serviceProxy, List<NodeBlueprint> nodes) {

  public Blueprint {
    nodes = List.copyOf(nodes);
  }

  public static Blueprint of(ClusterFacts cluster, Fabric fabric, ServiceProxy proxy) {
    List<NodeBlueprint> nodes = new ArrayList<>();
    for (NodeFacts node : cluster.nodes()) {
      NodeDraft draft = new NodeDraft(node, proxy.kind() != ServiceProxyKind.UNKNOWN);
      Machine.lay(cluster, node, draft);
      fabric.lay(cluster, node, draft);
      proxy.lay(cluster, node, draft);
      Portmap.lay(fabric.kind(), node, draft);
      nodes.add(draft.build());
    }
    return new Blueprint(cluster, fabric.name(), proxy.name(), nodes);
  }

  public Optional<NodeBlueprint> node(String name) {
    return nodes.stream().filter(n -> n.node().name().equals(name)).findFirst();
  }

  /** The same as a snapshot, so that it can be walked and asked like a real cluster. */
  public Snapshot snapshot() {
    SortedMap<String, NodeState> states = new TreeMap<>();
    for (NodeBlueprint node : nodes) {
      NodeState state = NodeState.empty(node.node().name()).withHost(node.host());
      for (PodBlueprint pod : node.pods()) {
        state = state.withPod(pod.pod().netns(), pod.facts());
      }
      states.put(node.node().name(), state);
    }
    return new Snapshot(Optional.empty(), Facts.NONE, states, List.of());
  }
}
