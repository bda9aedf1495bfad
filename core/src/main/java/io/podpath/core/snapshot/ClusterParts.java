package io.podpath.core.snapshot;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.Address;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.node.Neighbour;
import io.podpath.core.node.NextHop;
import io.podpath.core.node.Route;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which nodes of the input belong together. A paste may hold two clusters, whose pod subnets are
 * often the same because the tools' defaults are; so two nodes count as one cluster's only when one
 * list of nodes names both, when they share a network, or when one sends packets to the other.
 */
final class ClusterParts {

  /** For each node the one that stands for its part. */
  private final Map<String, String> roots;

  private ClusterParts(Map<String, String> roots) {
    this.roots = Map.copyOf(roots);
  }

  /**
   * @param nodes all of the snapshot, in its order
   */
  static ClusterParts of(Snapshot snapshot, AddressPlan plan, Collection<NodeSigns> nodes) {
    Joining parts = new Joining();
    parts.joinAll(snapshot.get(Section.NODES).values().map(n -> n.name()).toList());
    parts.joinAll(
        Stream.concat(
                snapshot.get(Section.CALICO_NODES).values().map(n -> n.name()),
                snapshot.get(Section.BLOCK_AFFINITIES).values().map(b -> b.node()))
            .toList());
    Set<String> all = new HashSet<>(snapshot.nodes().keySet());
    plan.addresses().forEach(c -> all.add(c.node()));
    // each step asks more rows than the one before; there is nothing to join to a single part
    if (!parts.isOne(all)) {
      joinByNetworks(nodes, plan, parts);
    }
    if (!parts.isOne(all)) {
      for (NodeState node : snapshot.nodes().values()) {
        for (IpAddress address : peers(node)) {
          plan.ownersOf(address).forEach(owner -> parts.join(node.name(), owner));
        }
      }
    }
    return new ClusterParts(parts.roots());
  }

  private static void joinByNetworks(Collection<NodeSigns> nodes, AddressPlan plan, Joining parts) {
    Map<IpPrefix, String> networks = new LinkedHashMap<>();
    for (NodeSigns signs : nodes) {
      String node = signs.node().name();
      for (IpPrefix network : signs.networks()) {
        parts.join(node, networks.computeIfAbsent(network, n -> node));
      }
    }
    for (AddressPlan.AddressClaim claim : plan.addresses()) {
      networks.forEach((network, node) -> {
        if (network.contains(claim.address())) {
          parts.join(node, claim.node());
        }
      });
    }
  }

  boolean together(String node, String other) {
    return roots.getOrDefault(node, node).equals(roots.getOrDefault(other, other));
  }

  /** Sets that grow together, each a tree of nodes. */
  private static final class Joining {
    private final Map<String, String> parents = new HashMap<>();

    void joinAll(List<String> nodes) {
      nodes.forEach(n -> join(nodes.getFirst(), n));
    }

    /** Whether all of these, and all that were joined, are in one part. */
    boolean isOne(Set<String> nodes) {
      Set<String> names = new HashSet<>(nodes);
      names.addAll(parents.keySet());
      return names.stream().map(this::root).distinct().limit(2).count() < 2;
    }

    void join(String node, String other) {
      parents.put(root(node), root(other));
    }

    private String root(String node) {
      String at = node;
      String next = parents.getOrDefault(at, at);
      while (!next.equals(at)) {
        at = next;
        next = parents.getOrDefault(at, at);
      }
      parents.put(node, at);
      return at;
    }

    Map<String, String> roots() {
      Map<String, String> roots = new HashMap<>();
      List.copyOf(parents.keySet()).forEach(n -> roots.put(n, root(n)));
      return roots;
    }
  }

  /**
   * Networks the node's cards stand in, and gateways they reach: clouds give out single addresses.
   */
  static Set<IpPrefix> networks(NodeState node) {
    Set<IpPrefix> networks = new LinkedHashSet<>();
    for (Address address : node.get(Section.ADDRESSES).values().toList()) {
      if (isCard(Optional.of(address.device())) && counts(address.network())) {
        networks.add(address.network());
      }
    }
    for (IpFamily family : IpFamily.values()) {
      for (Route route : node.host().mainRoutes(family).values().toList()) {
        boolean card = isCard(route.device());
        if (card && route.gateway().isEmpty() && counts(route.destination())) {
          networks.add(route.destination());
        }
        route.gateway().filter(g -> card).map(IpAddress::toPrefix).ifPresent(networks::add);
      }
    }
    networks.removeIf(n -> n.address().isLinkLocal());
    return networks;
  }

  private static boolean isCard(Optional<String> device) {
    return device.filter(d -> Devices.isUnderlay(d, Optional.empty())).isPresent();
  }

  private static boolean counts(IpPrefix network) {
    return !network.isDefault() && !network.address().isMulticast();
  }

  /** Addresses of other machines that the node sends packets to. */
  private static Set<IpAddress> peers(NodeState node) {
    Set<IpAddress> peers = new LinkedHashSet<>();
    for (IpFamily family : IpFamily.values()) {
      node.host()
          .mainRoutes(family)
          .values()
          .flatMap(r -> r.nextHops().stream())
          .map(NextHop::gateway)
          .flatMap(Optional::stream)
          .forEach(peers::add);
    }
    node.get(Section.FDB)
        .values()
        .map(FdbEntry::destination)
        .flatMap(Optional::stream)
        .forEach(peers::add);
    node.get(Section.NEIGHBOURS).values().map(Neighbour::address).forEach(peers::add);
    node.get(Section.BGP_SESSIONS).values().flatMap(s -> s.peer().stream()).forEach(peers::add);
    node.get(Section.OVS_PORTS).values().flatMap(p -> p.remoteIp().stream()).forEach(peers::add);
    node.get(Section.ROUTE_LOOKUPS).values().flatMap(l -> l.gateway().stream()).forEach(peers::add);
    return peers;
  }
}
