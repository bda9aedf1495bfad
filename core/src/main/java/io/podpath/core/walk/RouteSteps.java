package io.podpath.core.walk;

import io.podpath.core.node.Route;
import io.podpath.core.node.RouteType;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.walk.Step.Kind;
import io.podpath.core.walk.Step.Mark;
import java.util.List;
import java.util.Optional;

/** What a route's type makes of a packet (net/ipv4/fib_semantics.c: fib_props). */
final class RouteSteps {

  private RouteSteps() {}

  static Disposition disposition(RouteType type) {
    return switch (type) {
      case BLACKHOLE -> Disposition.BLACKHOLE;
      case UNREACHABLE -> Disposition.UNREACHABLE;
      case PROHIBIT -> Disposition.PROHIBITED;
      case UNICAST, LOCAL, BROADCAST, ANYCAST, MULTICAST, THROW, NAT -> Disposition.NO_ROUTE;
    };
  }

  static List<Journey> ruledOut(
      Stack stack, Optional<String> device, Decision.RuledOut ruled, Packet packet, Trail trail) {
    return Journey.lost(
        stack,
        Kind.RULE,
        device,
        ruled.rule().value(),
        Optional.of(ruled.rule().from()),
        packet,
        disposition(ruled.type()),
        trail);
  }

  static List<Journey> refused(
      Stack stack, Optional<String> device, Decision.Refused refused, Packet packet, Trail trail) {
    return Journey.lost(
        stack,
        Kind.ROUTE,
        device,
        refused.route().value(),
        Optional.of(refused.route().from()),
        packet,
        disposition(refused.type()),
        trail);
  }

  /**
   * The way with the route that was taken, and the rule that led to it where it is a special one.
   */
  static Trail routed(
      Stack stack, Decision.Found found, Optional<String> device, Packet packet, Trail trail) {
    Trail after = trail;
    if (found.rule().filter(r -> isSpecial(r.value().priority())).isPresent()) {
      after =
          after.step(
              stack,
              Kind.RULE,
              device,
              found.rule().get().value(),
              Mark.OK,
              Optional.of(found.rule().get().from()),
              packet);
    }
    Fact<Route> route = found.route();
    return after.step(
        stack, Kind.ROUTE, device, route.value(), Mark.OK, Optional.of(route.from()), packet);
  }

  private static boolean isSpecial(long priority) {
    return priority != 0 && priority != 32766 && priority != 32767;
  }
}
