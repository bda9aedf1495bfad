package io.podpath.core.node;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints a route word by word in the order of iproute2's {@code iproute.c: print_route}. */
final class RouteText {

  /** Order of RTAX numbers ({@code linux/rtnetlink.h}). */
  private static final List<String> METRICS =
      List.of(
          "mtu",
          "window",
          "rtt",
          "rttvar",
          "ssthresh",
          "cwnd",
          "advmss",
          "reordering",
          "hoplimit",
          "initcwnd",
          "features",
          "rto_min",
          "initrwnd",
          "quickack",
          "congctl",
          "fastopen_no_cookie");

  /** Attributes that stand before the next hop. */
  private static final List<String> FIRST = List.of("tos", "dsfield", "nhid");

  /** Attributes that stand between the flags and the metrics. */
  private static final List<String> MIDDLE =
      List.of("mark", "realm", "realms", "expires", "error", "users", "age", "used");

  private static final List<String> FLAGS =
      List.of("dead", "onlink", "pervasive", "offload", "trap", "notify", "linkdown", "unresolved");

  private final Route route;
  private final StringBuilder text = new StringBuilder();

  private RouteText(Route route) {
    this.route = route;
  }

  static String of(Route route) {
    return new RouteText(route).print();
  }

  private String print() {
    if (route.type() != RouteType.UNICAST) {
      text.append(route.type()).append(' ');
    }
    text.append(route.destination().toRouteString());
    attribute("from");
    route.singleNextHop().flatMap(NextHop::encap).ifPresent(e -> text.append(" encap ").append(e));
    FIRST.forEach(this::attribute);
    route.singleNextHop().ifPresent(this::way);
    if (!route.table().equals(RouteTable.MAIN)) {
      text.append(" table ").append(route.table());
    }
    route.protocol().ifPresent(p -> text.append(" proto ").append(p));
    route.scope().filter(s -> !s.equals("global")).ifPresent(s -> text.append(" scope ").append(s));
    route.preferredSource().ifPresent(s -> text.append(" src ").append(s));
    route.metric().ifPresent(m -> text.append(" metric ").append(m));
    route.singleNextHop().ifPresent(this::flags);
    MIDDLE.forEach(this::attribute);
    METRICS.forEach(name -> word(name, route.metrics().get(name)));
    route.metrics().forEach((name, value) -> word(name, METRICS.contains(name) ? null : value));
    for (Map.Entry<String, String> attribute : route.attributes().entrySet()) {
      String name = attribute.getKey();
      if (!name.equals("from") && !FIRST.contains(name) && !MIDDLE.contains(name)) {
        word(name, attribute.getValue());
      }
    }
    if (route.nextHops().size() > 1) {
      for (NextHop hop : route.nextHops()) {
        text.append(" nexthop");
        hop.encap().ifPresent(e -> text.append(" encap ").append(e));
        way(hop);
        hop.weight().ifPresent(w -> text.append(" weight ").append(w));
        flags(hop);
      }
    }
    return text.toString();
  }

  private void attribute(String name) {
    word(name, route.attributes().get(name));
  }

  private void word(String name, @org.jspecify.annotations.Nullable String value) {
    if (value != null) {
      text.append(' ').append(name).append(value.isEmpty() ? "" : " " + value);
    }
  }

  private void way(NextHop hop) {
    hop.gateway()
        .ifPresent(g -> {
          boolean foreign = g.family() != route.family();
          text.append(" via ")
              .append(foreign ? g.family().name().toLowerCase(Locale.ROOT) + " " : "")
              .append(g);
        });
    hop.device().ifPresent(d -> text.append(" dev ").append(d));
  }

  private void flags(NextHop hop) {
    FLAGS.stream().filter(hop.flags()::contains).forEach(f -> text.append(' ').append(f));
    hop.flags().stream()
        .filter(f -> !FLAGS.contains(f))
        .sorted()
        .forEach(f -> text.append(' ').append(f));
  }
}
