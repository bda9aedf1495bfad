package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.Address;
import io.podpath.core.node.Link;
import io.podpath.core.node.LinkKind;
import io.podpath.core.node.Neighbour;
import io.podpath.core.node.NextHop;
import io.podpath.core.node.Route;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A node and its pods, as far as it can tell addresses of others apart.
 *
 * @param number among all machines
 * @param likeness of addresses of others
 * @param known what became of packets that came to it
 */
record KnownMachine(int number, Likeness likeness, Map<Numbers, Stretch> known) {

  /** Of these the walk says something, whatever a machine holds. */
  private static final List<IpPrefix> SPECIAL =
      Stream.of(
              "0.0.0.0/8",
              "127.0.0.0/8",
              "169.254.0.0/16",
              "224.0.0.0/4",
              "240.0.0.0/4",
              "0.0.0.0/32",
              "255.255.255.255/32")
          .map(IpPrefix::of)
          .toList();

  /**
   * Empty for one that asks for more than addresses and what rows say of them: one whose rules are
   * not all modelled, with connections, virtual servers, policy routing, Open vSwitch, flannel's
   * udp device or a card in a bridge.
   *
   * @param host the node's own namespace
   */
  static Optional<KnownMachine> of(Wiring wiring, Owners owners, Stack host, Constants constants) {
    String node = host.place().node();
    List<Stack> stacks = wiring.stacks(node);
    boolean plain =
        stacks.stream().allMatch(KnownMachine::isPlain)
            // whose MAC addresses a pod has learned nobody asks
            && stacks.stream().allMatch(s -> s == host || s.allFdb().isEmpty())
            && !bridgesWires(wiring, host);
    if (!plain) {
      return Optional.empty();
    }
    List<IpPrefix> prefixes = new ArrayList<>(SPECIAL);
    for (Stack stack : stacks) {
      prefixes.addAll(
          HookMemo.prefixes(stack.facts(), stack.netfilter(IpFamily.INET), IpFamily.INET));
      stack.facts().get(Section.ADDRESSES).values().forEach(a -> add(a, prefixes));
      stack.links().forEach(l -> add(l.value(), prefixes));
      if (stack != host) {
        addRows(stack.facts(), prefixes);
      }
    }
    AddressGroups groups = AddressGroups.of(prefixes, IpFamily.INET);
    return Optional.of(
        new KnownMachine(
            owners.machineOf(node),
            new Likeness(wiring, host, owners, groups, constants),
            new ConcurrentHashMap<>()));
  }

  private static boolean isPlain(Stack stack) {
    return stack.memo(IpFamily.INET).isUsable()
        && stack.fib(IpFamily.INET).takesAll()
        && !stack.hasVirtualServers()
        && stack.facts().get(Section.CONNTRACK).isEmpty()
        && stack.facts().get(Section.OVS_PORTS).isEmpty()
        && linksOf(stack)
            .noneMatch(l -> l.kind().filter(k -> k instanceof LinkKind.Tun).isPresent());
  }

  private static boolean bridgesWires(Wiring wiring, Stack host) {
    return linksOf(host).anyMatch(l -> l.master().isPresent() && wiring.isWire(host, l.name()));
  }

  private static Stream<Link> linksOf(Stack stack) {
    return stack.facts().get(Section.LINKS).values();
  }

  private static void add(Address address, List<IpPrefix> prefixes) {
    prefixes.add(address.network());
    address.peer().map(IpAddress::toPrefix).ifPresent(prefixes::add);
    address.broadcast().map(IpAddress::toPrefix).ifPresent(prefixes::add);
  }

  private static void add(Link link, List<IpPrefix> prefixes) {
    link.kind().stream()
        .flatMap(k ->
            switch (k) {
              case LinkKind.Vxlan vxlan -> ends(vxlan.local(), vxlan.remote());
              case LinkKind.Ipip ipip -> ends(ipip.local(), ipip.remote());
              case LinkKind.Gre gre -> ends(gre.local(), gre.remote());
              case LinkKind.Bridge _,
                  LinkKind.Veth _,
                  LinkKind.Tun _,
                  LinkKind.Dummy _,
                  LinkKind.Metadata _,
                  LinkKind.Other _ ->
                  Stream.<IpAddress>of();
            })
        .forEach(a -> prefixes.add(a.toPrefix()));
  }

  private static Stream<IpAddress> ends(Optional<IpAddress> one, Optional<IpAddress> other) {
    return Stream.of(one, other).flatMap(Optional::stream);
  }

  /** A pod has few rows: of them an address may be told apart by each. */
  private static void addRows(Facts facts, List<IpPrefix> prefixes) {
    for (Section.RouteScope scope : Section.RouteScope.values()) {
      for (Fact<Route> route : facts.get(Section.routes(IpFamily.INET, scope)).facts()) {
        prefixes.add(route.value().destination());
        route.value().nextHops().stream()
            .map(NextHop::gateway)
            .flatMap(Optional::stream)
            .forEach(g -> prefixes.add(g.toPrefix()));
      }
    }
    facts
        .get(Section.NEIGHBOURS)
        .values()
        .map(Neighbour::address)
        .forEach(a -> prefixes.add(a.toPrefix()));
  }
}
