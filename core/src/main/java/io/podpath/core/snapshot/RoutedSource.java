package io.podpath.core.snapshot;

import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpAddress;
import io.podpath.core.node.Address;
import io.podpath.core.node.IpRule;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteType;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The source address a node takes towards a destination when the sender named none, as tunnels with
 * {@code local any} do (net/ipv4/route.c: ip_route_output_key_hash_rcu, net/ipv4/devinet.c:
 * inet_select_addr).
 *
 * @param route the route that decides it
 */
public record RoutedSource(IpAddress source, Fact<Route> route) {

  private static final Set<Long> STANDARD_RULES = Set.of(0L, 32766L, 32767L);

  /**
   * Not gathered when the table, the addresses or rules of policy routing leave it open; absent
   * when there is no route.
   */
  public static Gathered<RoutedSource> towards(Facts facts, IpAddress destination) {
    Entries<IpRule> rules = facts.get(Section.ipRules(destination.family()));
    if (rules.values().anyMatch(r -> !STANDARD_RULES.contains(r.priority()))) {
      return Gathered.notGathered("rules of policy routing choose between tables");
    }
    return switch (FibTable.main(facts, destination.family()).best(destination)) {
      case Gathered.Known<Fact<Route>>(var fact) -> of(facts, fact, destination);
      case Gathered.Absent<Fact<Route>>() -> Gathered.absent();
      case Gathered.NotGathered<Fact<Route>>(var reason) -> Gathered.notGathered(reason);
    };
  }

  private static Gathered<RoutedSource> of(Facts facts, Fact<Route> fact, IpAddress destination) {
    Route route = fact.value();
    if (route.type() != RouteType.UNICAST) {
      return Gathered.absent();
    }
    if (route.preferredSource().isPresent()) {
      return Gathered.known(new RoutedSource(route.preferredSource().get(), fact));
    }
    if (route.device().isEmpty()) {
      return Gathered.notGathered("the route has several next hops");
    }
    IpAddress towards = route.gateway().orElse(destination);
    return primaryAddress(facts, route.device().get(), towards)
        .<Gathered<RoutedSource>>map(a -> Gathered.known(new RoutedSource(a, fact)))
        .orElseGet(
            () -> Gathered.notGathered("addresses of " + route.device().get() + " not recorded"));
  }

  /** The first primary address of the device, one in the network of the next hop first. */
  private static Optional<IpAddress> primaryAddress(Facts facts, String device, IpAddress towards) {
    List<Address> candidates =
        facts
            .get(Section.ADDRESSES)
            .values()
            .filter(a -> a.device().equals(device) && a.local().family() == towards.family())
            .filter(a ->
                !a.flags().contains("secondary")
                    && !a.scope().equals("host")
                    && !a.scope().equals("link"))
            .toList();
    Optional<IpAddress> near =
        candidates.stream()
            .filter(a -> a.network().contains(towards))
            .map(Address::local)
            .findFirst();
    return near.or(() -> candidates.stream().map(Address::local).findFirst())
        .or(() -> connectedSource(facts, device, towards));
  }

  /**
   * Where only routes were recorded, {@code src} of the device's connected network tells its
   * address.
   */
  private static Optional<IpAddress> connectedSource(
      Facts facts, String device, IpAddress towards) {
    return facts
        .mainRoutes(towards.family())
        .values()
        .filter(r ->
            r.gateway().isEmpty()
                && r.device().filter(device::equals).isPresent()
                && r.destination().contains(towards))
        .flatMap(r -> r.preferredSource().stream())
        .findFirst();
  }
}
