package io.podpath.core.blueprint;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.MacAddress;
import io.podpath.core.net.Mtu;
import io.podpath.core.node.Address;
import io.podpath.core.node.BridgePort;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.node.IpRule;
import io.podpath.core.node.Link;
import io.podpath.core.node.LinkKind;
import io.podpath.core.node.Neighbour;
import io.podpath.core.node.NextHop;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteTable;
import io.podpath.core.node.RouteType;
import io.podpath.core.node.Sysctl;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Section.RouteScope;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one network namespace shall hold. What the kernel makes by itself (connected and local
 * routes of an address) is written down with it.
 */
public final class NamespaceDraft {

  private static final SortedMap<String, String> NONE = Collections.emptySortedMap();

  private final Rows rows;

  NamespaceDraft(String place) {
    this.rows = new Rows(place);
    rows.know(Section.LINKS);
    rows.know(Section.ADDRESSES);
    rows.know(Section.FDB);
    rows.know(Section.BRIDGE_PORTS);
    for (IpFamily family : IpFamily.values()) {
      rows.know(Section.neighbours(family));
      for (RouteScope scope : RouteScope.values()) {
        rows.know(Section.routes(family, scope));
      }
    }
    rule(0, "local");
    rule(32766, "main");
    rule(32767, "default");
    address("lo", IpAddress.of("127.0.0.1"), 8, "host", "the loopback interface");
  }

  /** What every kernel begins with (net/ipv4/fib_rules.c: fib_default_rules_init). */
  private void rule(long priority, String table) {
    rows.add(
        Section.ipRules(IpFamily.INET),
        new IpRule(
            IpFamily.INET,
            priority,
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            NONE,
            "lookup " + table),
        "a rule of the kernel");
  }

  /** A link that is up. */
  public void link(String name, LinkKind kind, int mtu, Optional<MacAddress> mac, String because) {
    link(name, kind, mtu, mac, Optional.empty(), because);
  }

  /** A link that is up, in a bridge. */
  public void port(
      String name, LinkKind kind, int mtu, MacAddress mac, String bridge, boolean hairpin) {
    String because = "a port of " + bridge;
    link(name, kind, mtu, Optional.of(mac), Optional.of(bridge), because);
    SortedMap<String, String> options = new TreeMap<>();
    options.put("hairpin", hairpin ? "on" : "off");
    rows.add(
        Section.BRIDGE_PORTS,
        new BridgePort(name, bridge, Optional.of("forwarding"), options),
        because);
  }

  private void link(
      String name,
      LinkKind kind,
      int mtu,
      Optional<MacAddress> mac,
      Optional<String> master,
      String because) {
    Set<String> flags = Set.of("UP", "LOWER_UP");
    String type = kind instanceof LinkKind.Ipip ? "ipip" : mac.isPresent() ? "ether" : "none";
    rows.add(
        Section.LINKS,
        new Link(
            name,
            Optional.empty(),
            flags,
            Optional.of(new Mtu(mtu)),
            Optional.empty(),
            master,
            Optional.empty(),
            type,
            mac,
            Optional.of(kind)),
        because);
  }

  /** A link that is there and down, as kube-ipvs0. */
  public void linkDown(String name, LinkKind kind, int mtu, MacAddress mac, String because) {
    rows.add(
        Section.LINKS,
        new Link(
            name,
            Optional.empty(),
            Set.of(),
            Optional.of(new Mtu(mtu)),
            Optional.of("DOWN"),
            Optional.empty(),
            Optional.empty(),
            "ether",
            Optional.of(mac),
            Optional.of(kind)),
        because);
  }

  /** An address with its connected route (net/ipv4/fib_frontend.c: fib_add_ifaddr). */
  public void address(String device, IpAddress local, int length, String because) {
    address(device, local, length, "global", because);
    if (length < 32) {
      route(
          new Route(
              RouteType.UNICAST,
              new IpPrefix(local, length),
              RouteTable.MAIN,
              Optional.of("kernel"),
              Optional.of("link"),
              Optional.of(local),
              OptionalLong.empty(),
              java.util.List.of(NextHop.dev(device)),
              NONE,
              NONE),
          because);
    }
  }

  /** An address of a link that is down or of a dummy: the kernel makes only the local entry. */
  public void address(String device, IpAddress local, int length, String scope, String because) {
    rows.add(
        Section.ADDRESSES,
        new Address(device, local, length, Optional.empty(), Optional.empty(), scope, Set.of()),
        because);
    localRoute(RouteType.LOCAL, local.toPrefix(), device, local, because);
    if (local.isLoopback()) {
      localRoute(RouteType.LOCAL, new IpPrefix(local, length), device, local, because);
    }
  }

  private void localRoute(
      RouteType type, IpPrefix destination, String device, IpAddress source, String because) {
    rows.add(
        Section.routes(destination.family(), RouteScope.LOCAL),
        new Route(
            type,
            destination,
            RouteTable.LOCAL,
            Optional.of("kernel"),
            Optional.of("host"),
            Optional.of(source),
            OptionalLong.empty(),
            java.util.List.of(NextHop.dev(device)),
            NONE,
            NONE),
        because);
  }

  public void route(Route route, String because) {
    rows.add(Section.routes(route.family(), RouteScope.of(route.table())), route, because);
  }

  /** A route via a gateway. */
  public void via(IpPrefix destination, IpAddress gateway, String device, String because) {
    route(Route.unicast(destination, NextHop.via(gateway, device)), because);
  }

  /** A route via a gateway that need not be on the link. */
  public void onlink(
      IpPrefix destination,
      IpAddress gateway,
      String device,
      Optional<String> protocol,
      String because) {
    NextHop hop =
        new NextHop(
            Optional.of(gateway),
            Optional.of(device),
            OptionalInt.empty(),
            Set.of("onlink"),
            Optional.empty());
    Route route = Route.unicast(destination, hop);
    route(protocol.map(route::withProtocol).orElse(route), because);
  }

  /** A route to what is on the link. */
  public void dev(IpPrefix destination, String device, String because) {
    Route route = Route.unicast(destination, NextHop.dev(device));
    route(
        new Route(
            route.type(),
            route.destination(),
            route.table(),
            Optional.empty(),
            Optional.of("link"),
            Optional.empty(),
            OptionalLong.empty(),
            route.nextHops(),
            NONE,
            NONE),
        because);
  }

  /** A route that drops, as BIRD keeps one for each block of its own. */
  public void blackhole(IpPrefix destination, String protocol, String because) {
    route(
        new Route(
            RouteType.BLACKHOLE,
            destination,
            RouteTable.MAIN,
            Optional.of(protocol),
            Optional.empty(),
            Optional.empty(),
            OptionalLong.empty(),
            java.util.List.of(),
            NONE,
            NONE),
        because);
  }

  public void permanentNeighbour(IpAddress address, String device, MacAddress mac, String because) {
    rows.add(
        Section.neighbours(address.family()),
        new Neighbour(
            address, Optional.of(device), Optional.of(mac), Set.of("PERMANENT"), Set.of()),
        because);
  }

  /** Where a VXLAN device sends frames for a hardware address. */
  public void fdb(MacAddress mac, String device, IpAddress destination, String because) {
    rows.add(
        Section.FDB,
        new FdbEntry(
            mac,
            Optional.of(device),
            Optional.of(destination),
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            Set.of("self", "permanent")),
        because);
  }

  /**
   * @param key with {@code /} for a dot inside an interface name
   */
  public void sysctl(String key, String value, String because) {
    rows.add(Section.SYSCTLS, new Sysctl(key, value), because);
  }

  Rows rows() {
    return rows;
  }

  Facts build() {
    return rows.build();
  }
}
