package io.podpath.core.compare;

import io.podpath.core.node.Neighbour;
import io.podpath.core.node.NextHop;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteTable;
import io.podpath.core.node.RouteType;
import io.podpath.core.snapshot.Devices;
import io.podpath.core.snapshot.Fact;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Routes and neighbours. */
final class RouteForms {

  private RouteForms() {}

  static Row route(Fact<Route> fact) {
    return route(fact, weight(fact.value()));
  }

  /** A pod has one way out, and CNI gave it. */
  static Row podRoute(Fact<Route> fact) {
    Route route = fact.value();
    return route(
        fact,
        route.type() == RouteType.UNICAST && route.destination().isDefault()
            ? Weight.MEANING
            : weight(route));
  }

  private static Row route(Fact<Route> fact, Weight weight) {
    Route route = fact.value();
    List<Field> fields = new ArrayList<>();
    fields.add(Field.of("type", route.type() == RouteType.UNICAST ? "" : route.type()));
    if (route.nextHops().size() > 1) {
      fields.add(
          Field.of(
              "via",
              route.nextHops().stream()
                  .map(RouteForms::hop)
                  .sorted()
                  .collect(Collectors.joining(", "))));
    } else {
      Optional<NextHop> hop = route.singleNextHop();
      fields.add(Field.of("via", text(hop.flatMap(NextHop::gateway))));
      String device = hop.flatMap(NextHop::device).orElse("");
      fields.add(Field.of("dev", Devices.isPodLink(device) ? "the pod's link" : device));
      fields.add(Field.own("link", device));
      fields.add(Field.of("onlink", route.isOnlink() ? "yes" : "no"));
      fields.add(Field.of("encap", hop.flatMap(NextHop::encap).orElse("")));
      fields.add(
          Field.of(
              "state",
              hop.map(NextHop::flags).stream()
                  .flatMap(f -> f.stream())
                  .filter(f -> f.equals("dead") || f.equals("linkdown"))
                  .sorted()
                  .collect(Collectors.joining(" "))));
    }
    fields.add(Field.of("src", text(route.preferredSource())));
    fields.add(Field.of("mtu", route.metrics().getOrDefault("mtu", "")));
    route.protocol().ifPresent(p -> fields.add(Field.own("proto", p)));
    fields.add(Field.own("metric", route.metric().orElse(0)));
    return Row.of(fact, key(route), weight, fields);
  }

  private static String hop(NextHop hop) {
    return hop.gateway().map(Object::toString).orElse("")
        + hop.device().map(d -> " dev " + d).orElse("")
        + (hop.weight().isPresent() ? " weight " + hop.weight().getAsInt() : "");
  }

  private static String key(Route route) {
    String tos = route.attributes().getOrDefault("tos", "");
    return (route.table().equals(RouteTable.MAIN) ? "" : "table " + route.table() + " ")
        + route.destination().toRouteString()
        + (tos.isEmpty() ? "" : " tos " + tos);
  }

  /** What the kernel writes by itself for every interface says nothing. */
  private static Weight weight(Route route) {
    if (route.destination().address().isMulticast()
        || route.destination().address().isLinkLocal()
        || route.destination().address().isLoopback()) {
      return Weight.OBSERVATION;
    }
    return switch (route.type()) {
      case BROADCAST, ANYCAST, MULTICAST -> Weight.OBSERVATION;
      // a machine's way out of the cluster is its own affair
      case UNICAST -> route.destination().isDefault() ? Weight.IDENTITY : Weight.MEANING;
      case LOCAL, BLACKHOLE, UNREACHABLE, PROHIBIT, THROW, NAT -> Weight.MEANING;
    };
  }

  /**
   * Entries somebody wrote count; what the kernel learnt comes and goes. On a VXLAN device without
   * learning nothing is ever learnt, so that there the kind of entry counts as well; a question
   * that nobody answered is none.
   */
  static Row neighbour(Fact<Neighbour> fact) {
    Neighbour neighbour = fact.value();
    boolean written =
        neighbour.states().contains("PERMANENT")
            || neighbour.mac().isPresent()
                && neighbour.device().filter(Devices::isVtep).isPresent();
    List<Field> fields = new ArrayList<>();
    fields.add(Field.of("lladdr", text(neighbour.mac())));
    if (!neighbour.states().isEmpty()) {
      fields.add(
          Field.of("state", neighbour.states().contains("PERMANENT") ? "PERMANENT" : "learnt"));
    }
    return Row.of(
        fact,
        neighbour.address() + neighbour.device().map(d -> " dev " + d).orElse(""),
        neighbour.address().isMulticast() || !written ? Weight.OBSERVATION : Weight.MEANING,
        fields);
  }

  private static String text(Optional<?> value) {
    return value.map(Object::toString).orElse("");
  }
}
