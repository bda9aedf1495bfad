package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.node.Route;
import io.podpath.core.snapshot.Fact;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The routes of IPv6 with one prefix (net/ipv6/route.c: find_rr_leaf, rt6_score_route). Among those
 * of one metric the one by the device a packet came in by is preferred (ip6_pol_route_input), or by
 * the device the sender is bound to; it must be that device only where the destination is one of
 * the link, or the sender has no source address yet (ip6_route_output_flags_noref:
 * RT6_LOOKUP_F_IFACE).
 */
final class Fib6Node {

  /** How one is chosen. */
  enum Choice {
    BEST,
    /** What a question for the way back asks (rt6_device_match): its device before any metric. */
    BY_DEVICE
  }

  /** net/ipv6: the router preference of RFC 4191, as iproute2 prints it. */
  private static final Map<String, Integer> PREFERENCES = Map.of("low", -1, "high", 1);

  private Fib6Node() {}

  /** Which device a route must have. */
  static Optional<String> bound(Flow flow) {
    if (flow.family() == IpFamily.INET) {
      return flow.oif();
    }
    IpAddress to = flow.destination();
    boolean strict =
        to.isLinkLocal() || to.isMulticast() || flow.oif().isPresent() && flow.source().isEmpty();
    return strict ? preferred(flow) : Optional.empty();
  }

  private static Optional<String> preferred(Flow flow) {
    return flow.iif().equals(Flow.LOOPBACK) ? flow.oif() : Optional.of(flow.iif());
  }

  /** The routes in the order in which the first one that can be used is taken. */
  static List<Fact<Route>> ordered(List<Fact<Route>> leaf, Flow flow, Choice choice) {
    if (leaf.size() == 1 && bound(flow).isEmpty()) {
      return leaf;
    }
    List<Fact<Route>> can =
        leaf.stream()
            .filter(f -> bound(flow).isEmpty() || has(f.value(), preferred(flow)))
            .filter(f -> f.value().nextHops().stream().noneMatch(h -> h.flags().contains("dead")))
            .toList();
    if (choice == Choice.BY_DEVICE) {
      return can.stream()
          .sorted(Comparator.comparing((Fact<Route> f) -> !has(f.value(), preferred(flow))))
          .toList();
    }
    // those behind the lowest metric are weighed together (find_rr_leaf: cont)
    long lowest = can.stream().mapToLong(f -> metric(f.value())).min().orElse(0);
    Comparator<Fact<Route>> byScore =
        Comparator.comparingInt((Fact<Route> f) -> -score(f.value(), flow));
    List<Fact<Route>> all =
        new ArrayList<>(
            can.stream().filter(f -> metric(f.value()) == lowest).sorted(byScore).toList());
    can.stream().filter(f -> metric(f.value()) != lowest).sorted(byScore).forEach(all::add);
    return all;
  }

  private static long metric(Route route) {
    return route.metric().orElse(0);
  }

  private static boolean has(Route route, Optional<String> device) {
    return device.isPresent() && route.nextHops().stream().anyMatch(h -> h.device().equals(device));
  }

  private static int score(Route route, Flow flow) {
    int device = preferred(flow).isEmpty() || has(route, preferred(flow)) ? 2 : 0;
    String preference = route.attributes().getOrDefault("pref", "medium");
    return device + 4 * PREFERENCES.getOrDefault(preference, 0);
  }
}
