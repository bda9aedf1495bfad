package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.node.Address;
import io.podpath.core.node.Link;
import io.podpath.core.node.Route;
import io.podpath.core.snapshot.Fact;
import java.util.List;
import java.util.Optional;

/**
 * Which of its addresses a namespace takes as source: for IPv4 net/ipv4/devinet.c:
 * inet_select_addr, for IPv6 {@link SourceAddress6}.
 */
final class SourceAddress {

  static final int UNIVERSE = 0;
  static final int LINK = 253;

  private SourceAddress() {}

  /** A scope's number ({@code RT_SCOPE_*}). */
  static int scope(String name) {
    return switch (name) {
      case "global", "universe" -> UNIVERSE;
      case "site" -> 200;
      case "link" -> LINK;
      case "host" -> 254;
      default -> UNIVERSE;
    };
  }

  /** What the route says, or the address of the device it goes by (fib_result_prefsrc). */
  static Optional<IpAddress> of(Stack stack, Route route, Hop hop, IpAddress destination) {
    if (route.preferredSource().isPresent()) {
      return route.preferredSource();
    }
    if (destination.family() == IpFamily.INET6) {
      // ip6_route_get_saddr: of a route to oneself it is the address's own device that counts
      return SourceAddress6.of(
          stack,
          route.device().filter(d -> isOwn(hop)).or(() -> Optional.of(hop.device())),
          destination);
    }
    int scope = route.scope().map(SourceAddress::scope).orElse(UNIVERSE);
    Optional<IpAddress> gateway =
        Optional.of(hop.address())
            .filter(
                a -> route.nextHops().stream().anyMatch(n -> n.gateway().equals(Optional.of(a))))
            .or(route::gateway);
    return of(stack, hop.device(), gateway, scope);
  }

  /**
   * @param towards an address in whose network it should be
   * @param scope the widest scope it must have
   */
  static Optional<IpAddress> of(
      Stack stack, String device, Optional<IpAddress> towards, int scope) {
    if (towards.filter(t -> t.family() == IpFamily.INET6).isPresent()) {
      return SourceAddress6.of(stack, Optional.of(device), towards.get());
    }
    Optional<IpAddress> own = onDevice(stack.addresses(device), towards, scope);
    if (own.isPresent()) {
      return own;
    }
    for (Fact<Link> link : stack.links()) {
      Optional<IpAddress> other =
          onDevice(
              stack.addresses(link.value().name()), Optional.empty(), Math.min(scope, LINK - 1));
      if (other.isPresent()) {
        return other;
      }
    }
    return Optional.empty();
  }

  private static boolean isOwn(Hop hop) {
    return hop.device().equals(Flow.LOOPBACK);
  }

  private static Optional<IpAddress> onDevice(
      List<Fact<Address>> addresses, Optional<IpAddress> towards, int scope) {
    Optional<IpAddress> first = Optional.empty();
    for (Fact<Address> fact : addresses) {
      Address address = fact.value();
      if (address.local().family() != IpFamily.INET
          || address.flags().contains("secondary")
          || scope(address.scope()) > scope) {
        continue;
      }
      if (towards.isEmpty() || address.network().contains(towards.get())) {
        return Optional.of(address.local());
      }
      if (first.isEmpty()) {
        first = Optional.of(address.local());
      }
    }
    return first;
  }
}
