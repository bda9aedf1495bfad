package io.podpath.rules.overlay;

import io.podpath.core.cluster.IpPool;
import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.Address;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteType;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Evidence;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Devices;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.TunnelEnds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Judges single routes to pod networks by their next hop. */
final class NextHopJudge {

  private final ClusterView view;
  private final TunnelEnds ends;
  private final BlockRoutes blocks;

  NextHopJudge(ClusterView view) {
    this.view = view;
    this.ends = TunnelEnds.of(view.snapshot());
    this.blocks = new BlockRoutes(view, ends);
  }

  /** Faults among the routes of one node. */
  List<NextHopFault> faults(NodeState node) {
    List<NextHopFault> faults = new ArrayList<>();
    for (Fact<Route> fact : BlockRoutes.tunnelRoutes(node)) {
      String device = fact.value().device().orElseThrow();
      boolean vxlan =
          device.startsWith("vxlan")
              || device.startsWith("flannel.") && !device.equals("flannel.ipip");
      (vxlan ? vxlan(node, fact) : ipip(node, fact)).ifPresent(faults::add);
    }
    for (Fact<Route> fact : node.host().mainRoutes(IpFamily.INET).facts()) {
      pastTheTunnel(node, fact).ifPresent(faults::add);
    }
    // a route that no packet takes breaks nothing
    faults.removeIf(f -> BlockRoutes.isShadowed(node, f.route()));
    return faults;
  }

  private Optional<NextHopFault> ipip(NodeState node, Fact<Route> fact) {
    Route route = fact.value();
    IpAddress gateway = route.gateway().orElseThrow();
    BlockRoutes.Answer expected = blocks.expected(node, route.destination());
    if (expected.owner().filter(node.name()::equals).isPresent()
        // the right next hop that the node takes for its own is not the route's fault
        || expected.nextHop().filter(gateway::equals).isPresent()) {
      return Optional.empty();
    }
    Optional<Evidence> own = ownAddress(node, gateway);
    Optional<Evidence> pod = blocks.podAddress(gateway, node);
    if (own.isPresent() || mustBeOwn(node, fact)) {
      List<Evidence> evidence = new ArrayList<>();
      own.ifPresent(evidence::add);
      pod.filter(p -> own.isEmpty()).ifPresent(evidence::add);
      boolean tunnel = own.isEmpty() || ends.nodesAt(gateway).contains(node.name());
      boolean proven =
          own.isPresent() || pod.isPresent() || node.host().mainRoutes(IpFamily.INET).isComplete();
      return Optional.of(
          new NextHopFault(
              node,
              fact,
              NextHopFault.Kind.OWN_ADDRESS,
              tunnel ? "its own tunnel address" : "its own address",
              proven ? Certainty.PROVEN : Certainty.LIKELY,
              evidence,
              expected));
    }
    Optional<TunnelEnds.End> end = ends.at(gateway);
    if (end.isPresent() && view.plan().ownersOf(gateway).isEmpty()) {
      return Optional.of(
          new NextHopFault(
              node,
              fact,
              NextHopFault.Kind.NO_NODE,
              "the tunnel address of " + end.get().node(),
              Certainty.PROVEN,
              List.of(
                  Evidence.raw(
                      end.get().from(),
                      gateway
                          + " is the tunnel address of "
                          + end.get().node()
                          + ", not its address on the underlay")),
              expected));
    }
    if (pod.isPresent()) {
      return Optional.of(
          new NextHopFault(
              node,
              fact,
              NextHopFault.Kind.NO_NODE,
              "an address of a pod network, which no node has on the underlay",
              Certainty.LIKELY,
              List.of(pod.get()),
              expected));
    }
    return otherNode(node, fact, gateway, expected);
  }

  /**
   * Without {@code onlink} the kernel takes a next hop only when a route through that very device
   * reaches it (net/ipv4/fib_semantics.c: fib_check_nh_v4_gw). tunl0 has no network, only its own
   * address, which table local has: so the next hop is that address.
   */
  private static boolean mustBeOwn(NodeState node, Fact<Route> fact) {
    Route route = fact.value();
    String raw = fact.from().raw();
    boolean printedByIp = raw.contains(" via ") && raw.contains(" dev ");
    if (route.isOnlink() || !printedByIp) {
      return false;
    }
    IpAddress gateway = route.gateway().orElseThrow();
    return node.host()
        .mainRoutes(IpFamily.INET)
        .values()
        .noneMatch(r ->
            r.gateway().isEmpty()
                && r.device().equals(route.device())
                && r.destination().contains(gateway));
  }

  private static Optional<Evidence> ownAddress(NodeState node, IpAddress address) {
    for (Fact<Address> fact : node.get(Section.ADDRESSES).facts()) {
      if (fact.value().local().equals(address)) {
        return Optional.of(
            Evidence.of(fact, address + " is an address of " + node.name() + " itself"));
      }
    }
    for (Fact<Route> fact : node.host().localRoutes(address.family()).facts()) {
      if (fact.value().type() == RouteType.LOCAL
          && fact.value().destination().equals(address.toPrefix())) {
        return Optional.of(
            Evidence.of(fact, address + " is an address of " + node.name() + " itself"));
      }
    }
    return Optional.empty();
  }

  private Optional<NextHopFault> otherNode(
      NodeState node, Fact<Route> fact, IpAddress gateway, BlockRoutes.Answer expected) {
    Set<String> owners = view.plan().ownersOf(gateway);
    boolean unknown =
        view.fabric().isCalico()
            && fact.value().destination().isHost()
            && blocks.owners(fact.value().destination()).isEmpty();
    if (unknown || expected.disputed() || expected.owner().isEmpty()) {
      return Optional.empty();
    }
    String owner = expected.owner().get();
    if (owners.size() != 1 || owners.contains(owner) || owners.contains(node.name())) {
      return Optional.empty();
    }
    String other = owners.stream().findFirst().orElseThrow();
    List<Evidence> evidence = new ArrayList<>();
    view.plan().addressesOf(other).stream()
        .filter(c -> c.address().equals(gateway))
        .findFirst()
        .ifPresent(c -> evidence.add(Evidence.raw(c.from(), gateway + " is " + other)));
    return Optional.of(
        new NextHopFault(
            node,
            fact,
            NextHopFault.Kind.OTHER_NODE,
            "the address of " + other,
            Certainty.PROVEN,
            evidence,
            expected));
  }

  /**
   * The next hop of a VXLAN route is an address on the other node's VXLAN device; FDB and
   * neighbours do the rest.
   */
  private Optional<NextHopFault> vxlan(NodeState node, Fact<Route> fact) {
    Route route = fact.value();
    IpAddress gateway = route.gateway().orElseThrow();
    BlockRoutes.Answer expected = blocks.expectedByTunnelAddress(route.destination());
    Set<String> at = ends.nodesAt(gateway);
    if (expected.owner().isEmpty()
        || expected.owner().filter(node.name()::equals).isPresent()
        || at.size() != 1
        || at.contains(expected.owner().get())) {
      return Optional.empty();
    }
    String other = at.stream().findFirst().orElseThrow();
    boolean own = other.equals(node.name());
    Evidence evidence =
        Evidence.raw(
            ends.at(gateway).orElseThrow().from(), gateway + " is the tunnel address of " + other);
    return Optional.of(
        new NextHopFault(
            node,
            fact,
            own ? NextHopFault.Kind.OWN_ADDRESS : NextHopFault.Kind.OTHER_NODE,
            own ? "its own tunnel address" : "the tunnel address of " + other,
            Certainty.PROVEN,
            List.of(evidence),
            expected));
  }

  /**
   * A block route by a card, where the pool or another node says that this network goes through
   * tunl0.
   */
  private Optional<NextHopFault> pastTheTunnel(NodeState node, Fact<Route> fact) {
    Route route = fact.value();
    boolean candidate =
        route.type() == RouteType.UNICAST
            && !route.destination().isDefault()
            && route.gateway().isPresent()
            && route.device().filter(d -> Devices.isUnderlay(d, Optional.empty())).isPresent();
    if (!candidate
        || !view.plan().ownersOf(route.gateway().orElseThrow()).isEmpty()
            && !alwaysTunnelled(route.destination())) {
      return Optional.empty();
    }
    BlockRoutes.Answer expected = blocks.expected(node, route.destination());
    boolean foreign =
        expected.owner().isPresent() && !expected.owner().get().equals(node.name())
            || expected.nextHop().isPresent();
    boolean peersTunnel =
        view.machines().stream()
            .filter(m -> !m.name().equals(node.name()))
            .flatMap(m -> BlockRoutes.tunnelRoutes(m).stream())
            .anyMatch(f ->
                f.value().destination().equals(route.destination())
                    && f.value().device().filter(d -> d.startsWith("tunl")).isPresent());
    if (expected.disputed()
        || !foreign
        || !(alwaysTunnelled(route.destination())
            || peersTunnel
                && mayBeAlways(route.destination())
                && !expected.nextHop().equals(route.gateway()))) {
      return Optional.empty();
    }
    return Optional.of(
        new NextHopFault(
            node,
            fact,
            NextHopFault.Kind.PAST_THE_TUNNEL,
            "past the tunnel",
            alwaysTunnelled(route.destination()) ? Certainty.PROVEN : Certainty.LIKELY,
            List.of(),
            expected));
  }

  private boolean alwaysTunnelled(IpPrefix network) {
    return pool(network)
        .map(IpPool::ipipMode)
        .flatMap(Gathered::optional)
        .filter("Always"::equals)
        .isPresent();
  }

  /**
   * Not known to be a pool whose traffic may leave bare. With CrossSubnet a bare route goes to the
   * owner itself, never to a router.
   */
  private boolean mayBeAlways(IpPrefix network) {
    return pool(network)
        .map(IpPool::ipipMode)
        .flatMap(Gathered::optional)
        .filter(m -> !m.equals("Always"))
        .isEmpty();
  }

  private Optional<IpPool> pool(IpPrefix network) {
    return view.get(Section.IP_POOLS).values().filter(p -> p.cidr().contains(network)).findFirst();
  }
}
