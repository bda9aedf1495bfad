package io.podpath.probes.parse;

import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.NextHop;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteTable;
import io.podpath.core.node.RouteType;
import io.podpath.core.snapshot.Devices;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Section.RouteScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which tables of routes a listing shows whole. With a command, iproute2's own defaults tell
 * ({@code iproute_list_flush_or_save}: table main of IPv4; with {@code table all} both families).
 * Without one, only the rows can: somebody may have pasted three lines of twenty.
 */
final class RouteCoverage {

  private static final String SOME = "only some routes were asked for";
  private static final String EXCERPT = "an excerpt of the table";

  private RouteCoverage() {}

  /** The table whose rows are listed without the word {@code table}. */
  static RouteTable shown(Optional<IpCommand> command) {
    String name = command.flatMap(RouteCoverage::table).orElse("main");
    return name.equals("all") || name.equals("0") ? RouteTable.MAIN : new RouteTable(name);
  }

  private static Optional<String> table(IpCommand command) {
    List<String> selectors = command.selectors();
    for (int i = 0; i + 1 < selectors.size(); i++) {
      if (isTableWord(selectors.get(i))) {
        return Optional.of(selectors.get(i + 1));
      }
    }
    return Optional.empty();
  }

  private static boolean isTableWord(String word) {
    return !word.isEmpty() && "table".startsWith(word);
  }

  static void byCommand(IpCommand command, List<Route> rows, ReadingBuilder builder) {
    List<String> others = new ArrayList<>(command.selectors());
    String table = table(command).orElse("main");
    int at = others.indexOf(table);
    if (at > 0 && isTableWord(others.get(at - 1))) {
      others.subList(at - 1, at + 1).clear();
    }
    others.removeIf(word -> word.startsWith("-"));
    boolean all = table.equals("all") || table.equals("0");
    List<IpFamily> families =
        command
            .family()
            .map(List::of)
            .orElse(all ? List.of(IpFamily.values()) : List.of(IpFamily.INET));
    for (IpFamily family : families) {
      for (RouteScope scope :
          all ? List.of(RouteScope.values()) : List.of(RouteScope.of(new RouteTable(table)))) {
        if (!others.isEmpty()) {
          builder.part(Section.routes(family, scope), command.rank(), SOME);
        } else if (!all && scope == RouteScope.OTHER) {
          builder.part(Section.routes(family, scope), command.rank(), "only table " + table);
        } else if (!all
            && scope == RouteScope.LOCAL
            && !rows.isEmpty()
            && rows.stream().noneMatch(RouteCoverage::isLoopback)) {
          // table local always holds the loopback's own addresses
          builder.part(Section.routes(family, scope), command.rank(), EXCERPT);
        } else {
          builder.whole(Section.routes(family, scope), command.rank());
        }
      }
    }
  }

  /**
   * @param named whether a row names its table, which only {@code table all} makes iproute2 do
   */
  static void byRows(
      List<Route> rows, boolean named, boolean fileIsNamedSo, int rank, ReadingBuilder builder) {
    for (IpFamily family : IpFamily.values()) {
      List<Route> mine = rows.stream().filter(r -> r.family() == family).toList();
      if (mine.isEmpty()) {
        continue;
      }
      boolean loopback = mine.stream().anyMatch(RouteCoverage::isLoopback);
      for (RouteScope scope : RouteScope.values()) {
        Section<Route> section = Section.routes(family, scope);
        boolean whole =
            named
                ? loopback
                : switch (scope) {
                  case LOCAL -> loopback;
                  case MAIN ->
                      fileIsNamedSo
                          && looksWhole(
                              mine.stream()
                                  .filter(r -> r.table().equals(RouteTable.MAIN))
                                  .toList());
                  case OTHER -> false;
                };
        if (whole) {
          builder.whole(section, rank);
        } else if (mine.stream().anyMatch(r -> RouteScope.of(r.table()) == scope)) {
          builder.part(section, rank, EXCERPT);
        }
      }
    }
  }

  private static boolean isLoopback(Route route) {
    return route.type() == RouteType.LOCAL && route.destination().address().isLoopback();
  }

  /**
   * Whether the rows can be a whole main table: something leads to the node's own network, and
   * every gateway stands in a network that a row reaches without a gateway, for otherwise the
   * kernel would have refused the route ({@code fib_semantics.c: fib_check_nh}).
   */
  static boolean looksWhole(List<Route> rows) {
    List<IpPrefix> links = new ArrayList<>();
    boolean underlay = false;
    for (Route route : rows) {
      for (NextHop hop : route.nextHops()) {
        String device = hop.device().orElse("");
        if (hop.gateway().isEmpty() && !route.destination().isDefault()) {
          links.add(route.destination());
          underlay |= Devices.isUnderlay(device, Optional.empty());
        }
      }
    }
    return underlay
        && rows.stream()
            .flatMap(r -> r.nextHops().stream())
            .allMatch(hop -> isReachable(hop, links));
  }

  private static boolean isReachable(NextHop hop, List<IpPrefix> links) {
    // tunnels get their routes with onlink, which old tools and hand-made routes do not show
    return hop.gateway().isEmpty()
        || hop.isOnlink()
        || hop.device().filter(Devices::isTunnel).isPresent()
        || hop.gateway().get().isLinkLocal()
        || links.stream().anyMatch(l -> l.contains(hop.gateway().get()));
  }
}
