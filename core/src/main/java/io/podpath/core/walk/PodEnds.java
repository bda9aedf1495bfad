package io.podpath.core.walk;

import io.podpath.core.cluster.Pod;
import io.podpath.core.net.IpAddress;
import io.podpath.core.node.Address;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The pods of a cluster: by their objects, and by their namespaces where no object was read. */
public final class PodEnds {

  private PodEnds() {}

  /** All pods with a network of their own, by node and name. */
  public static List<WalkEnd> of(ClusterView view) {
    List<WalkEnd> ends = new ArrayList<>();
    Set<Netns> taken = new HashSet<>();
    view.get(Section.PODS)
        .values()
        .filter(p -> hasNetwork(p, view))
        .forEach(p -> {
          WalkEnd end = of(p, view);
          ends.add(end);
          end.place().ifPresent(taken::add);
        });
    for (NodeState node : view.nodes()) {
      node.pods().keySet().stream()
          .map(netns -> Netns.pod(node.name(), netns))
          .filter(p -> !taken.contains(p))
          .map(p -> of(p, view))
          .filter(e -> !e.addresses().isEmpty())
          .forEach(ends::add);
    }
    return ends.stream()
        .sorted(
            Comparator.comparing(
                    (WalkEnd e) -> e.place().map(Netns::node).orElse(""), Snapshot.NATURAL_ORDER)
                .thenComparing(WalkEnd::name, Snapshot.NATURAL_ORDER))
        .toList();
  }

  private static boolean hasNetwork(Pod pod, ClusterView view) {
    return pod.node().isPresent()
        && !pod.ips().isEmpty()
        && !usesNodeNetwork(pod, view)
        && !pod.isEnded();
  }

  /** A table of pods does not tell; but then the pod's address is its node's. */
  private static boolean usesNodeNetwork(Pod pod, ClusterView view) {
    return pod.hostNetwork()
        .orElseGet(() -> pod.ips().stream().anyMatch(a -> !view.plan().ownersOf(a).isEmpty()));
  }

  /** A pod that an object tells of. */
  public static WalkEnd of(Pod pod, ClusterView view) {
    String name = pod.namespace() + "/" + pod.name();
    Optional<Netns> place =
        pod.node()
            .map(n -> machine(n, view))
            .map(n ->
                usesNodeNetwork(pod, view) ? Netns.host(n) : Netns.pod(n, netns(pod, n, view)));
    return new WalkEnd(name, place, pod.ips());
  }

  /** A machine may write its name in other letters than its Node object. */
  private static String machine(String node, ClusterView view) {
    return view.snapshot().node(node).isPresent()
        ? node
        : view.snapshot().nodes().keySet().stream()
            .filter(node::equalsIgnoreCase)
            .findFirst()
            .orElse(node);
  }

  /** The namespace on the node that bears the pod's name, or else one that has its address. */
  private static String netns(Pod pod, String node, ClusterView view) {
    String usual = pod.namespace() + "_" + pod.name();
    Optional<NodeState> state = view.snapshot().node(node);
    if (state.isEmpty() || state.get().pods().containsKey(usual)) {
      return usual;
    }
    return state.get().pods().entrySet().stream()
        .filter(e -> addresses(e.getValue()).stream().anyMatch(pod.ips()::contains))
        .map(java.util.Map.Entry::getKey)
        .findFirst()
        .orElse(usual);
  }

  /** A namespace that was recorded. */
  public static WalkEnd of(Netns place, ClusterView view) {
    List<IpAddress> addresses =
        view.snapshot()
            .node(place.node())
            .map(n ->
                place.pod().isEmpty()
                    ? n.host()
                    : n.pods().getOrDefault(place.pod().get(), Facts.NONE))
            .map(PodEnds::addresses)
            .orElse(List.of());
    return new WalkEnd(place.node() + ":" + place.netns(), Optional.of(place), addresses);
  }

  /** Addresses that others can reach it by, in their order. */
  private static List<IpAddress> addresses(Facts facts) {
    return facts
        .get(Section.ADDRESSES)
        .values()
        .map(Address::local)
        .filter(a -> !a.isLoopback() && !a.isLinkLocal())
        .toList();
  }
}
