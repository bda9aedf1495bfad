package io.podpath.core.walk;

import io.podpath.core.node.IpRule;
import io.podpath.core.node.NextHop;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteType;
import io.podpath.core.snapshot.Fact;
import java.util.List;
import java.util.Optional;

/** What the routing tables say of a flow. */
sealed interface Decision {

  /**
   * A route takes it.
   *
   * @param hops those that can be used; of several the kernel chooses one by a hash
   * @param rule the rule of policy routing that led to the table
   */
  record Found(Fact<Route> route, List<NextHop> hops, Optional<Fact<IpRule>> rule)
      implements Decision {
    public Found {
      hops = List.copyOf(hops);
    }

    RouteType type() {
      return route.value().type();
    }
  }

  /** A route of type blackhole, unreachable or prohibit takes it. */
  record Refused(Fact<Route> route) implements Decision {
    RouteType type() {
      return route.value().type();
    }
  }

  /** A rule of policy routing refuses it. */
  record RuledOut(Fact<IpRule> rule, RouteType type) implements Decision {}

  /** No table has a route. */
  record None() implements Decision {}

  /**
   * What decides was not gathered.
   *
   * @param reason a phrase that names it
   */
  record Open(String reason) implements Decision {}
}
