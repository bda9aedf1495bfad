package io.podpath.rules.overlay;

import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.node.Route;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Outcome;
import io.podpath.core.snapshot.AddressPlan;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.RoutedSource;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.TunnelEnds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * For each pair of nodes with an IPIP route between them: from which address the tunnel packets
 * come, and whether the other side takes that.
 */
final class OuterSources {

  /**
   * A pair whose tunnel packets come from an address the receiver does not know the sender by.
   *
   * @param tunnel the sender's route into the tunnel
   * @param address by which the sender reaches the receiver, or would if that route were right
   * @param taken the source it takes, and the route that decides it
   * @param known by which the others know the sender
   * @param felix the receiver's guard, where it was read
   */
  record Stranger(
      NodeState sender,
      String receiver,
      IpAddress address,
      Fact<Route> tunnel,
      RoutedSource taken,
      Set<IpAddress> known,
      Optional<FelixHosts> felix) {

    Certainty certainty() {
      return felix.isPresent() ? Certainty.PROVEN : Certainty.LIKELY;
    }
  }

  private final ClusterView view;
  private final BlockRoutes blocks;
  private final Map<String, Set<IpAddress>> knownBy = new LinkedHashMap<>();

  OuterSources(ClusterView view) {
    this.view = view;
    this.blocks = new BlockRoutes(view, TunnelEnds.of(view.snapshot()));
    learnNames();
  }

  /**
   * How nodes are known: by Calico's own record, else by the next hops and BGP peers that others
   * use for them.
   */
  private void learnNames() {
    for (AddressPlan.AddressClaim claim : view.plan().addresses()) {
      if (claim.origin() == AddressPlan.AddressOrigin.CALICO_BGP) {
        knownBy.computeIfAbsent(claim.node(), n -> new LinkedHashSet<>()).add(claim.address());
      }
    }
    Set<String> recorded = Set.copyOf(knownBy.keySet());
    for (NodeState node : view.machines()) {
      for (Fact<Route> fact : ipip(node)) {
        called(fact.value().gateway(), recorded);
      }
      node.get(Section.BGP_SESSIONS).values().forEach(s -> called(s.peer(), recorded));
    }
  }

  private void called(Optional<IpAddress> address, Set<String> recorded) {
    address
        .flatMap(view.plan()::ownerOf)
        .filter(o -> !recorded.contains(o))
        .ifPresent(
            o -> knownBy.computeIfAbsent(o, n -> new LinkedHashSet<>()).add(address.orElseThrow()));
  }

  static List<Fact<Route>> ipip(NodeState node) {
    return BlockRoutes.tunnelRoutes(node).stream()
        .filter(f -> f.value().device().filter(d -> d.startsWith("tunl")).isPresent())
        .toList();
  }

  Set<IpAddress> knownBy(String node) {
    return knownBy.getOrDefault(node, Set.of());
  }

  /** All pairs that do not fit; what could not be decided goes to {@code out}. */
  List<Stranger> strangers(Outcome.Collector out) {
    List<Stranger> found = new ArrayList<>();
    for (NodeState node : view.machines()) {
      Set<IpAddress> asked = new LinkedHashSet<>();
      for (Fact<Route> fact : ipip(node)) {
        for (IpAddress address : outerDestinations(node, fact.value())) {
          if (asked.add(address)) {
            stranger(node, fact, address, out).ifPresent(found::add);
          }
        }
      }
    }
    return found;
  }

  /**
   * The next hop, and the one that it should be: a wrong one hides from where packets come once it
   * is right.
   */
  private Set<IpAddress> outerDestinations(NodeState node, Route route) {
    Set<IpAddress> addresses = new LinkedHashSet<>();
    addresses.add(route.gateway().orElseThrow());
    blocks.expected(node, route.destination()).nextHop().ifPresent(addresses::add);
    return addresses;
  }

  private Optional<Stranger> stranger(
      NodeState node, Fact<Route> tunnel, IpAddress address, Outcome.Collector out) {
    Optional<String> receiver = view.plan().ownerOf(address).filter(r -> !r.equals(node.name()));
    if (receiver.isEmpty()) {
      return Optional.empty();
    }
    Gathered<RoutedSource> taken = RoutedSource.towards(node.host(), address);
    if (!(taken instanceof Gathered.Known<RoutedSource>(var source))) {
      if (taken instanceof Gathered.NotGathered<RoutedSource>(var reason)) {
        out.notChecked(
            node.name(), "which source tunnel packets to " + address + " get: " + reason);
      }
      return Optional.empty();
    }
    Gathered<FelixHosts> felix =
        view.snapshot()
            .node(receiver.get())
            .map(n -> FelixHosts.of(n.host()))
            .orElseGet(() -> Gathered.notGathered("not recorded"));
    Set<IpAddress> known = knownBy(node.name());
    boolean strange =
        switch (felix) {
          case Gathered.Known<FelixHosts>(var hosts) -> !hosts.knows(source.source());
          case Gathered.Absent<FelixHosts>() -> false;
          case Gathered.NotGathered<FelixHosts>(var reason) ->
              !known.isEmpty() && !known.contains(source.source());
        };
    return strange
        ? Optional.of(
            new Stranger(node, receiver.get(), address, tunnel, source, known, felix.optional()))
        : Optional.empty();
  }

  /** Whether all routes of the node could be asked. */
  static boolean canTell(NodeState node) {
    return node.host().mainRoutes(IpFamily.INET).isComplete();
  }
}
