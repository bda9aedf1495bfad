package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.MacAddress;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteTable;
import io.podpath.core.node.RouteType;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Section.RouteScope;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code ip route}, {@code ip -6 route}, {@code ip route show table …}, as text or JSON. JSON does
 * not say that a metric is locked ({@code mtu lock 1400}); everything else is the same.
 */
@AutoService(OutputParser.class)
public final class IpRouteParser implements OutputParser {

  @Override
  public String name() {
    return "ip route";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return IpCommand.of(command, "ip")
        .filter(c -> c.isAbout("route", "r") && c.lists())
        .isPresent();
  }

  @Override
  public int likeness(String fileName, String text) {
    int hint = fileName.contains("route") ? 10 : 0;
    if (JsonText.is(text)) {
      boolean route =
          JsonText.has(text, "dst")
              && JsonText.has(text, "flags")
              && !JsonText.has(text, "lladdr")
              && !JsonText.has(text, "mac");
      return route ? 85 + hint : 0;
    }
    int routes = 0;
    int others = 0;
    for (Lines.Line line : Lines.of(Source.ofFile("", text))) {
      List<String> words = line.words();
      if (words.isEmpty() || Remark.isCut(line.text())) {
        continue;
      }
      // a multipath route's own line names no interface, its next hops make up for it
      if (isRoute(words) || RouteLine.continues(words)) {
        routes++;
      } else {
        others++;
      }
    }
    return routes == 0 || others > routes
        ? 0
        : 80 + hint - Math.min(40, 100 * others / (routes + others));
  }

  /**
   * Whether the line begins as a route does and names an interface or a type; {@code birdc} has
   * {@code [kernel1 09:14]} behind it.
   */
  private static boolean isRoute(List<String> words) {
    int first = RouteType.parse(words.getFirst()).isPresent() ? 1 : 0;
    if (words.size() <= first || MacAddress.parse(words.get(first)).isPresent()) {
      return false;
    }
    String destination = words.get(first);
    boolean begins =
        destination.equals("default") || Character.digit(destination.charAt(0), 16) >= 0;
    boolean neighbour = words.contains("lladdr") || words.stream().anyMatch(IpNeighWords::isState);
    boolean bird = words.stream().anyMatch(w -> w.length() > 1 && w.startsWith("["));
    return begins
        && !neighbour
        && !bird
        && (first > 0 || words.contains("dev") || words.contains("nhid"));
  }

  @Override
  public Reading parse(Source source) {
    Optional<IpCommand> command = IpCommand.of(source, "ip");
    Rows rows = new Rows();
    boolean json = JsonText.is(source.text());
    if (json) {
      readObjects(source, rows);
    } else {
      readLines(source, rows);
    }
    ReadingBuilder builder = new ReadingBuilder(source);
    RouteTable shown = RouteCoverage.shown(command);
    IpFamily family = command.flatMap(IpCommand::family).orElseGet(rows::usualFamily);
    List<Route> values = new ArrayList<>();
    Common common = new Common();
    for (RouteDraft draft : rows.drafts) {
      RouteTable table = command.isEmpty() && belongsToLocal(draft.type) ? RouteTable.LOCAL : shown;
      values.add(draft.toRoute(family, table, common));
    }
    if (command.isPresent()) {
      RouteCoverage.byCommand(command.get(), values, builder);
    } else {
      boolean named = rows.drafts.stream().anyMatch(d -> d.table.isPresent());
      boolean file =
          source
              .file()
              .substring(source.file().lastIndexOf('/') + 1)
              .toLowerCase(Locale.ROOT)
              .contains("route");
      RouteCoverage.byRows(values, named, file, json ? 30 : 20, builder);
    }
    for (int i = 0; i < values.size(); i++) {
      Route route = values.get(i);
      builder.add(
          Section.routes(route.family(), RouteScope.of(route.table())),
          route,
          rows.drafts.get(i).line);
    }
    rows.end.ifPresent(end -> {
      builder.unread(Section.routes(family, RouteScope.of(shown)), end);
      // behind it may have stood routes of any table
      for (RouteScope scope : RouteScope.values()) {
        Section<Route> section = Section.routes(family, scope);
        if (builder.has(section)) {
          builder.part(section, 0, "line " + end.line() + " could not be read: " + end.reason());
        }
      }
    });
    for (Unread line : rows.unread) {
      builder.unread(
          Section.routes(line.family.orElse(family), RouteScope.of(line.table.orElse(shown))),
          line.at);
    }
    return builder.build();
  }

  /**
   * The kernel makes these in table local only ({@code fib_frontend.c: fib_add_ifaddr}); iproute2
   * leaves the table out when asked for it.
   */
  private static boolean belongsToLocal(RouteType type) {
    return type == RouteType.LOCAL || type == RouteType.BROADCAST || type == RouteType.ANYCAST;
  }

  private record Unread(Tree.Broken at, Optional<IpFamily> family, Optional<RouteTable> table) {}

  private static final class Rows {
    final List<RouteDraft> drafts = new ArrayList<>();
    final List<Unread> unread = new ArrayList<>();

    /** Where the text could not be read on. */
    Optional<Tree.Broken> end = Optional.empty();

    IpFamily usualFamily() {
      boolean six = false;
      for (RouteDraft draft : drafts) {
        Optional<IpFamily> family = draft.family();
        if (family.isPresent() && family.get() == IpFamily.INET) {
          return IpFamily.INET;
        }
        six |= family.isPresent();
      }
      return six ? IpFamily.INET6 : IpFamily.INET;
    }
  }

  private static void readObjects(Source source, Rows rows) {
    JsonText.Rows objects = JsonText.rows(source);
    for (Tree object : objects.rows()) {
      try {
        rows.drafts.add(RouteObject.read(object));
      } catch (BadLine e) {
        rows.unread.add(
            new Unread(
                new Tree.Broken(object.line(), e.reason()),
                Optional.empty(),
                object.text("table").map(RouteTable::new)));
      }
    }
    rows.end = objects.broken();
  }

  private static void readLines(Source source, Rows rows) {
    boolean lost = false;
    for (Lines.Line line : Lines.of(source)) {
      List<String> words = Lines.words(Remark.without(line.text()));
      if (words.isEmpty() || isByTheWay(words)) {
        continue;
      }
      try {
        if (Remark.isCut(line.text())) {
          throw new BadLine("lines were left out here");
        }
        if (!RouteLine.continues(words)) {
          lost = true;
          rows.drafts.add(RouteLine.read(words, line.number()));
          lost = false;
        } else if (!lost && !rows.drafts.isEmpty()) {
          RouteLine.extend(rows.drafts.getLast(), words);
        } else {
          throw new BadLine("a next hop without its route");
        }
      } catch (BadLine e) {
        if (RouteLine.continues(words)
            && !lost
            && !rows.drafts.isEmpty()
            && !rows.drafts.getLast().own.isStated()) {
          // a route that lacks one of its next hops would be a wrong route
          rows.drafts.removeLast();
          lost = true;
        }
        Optional<IpFamily> family =
            line.text().contains("::") ? Optional.of(IpFamily.INET6) : Optional.empty();
        int table = words.indexOf("table");
        Optional<RouteTable> name =
            table >= 0 && table + 1 < words.size()
                ? Optional.of(new RouteTable(words.get(table + 1)))
                : Optional.empty();
        rows.unread.add(new Unread(new Tree.Broken(line.number(), e.reason()), family, name));
      }
    }
  }

  /**
   * Lines beside the routes: details of next hop objects, the cache's own, and the answer that a
   * table does not exist, which is then empty.
   */
  private static boolean isByTheWay(List<String> words) {
    String first = words.getFirst();
    return first.equals("nh_info")
        || first.equals("cache")
        || first.equals("Error:") && words.contains("FIB") && words.contains("exist.")
        || first.equals("Dump") && words.size() == 2 && words.get(1).equals("terminated");
  }
}
