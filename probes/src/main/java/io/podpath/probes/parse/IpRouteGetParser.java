package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.Mtu;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteLookup;
import io.podpath.core.node.RouteTable;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code ip route get}: the kernel's own answer for one destination, as text or JSON. */
@AutoService(OutputParser.class)
public final class IpRouteGetParser implements OutputParser {

  @Override
  public String name() {
    return "ip route get";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return IpCommand.of(command, "ip")
        .filter(c -> c.isAbout("route", "r") && c.hasVerb("get"))
        .isPresent();
  }

  @Override
  public int likeness(String fileName, String text) {
    int hint = fileName.contains("get") ? 10 : 0;
    if (JsonText.is(text)) {
      return JsonText.has(text, "dst") && JsonText.has(text, "cache") && JsonText.has(text, "flags")
          ? 90 + hint
          : 0;
    }
    int answers = 0;
    int others = 0;
    boolean host = false;
    for (Lines.Line line : Lines.of(Source.ofFile("", text))) {
      List<String> words = line.words();
      if (words.isEmpty()) {
        continue;
      }
      boolean cache =
          words.getFirst().equals("cache") || words.contains("cache") && words.contains("\\");
      if (cache && host
          || words.contains("uid") && isHost(words)
          || words.contains("from") && words.contains("::") && isHost(words)) {
        answers++;
        host = false;
      } else if (isHost(words)) {
        host = true;
      } else if (!cache) {
        others++;
      }
    }
    return answers > others ? 88 + hint : 0;
  }

  private static boolean isHost(List<String> words) {
    return (IpAddress.parse(words.getFirst()).isPresent()
            || words.size() > 1 && IpAddress.parse(words.get(1)).isPresent())
        && words.contains("dev");
  }

  @Override
  public Reading parse(Source source) {
    ReadingBuilder builder = new ReadingBuilder(source);
    builder.part(
        Section.ROUTE_LOOKUPS, JsonText.is(source.text()) ? 30 : 20, "only what was asked for");
    if (JsonText.is(source.text())) {
      JsonText.Rows rows = JsonText.rows(source);
      for (Tree row : rows.rows()) {
        try {
          add(RouteObject.read(row), builder);
        } catch (BadLine e) {
          builder.unread(Section.ROUTE_LOOKUPS, row.line(), e.reason());
        }
      }
      rows.broken().ifPresent(b -> builder.unread(Section.ROUTE_LOOKUPS, b));
    } else {
      readLines(source, builder);
    }
    return builder.build();
  }

  private static void readLines(Source source, ReadingBuilder builder) {
    Optional<RouteDraft> pending = Optional.empty();
    for (Lines.Line line : Lines.of(source)) {
      // -o prints the line break as a backslash
      for (String piece : line.text().split("\\\\", -1)) {
        List<String> words = Lines.words(Remark.without(piece));
        if (words.isEmpty()) {
          continue;
        }
        try {
          if (words.getFirst().equals("cache")) {
            pending.ifPresent(draft -> cache(draft, words));
          } else {
            flush(pending, builder);
            pending = Optional.empty();
            pending = Optional.of(RouteLine.read(words, line.number()));
          }
        } catch (BadLine e) {
          builder.unread(
              Section.ROUTE_LOOKUPS,
              line.number(),
              words.getFirst().equals("RTNETLINK") ? "the kernel refused" : e.reason());
        }
      }
    }
    flush(pending, builder);
  }

  /** {@code cache expires 599sec mtu 1440}: what the kernel learned about the path. */
  private static void cache(RouteDraft draft, List<String> words) {
    int mtu = words.indexOf("mtu");
    if (mtu > 0 && mtu + 1 < words.size()) {
      draft.metrics.put(
          "mtu",
          words.get(mtu + 1).equals("lock") && mtu + 2 < words.size()
              ? words.get(mtu + 2)
              : words.get(mtu + 1));
    }
  }

  private static void flush(Optional<RouteDraft> pending, ReadingBuilder builder) {
    if (pending.isPresent()) {
      try {
        add(pending.get(), builder);
      } catch (BadLine e) {
        builder.unread(Section.ROUTE_LOOKUPS, pending.get().line, e.reason());
      }
    }
  }

  private static void add(RouteDraft draft, ReadingBuilder builder) throws BadLine {
    Route route = draft.toRoute(IpFamily.INET, RouteTable.MAIN, new Common());
    if (!route.destination().isHost()) {
      throw new BadLine("a route, not the answer for one address");
    }
    OptionalInt mtu = route.mtu();
    builder.add(
        Section.ROUTE_LOOKUPS,
        new RouteLookup(
            route.destination().address(),
            route.type(),
            route.gateway(),
            route.device(),
            route.preferredSource(),
            mtu.isPresent() ? Optional.of(new Mtu(mtu.getAsInt())) : Optional.empty()),
        draft.line);
  }
}
