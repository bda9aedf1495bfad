package io.podpath.core.rule;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteType;
import io.podpath.core.rule.Diagnosis.OtherNode;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Devices;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.TunnelEnds;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Nodes that the input names and of which it has nothing. A list of all Node objects is the
 * authority: what is not in it is no node, whatever an old entry says.
 */
final class Roster {

  private final ClusterView view;
  private final TunnelEnds ends;
  private final Map<String, OtherNode> others = new LinkedHashMap<>();
  private final Set<String> known;

  private Roster(ClusterView view) {
    this.view = view;
    this.ends = TunnelEnds.of(view.snapshot());
    this.known =
        view.nodes().stream()
            .map(n -> n.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    view.get(Section.NODES).values().forEach(n -> known.add(n.name().toLowerCase(Locale.ROOT)));
  }

  /**
   * Without those that have a Node object, which are reported as nodes, and without what only an
   * entry names that is a fault itself.
   */
  static List<OtherNode> others(ClusterView view, List<Finding> findings) {
    if (view.get(Section.NODES).isComplete()) {
      return List.of();
    }
    Roster roster = new Roster(view);
    roster.byObjects();
    view.machines().forEach(roster::byEntries);
    Set<Provenance> faults =
        findings.stream()
            .flatMap(f -> f.culprits().stream())
            .flatMap(c -> c.from().stream())
            .collect(Collectors.toSet());
    return roster.others.values().stream().filter(o -> !faults.contains(o.from())).toList();
  }

  private void byObjects() {
    for (Fact<io.podpath.core.cluster.Pod> fact : view.get(Section.PODS).facts()) {
      fact.value().node().ifPresent(n -> name(n, fact.from()));
    }
    view.get(Section.CALICO_NODES).facts().forEach(f -> name(f.value().name(), f.from()));
    view.get(Section.BLOCK_AFFINITIES).facts().forEach(f -> name(f.value().node(), f.from()));
  }

  private void byEntries(NodeState node) {
    for (Fact<FdbEntry> fact : node.get(Section.FDB).facts()) {
      boolean vtep = fact.value().device().filter(Devices::isVtep).isPresent();
      fact.value().destination().filter(d -> vtep).ifPresent(d -> address(d, fact.from()));
    }
    for (Fact<Route> fact : node.host().mainRoutes(IpFamily.INET).facts()) {
      nextNode(node, fact.value()).ifPresent(a -> address(a, fact.from()));
    }
  }

  /** The next hop, when it can be nothing but a node of this cluster. */
  private Optional<IpAddress> nextNode(NodeState node, Route route) {
    // the next hop of a VXLAN route is an address behind the tunnel: the FDB names the node itself
    boolean told =
        route.device().filter(Devices::isVtep).isPresent()
            && !node.get(Section.FDB).isNotGathered();
    boolean tunnel = !told && route.device().filter(Devices::isTunnel).isPresent();
    boolean remote =
        route.type() == RouteType.UNICAST
            && !route.destination().isDefault()
            && !told
            && (tunnel || route.hasProtocol("bird") || looksLikePods(node, route.destination()));
    return route.gateway().filter(g -> remote);
  }

  /** A network as large as the node's own pod subnet and in the same network of pods. */
  private boolean looksLikePods(NodeState node, IpPrefix destination) {
    return view.podSubnets().stream()
        .filter(c -> c.node().equals(node.name()))
        .map(c -> c.subnet())
        .anyMatch(own ->
            own.length() == destination.length()
                && own.length() > 16
                && new IpPrefix(own.address(), 16).contains(destination));
  }

  private void name(String node, Provenance from) {
    if (known.add(node.toLowerCase(Locale.ROOT))) {
      others.put(node, new OtherNode(node, from));
    }
  }

  private void address(IpAddress address, Provenance from) {
    boolean someones =
        !view.plan().ownersOf(address).isEmpty()
            || !ends.nodesAt(address).isEmpty()
            || !view.plan().podSubnetOwners(address.toPrefix()).isEmpty();
    // who is named by an object is not counted again by an address that nobody connects with it
    if (!someones && others.values().stream().allMatch(o -> o.from().source().node().isPresent())) {
      String name = address.toString();
      if (known.add(name)) {
        others.put(name, new OtherNode(name, from));
      }
    }
  }
}
