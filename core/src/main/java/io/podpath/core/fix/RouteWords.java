package io.podpath.core.fix;

import io.podpath.core.node.NextHop;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteTable;
import io.podpath.core.snapshot.Fact;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** A route in the words that {@code ip route add} and {@code del} take. */
final class RouteWords {

  private RouteWords() {}

  /** The route's own text without what only the kernel prints, each word quoted for a shell. */
  static String of(Route route) {
    Route settable =
        new Route(
            route.type(),
            route.destination(),
            new RouteTable(ShellWord.quoted(route.table().name())),
            route.protocol().map(ShellWord::quoted),
            route.scope().map(ShellWord::quoted),
            route.preferredSource(),
            route.metric(),
            route.nextHops().stream().map(RouteWords::settable).toList(),
            quoted(route.metrics()),
            quoted(route.attributes()));
    return settable.toString();
  }

  /** The kernel replaces what has the same destination, table and metric. */
  static String replacement(Route from, Route to) {
    return haveOnePlace(from, to)
        ? "ip route replace " + of(to)
        : "ip route del " + of(from) + " && ip route add " + of(to);
  }

  /**
   * Adds a route as {@code ip route add} does, which is refused ("File exists") where another
   * stands in its place already (net/ipv4/fib_trie.c: fib_table_insert, net/ipv6/ip6_fib.c:
   * fib6_add_rt2node; NLM_F_EXCL).
   */
  static List<Fact<Route>> added(List<Fact<Route>> routes, Fact<Route> route) {
    if (routes.stream().anyMatch(f -> haveOnePlace(f.value(), route.value()))) {
      return routes;
    }
    List<Fact<Route>> all = new ArrayList<>(routes);
    all.add(route);
    return all;
  }

  /** What the kernel tells the routes of one table apart by, whatever their next hops are. */
  private static boolean haveOnePlace(Route one, Route other) {
    return one.destination().equals(other.destination())
        && one.table().equals(other.table())
        && metric(one) == metric(other)
        && one.attributes()
            .getOrDefault("tos", "0")
            .equals(other.attributes().getOrDefault("tos", "0"));
  }

  /** IPv6 gives a route of which nothing is said IP6_RT_PRIO_USER. */
  private static long metric(Route route) {
    return route.metric().orElse(route.destination().address().isV4() ? 0 : 1024);
  }

  private static NextHop settable(NextHop hop) {
    return new NextHop(
        hop.gateway(),
        hop.device().map(ShellWord::quoted),
        hop.weight(),
        hop.isOnlink() ? Set.of("onlink") : Set.of(),
        hop.encap().map(ShellWord::each));
  }

  private static SortedMap<String, String> quoted(SortedMap<String, String> words) {
    SortedMap<String, String> all = new TreeMap<>();
    words.forEach((name, value) -> all.put(ShellWord.quoted(name), ShellWord.each(value)));
    return all;
  }

  /**
   * Whether {@code ip route del wanted} would delete {@code present}: what the command does not say
   * is any.
   */
  static boolean selects(Route wanted, Route present) {
    return wanted.destination().equals(present.destination())
        && wanted.table().equals(present.table())
        && wanted.type() == present.type()
        && (wanted.metric().isEmpty() || wanted.metric().equals(present.metric()))
        && (wanted.protocol().isEmpty()
            || present.protocol().isEmpty()
            || wanted.protocol().equals(present.protocol()))
        && (wanted.nextHops().isEmpty()
            || wanted.nextHops().stream()
                .allMatch(w -> present.nextHops().stream().anyMatch(p -> selects(w, p))));
  }

  private static boolean selects(NextHop wanted, NextHop present) {
    return (wanted.gateway().isEmpty() || wanted.gateway().equals(present.gateway()))
        && (wanted.device().isEmpty() || wanted.device().equals(present.device()));
  }

  /**
   * Puts a route right before the first or behind the last one to its destination, unless it stands
   * there.
   */
  static List<Fact<Route>> beside(List<Fact<Route>> routes, Fact<Route> route, boolean before) {
    if (routes.stream().anyMatch(f -> f.value().equals(route.value()))) {
      return routes;
    }
    int at = before ? 0 : routes.size();
    for (int i = 0; i < routes.size(); i++) {
      if (routes.get(i).value().destination().equals(route.value().destination())) {
        at = before ? i : i + 1;
        if (before) {
          break;
        }
      }
    }
    List<Fact<Route>> all = new ArrayList<>(routes);
    all.add(at, route);
    return all;
  }
}
