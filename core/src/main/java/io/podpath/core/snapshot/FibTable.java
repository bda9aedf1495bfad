package io.podpath.core.snapshot;

import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One routing table, asked as the kernel asks it (net/ipv4/fib_trie.c: fib_table_lookup): the
 * longest prefix wins, among equal ones the lowest metric, among those the first listed.
 */
public record FibTable(Entries<Route> routes) {

  /** The main table of a node. */
  public static FibTable main(Facts facts, IpFamily family) {
    return new FibTable(facts.mainRoutes(family));
  }

  /**
   * The route taken; not gathered unless the whole table was read, because a longer prefix may
   * stand in the part not seen.
   */
  public Gathered<Fact<Route>> best(IpAddress destination) {
    if (!routes.isComplete()) {
      return Gathered.notGathered(routes.coverage().gap());
    }
    return bestSeen(destination)
        .<Gathered<Fact<Route>>>map(Gathered::known)
        .orElseGet(Gathered::absent);
  }

  /** The best of the routes that were read. */
  public Optional<Fact<Route>> bestSeen(IpAddress destination) {
    Fact<Route> best = null;
    for (Fact<Route> fact : routes.facts()) {
      if (fact.value().destination().contains(destination)
          && (best == null || beats(fact.value(), best.value()))) {
        best = fact;
      }
    }
    return Optional.ofNullable(best);
  }

  private static boolean beats(Route challenger, Route best) {
    int byLength = Integer.compare(challenger.destination().length(), best.destination().length());
    return byLength > 0 || byLength == 0 && metric(challenger) < metric(best);
  }

  private static long metric(Route route) {
    return route.metric().orElse(0);
  }

  /**
   * Whether another route takes every packet this one is for: to the same network with a lower
   * metric or listed before it, or longer ones that fill the network.
   */
  public boolean isShadowed(Fact<Route> fact) {
    IpPrefix network = fact.value().destination();
    List<IpPrefix> longer = new ArrayList<>();
    boolean before = true;
    for (Fact<Route> other : routes.facts()) {
      IpPrefix to = other.value().destination();
      if (other.equals(fact)) {
        before = false;
      } else if (to.equals(network)) {
        int metric = Long.compare(metric(other.value()), metric(fact.value()));
        if (metric < 0 || metric == 0 && before) {
          return true;
        }
      } else if (network.contains(to)) {
        longer.add(to);
      }
    }
    return fills(longer, network);
  }

  private static boolean fills(List<IpPrefix> parts, IpPrefix whole) {
    List<IpPrefix> inside = parts.stream().filter(whole::contains).toList();
    if (inside.isEmpty() || inside.contains(whole)) {
      return !inside.isEmpty();
    }
    return whole.halves().stream().allMatch(half -> fills(inside, half));
  }

  /** Routes to exactly this prefix, in order. */
  public List<Fact<Route>> to(IpPrefix destination) {
    return routes.where(r -> r.destination().equals(destination));
  }

  /** Routes to networks that contain the whole prefix, the default route left out. */
  public List<Fact<Route>> covering(IpPrefix prefix) {
    return routes.where(r -> !r.destination().isDefault() && r.destination().contains(prefix));
  }
}
