package io.podpath.probes.parse;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.NextHop;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteTable;
import io.podpath.core.node.RouteType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** A route while its words, its next hops' lines or its JSON members are being read. */
final class RouteDraft {

  final int line;
  RouteType type = RouteType.UNICAST;

  /** Empty for {@code default}, whose family only other words tell. */
  Optional<IpPrefix> destination = Optional.empty();

  Optional<RouteTable> table = Optional.empty();
  Optional<String> protocol = Optional.empty();
  Optional<String> scope = Optional.empty();
  Optional<IpAddress> source = Optional.empty();
  OptionalLong metric = OptionalLong.empty();
  final TreeMap<String, String> metrics = new TreeMap<>();
  final TreeMap<String, String> attributes = new TreeMap<>();
  final Hop own = new Hop();
  final List<Hop> further = new ArrayList<>();

  /** A next hop while it is being read. */
  static final class Hop {
    Optional<IpAddress> gateway = Optional.empty();

    /**
     * Whether the gateway was printed as {@code via inet6}, so that it does not tell the family of
     * the route.
     */
    boolean foreignGateway;

    Optional<String> device = Optional.empty();
    OptionalInt weight = OptionalInt.empty();
    final Set<String> flags = new LinkedHashSet<>();
    Optional<String> encap = Optional.empty();

    boolean isStated() {
      return gateway.isPresent() || device.isPresent() || encap.isPresent();
    }

    NextHop toNextHop(Common common) {
      return new NextHop(gateway, common.one(device), weight, common.one(Set.copyOf(flags)), encap);
    }
  }

  RouteDraft(int line) {
    this.line = line;
  }

  /** The family as far as this row tells it. */
  Optional<IpFamily> family() {
    if (destination.isPresent()) {
      return Optional.of(destination.get().family());
    }
    for (Hop hop : hops()) {
      if (hop.gateway.isPresent() && !hop.foreignGateway) {
        return hop.gateway.map(IpAddress::family);
      }
    }
    if (source.isPresent()) {
      return source.map(IpAddress::family);
    }
    // Router preference (RFC 4191) and expiry exist for IPv6 only.
    boolean six = attributes.containsKey("pref") || attributes.containsKey("expires");
    return six ? Optional.of(IpFamily.INET6) : Optional.empty();
  }

  private List<Hop> hops() {
    List<Hop> hops = new ArrayList<>();
    if (own.isStated()) {
      hops.add(own);
    }
    hops.addAll(further);
    return hops;
  }

  /**
   * @param family for a default route that does not tell its own
   * @param shown the table that was asked for
   * @param common of all routes of the text
   */
  Route toRoute(IpFamily family, RouteTable shown, Common common) {
    IpFamily mine = family().orElse(family);
    IpAddress any = mine == IpFamily.INET ? IpAddress.ofV4(0) : new IpAddress(IpFamily.INET6, 0, 0);
    List<Hop> hops = hops();
    TreeMap<String, String> words = new TreeMap<>(attributes);
    if (!own.isStated()) {
      own.flags.forEach(f -> words.put(f, ""));
    }
    return new Route(
        type,
        destination.orElseGet(() -> new IpPrefix(any, 0)),
        common.one(table.orElse(shown)),
        common.one(protocol),
        common.one(scope),
        source,
        metric,
        hops.stream().map(h -> h.toNextHop(common)).toList(),
        metrics,
        words);
  }
}
