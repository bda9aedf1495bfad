package io.podpath.core.compare;

import io.podpath.core.node.Route;
import io.podpath.core.node.RouteTable;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.FibTable;

/**
 * Entries that are not as a blueprint has them, and yet packets go the same way.
 *
 * @param rules of iptables
 */
record BlueprintEffects(Effects rules) implements Effects {

  @Override
  public boolean makesNone(Difference difference, Facts actual, Facts expected) {
    return switch (difference) {
      case Difference.Missing(var row) when row.entry() instanceof Route route ->
          goesTheSameWay(route, actual);
      case Difference.Extra(var row) when row.entry() instanceof Route route ->
          goesTheSameWay(route, expected);
      case Difference.Missing _, Difference.Extra _, Difference.Differs _ ->
          rules.makesNone(difference, actual, expected);
    };
  }

  /** Whether a wider route sends the same packets to the same next hop from the same source. */
  private static boolean goesTheSameWay(Route route, Facts facts) {
    return route.table().equals(RouteTable.MAIN)
        && FibTable.main(facts, route.family())
            .bestSeen(route.destination().address())
            .filter(other ->
                other.value().type() == route.type()
                    && other.value().nextHops().equals(route.nextHops())
                    && (route.preferredSource().isEmpty()
                        || other.value().preferredSource().equals(route.preferredSource()))
                    && other.value().destination().contains(route.destination()))
            .isPresent();
  }
}
