package io.podpath.rules.overlay;

import io.podpath.core.cni.OvsPort;
import io.podpath.core.net.IpAddress;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Devices;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * GRE ports of Open vSwitch bridges, and which nodes they join. A link works when both ends have a
 * port for the other.
 */
final class GreLinks {

  /**
   * @param target the node whose address stands in remote_ip; empty when it is no known node's
   */
  record Port(NodeState node, Fact<OvsPort> fact, IpAddress remote, Optional<String> target) {}

  private final ClusterView view;
  private final Map<String, List<Port>> ports = new LinkedHashMap<>();

  GreLinks(ClusterView view) {
    this.view = view;
    for (NodeState node : view.machines()) {
      if (!carriesPods(node)) {
        continue;
      }
      List<Port> own = new ArrayList<>();
      for (Fact<OvsPort> fact : node.get(Section.OVS_PORTS).facts()) {
        boolean gre = isGre(fact.value());
        fact.value()
            .remoteIp()
            .filter(r -> gre)
            .ifPresent(r -> own.add(new Port(node, fact, r, view.plan().ownerOf(r))));
      }
      ports.put(node.name(), own);
    }
  }

  /** An Open vSwitch without GRE ports may be there for something else than pods. */
  private static boolean carriesPods(NodeState node) {
    List<OvsPort> ports = node.get(Section.OVS_PORTS).values().toList();
    Set<String> names = new LinkedHashSet<>();
    ports.forEach(p -> names.add(p.interfaceName()));
    ports.forEach(p -> names.add(p.bridge()));
    return ports.stream().anyMatch(GreLinks::isGre)
        || node.get(Section.LINKS)
            .values()
            .filter(l -> l.master().filter(Devices::isPodBridge).isPresent())
            .anyMatch(l -> names.contains(l.name()) || l.peer().filter(names::contains).isPresent())
        || node.get(Section.BRIDGE_PORTS)
            .values()
            .filter(b -> Devices.isPodBridge(b.bridge()))
            .anyMatch(b -> names.contains(b.port()));
  }

  private static boolean isGre(OvsPort port) {
    return port.type().filter(t -> t.equals("gre") || t.equals("ipsec_gre")).isPresent();
  }

  /**
   * Whether a port of the node leads nobody knows where: no address, or one that two nodes claim.
   */
  boolean isUnclear(String node) {
    boolean disputed = of(node).stream().anyMatch(p -> view.plan().ownersOf(p.remote()).size() > 1);
    return disputed
        || view.snapshot()
            .node(node)
            .filter(n ->
                n.get(Section.OVS_PORTS).values().anyMatch(p -> isGre(p) && p.remoteIp().isEmpty()))
            .isPresent();
  }

  /** Nodes whose ports were read. */
  Set<String> nodes() {
    return ports.keySet();
  }

  List<Port> of(String node) {
    return ports.getOrDefault(node, List.of());
  }

  /** Ports to addresses that no known node has. */
  List<Port> strays(String node) {
    return of(node).stream().filter(p -> view.plan().ownersOf(p.remote()).isEmpty()).toList();
  }

  boolean hasPortTo(String node, String other) {
    return of(node).stream().anyMatch(p -> p.target().filter(other::equals).isPresent());
  }

  /** Nodes with a port to this one which has none back. */
  List<Port> unanswered(String node) {
    List<Port> all = new ArrayList<>();
    for (String other : nodes()) {
      if (!other.equals(node) && !hasPortTo(node, other)) {
        of(other).stream()
            .filter(p -> p.target().filter(node::equals).isPresent())
            .forEach(all::add);
      }
    }
    return all;
  }

  /**
   * Nodes that reach each other over links with a port at both ends, by groups. Groups with ports
   * to nodes whose ports were not read count as one: these nodes may join them.
   */
  List<Set<String>> islands() {
    List<Set<String>> islands = new ArrayList<>();
    Set<String> open = new LinkedHashSet<>();
    for (Set<String> island : readIslands()) {
      if (island.stream().anyMatch(n -> !unread(n).isEmpty())) {
        open.addAll(island);
      } else {
        islands.add(island);
      }
    }
    if (!open.isEmpty()) {
      islands.add(open);
    }
    return islands;
  }

  /** Ports of the node that lead to a node whose own ports were not read. */
  List<Port> unread(String node) {
    return of(node).stream().filter(p -> p.target().filter(this::isUnread).isPresent()).toList();
  }

  private boolean isUnread(String node) {
    return view.snapshot()
        .node(node)
        .filter(n -> n.named() && n.get(Section.OVS_PORTS).isComplete())
        .isEmpty();
  }

  /** Whether only what was not read may join some of the nodes. */
  boolean joinedByUnread() {
    return readIslands().stream()
            .filter(i -> i.stream().anyMatch(n -> !unread(n).isEmpty()))
            .count()
        > 1;
  }

  private List<Set<String>> readIslands() {
    List<Set<String>> islands = new ArrayList<>();
    Set<String> seen = new LinkedHashSet<>();
    for (String start : nodes()) {
      if (seen.contains(start)) {
        continue;
      }
      Set<String> island = new LinkedHashSet<>();
      List<String> open = new ArrayList<>(List.of(start));
      while (!open.isEmpty()) {
        String node = open.removeLast();
        if (island.add(node)) {
          nodes().stream().filter(o -> hasPortTo(node, o) && hasPortTo(o, node)).forEach(open::add);
        }
      }
      seen.addAll(island);
      islands.add(island);
    }
    return islands;
  }

  /** Pairs of nodes that would stand together if these two were linked, and do not. */
  List<List<String>> joinedBy(String a, String b) {
    Set<String> left = island(a);
    Set<String> right = island(b);
    List<List<String>> pairs = new ArrayList<>();
    if (!left.equals(right)) {
      left.forEach(l -> right.forEach(r -> pairs.add(List.of(l, r))));
    }
    return pairs;
  }

  private Set<String> island(String node) {
    return islands().stream().filter(i -> i.contains(node)).findFirst().orElse(Set.of());
  }

  /** A port of the bridge the GRE ports of this node stand on. */
  String bridge(String node) {
    return of(node).stream()
        .map(p -> p.fact().value().bridge())
        .findFirst()
        .or(() ->
            view.snapshot()
                .node(node)
                .flatMap(n -> n.get(Section.OVS_PORTS).first())
                .map(f -> f.value().bridge()))
        .orElse("br0");
  }
}
