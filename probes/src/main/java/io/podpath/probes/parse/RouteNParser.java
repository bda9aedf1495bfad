package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.NextHop;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteTable;
import io.podpath.core.node.RouteType;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Section.RouteScope;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * {@code route -n}, {@code route}, {@code netstat -rn}: the main table of IPv4 out of {@code
 * /proc/net/route} ({@code fib_trie.c: fib_route_seq_show}). That file does not tell protocol,
 * scope, source and onlink, and of a multipath route it shows the first next hop only. Unreachable
 * and prohibit are both {@code !}; a blackhole or throw, such as BIRD's for its block, has no
 * interface: {@code *}.
 */
@AutoService(OutputParser.class)
public final class RouteNParser implements OutputParser {

  private static final Section<Route> MAIN = Section.routes(IpFamily.INET, RouteScope.MAIN);

  @Override
  public String name() {
    return "route -n";
  }

  @Override
  public boolean reads(ShellCommand command) {
    boolean six =
        command.arguments().contains("-6")
            || command.arguments().contains("inet6")
            || command.arguments().contains("--inet6");
    return switch (command.program()) {
      case "route" -> command.operands().isEmpty() && !six && !command.hasOption("-C");
      case "netstat" ->
          command.hasOption("-r") || command.arguments().contains("--route") ? !six : false;
      default -> false;
    };
  }

  @Override
  public int likeness(String fileName, String text) {
    int hint = fileName.contains("route") ? 10 : 0;
    int routes = 0;
    int others = 0;
    for (Lines.Line line : Lines.of(Source.ofFile("", text))) {
      List<String> words = line.words();
      boolean heading = isTitle(words) || isHeading(words);
      routes += heading || isRow(words) ? 1 : 0;
      others += heading || isRow(words) || words.isEmpty() ? 0 : 1;
    }
    return routes > others ? 85 + hint : 0;
  }

  private static boolean isTitle(List<String> words) {
    return words.size() > 3
        && words.getFirst().equals("Kernel")
        && words.get(1).equals("IP")
        && words.get(2).equals("routing");
  }

  private static boolean isHeading(List<String> words) {
    return words.size() > 4 && words.getFirst().equals("Destination") && words.contains("Genmask");
  }

  private static boolean isRow(List<String> words) {
    return words.size() >= 8
        && IpAddress.parse(words.get(2)).isPresent()
        && isFlags(words.get(3))
        && (IpAddress.parse(words.get(1)).isPresent()
            || words.get(1).equals("*")
            || words.get(1).equals("-"));
  }

  private static boolean isFlags(String word) {
    return !word.isEmpty() && word.chars().allMatch(c -> "UGHRDMACX!".indexOf(c) >= 0);
  }

  private record Row(Route route, int line) {}

  @Override
  public Reading parse(Source source) {
    Optional<ShellCommand> command = source.command().map(ShellCommand::parse);
    boolean windows =
        command.filter(c -> c.program().equals("netstat") && !c.hasOption("-e")).isPresent();
    boolean titled = false;
    List<Row> rows = new ArrayList<>();
    List<Tree.Broken> unread = new ArrayList<>();
    for (Lines.Line line : Lines.of(source)) {
      List<String> words = Lines.words(Remark.without(line.text()));
      if (words.isEmpty()) {
        continue;
      }
      if (isTitle(words) || isHeading(words)) {
        titled = true;
        // netstat's columns: MSS, window and round trip time in place of the metric
        windows = isHeading(words) ? words.contains("MSS") && !words.contains("Metric") : windows;
        continue;
      }
      try {
        rows.add(new Row(readLine(words, !windows), line.number()));
      } catch (BadLine e) {
        unread.add(
            new Tree.Broken(
                line.number(),
                Remark.isCut(line.text()) ? "lines were left out here" : e.reason()));
      }
    }
    ReadingBuilder builder = new ReadingBuilder(source);
    if (command.isPresent()
        || titled && RouteCoverage.looksWhole(rows.stream().map(Row::route).toList())) {
      builder.whole(MAIN, 10);
    } else {
      builder.part(MAIN, 10, "an excerpt of the table");
    }
    rows.forEach(r -> builder.add(MAIN, r.route, r.line));
    unread.forEach(u -> builder.unread(MAIN, u));
    return builder.build();
  }

  private static Route readLine(List<String> words, boolean hasMetric) throws BadLine {
    if (words.size() < 8 || !isFlags(words.get(3))) {
      throw new BadLine("no line of a routing table");
    }
    IpPrefix destination = destination(words.get(0), words.get(2));
    String flags = words.get(3);
    String device = words.get(7);
    boolean rejects = flags.indexOf('!') >= 0;
    boolean nowhere = device.equals("*") || device.equals("-");
    RouteType type =
        rejects ? RouteType.UNREACHABLE : nowhere ? RouteType.BLACKHOLE : RouteType.UNICAST;
    List<NextHop> hops = List.of();
    if (!nowhere) {
      Optional<IpAddress> gateway = gateway(words.get(1), flags);
      hops =
          List.of(
              new NextHop(
                  gateway, Optional.of(device), OptionalInt.empty(), Set.of(), Optional.empty()));
    }
    return new Route(
        type,
        destination,
        RouteTable.MAIN,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        hasMetric ? metric(words.get(4)) : OptionalLong.empty(),
        hops,
        new TreeMap<>(),
        new TreeMap<>());
  }

  /**
   * Names stand for networks only without {@code -n}; these two are in every {@code /etc/networks}.
   */
  private static IpPrefix destination(String word, String netmask) throws BadLine {
    String text =
        switch (word) {
          case "default" -> "0.0.0.0";
          case "link-local" -> "169.254.0.0";
          case "loopback" -> "127.0.0.0";
          default -> word;
        };
    return IpAddress.parse(text)
        .flatMap(a -> IpPrefix.fromNetmask(a, netmask))
        .orElseThrow(() ->
            new BadLine("no destination and netmask: " + WordCursor.shown(word + " " + netmask)));
  }

  private static Optional<IpAddress> gateway(String word, String flags) throws BadLine {
    if (word.equals("*") || word.equals("0.0.0.0") || word.equals("-")) {
      if (flags.indexOf('G') >= 0) {
        throw new BadLine("a gateway route without a gateway");
      }
      return Optional.empty();
    }
    return Optional.of(
        IpAddress.parse(word)
            .orElseThrow(() -> new BadLine("gateway is no address: " + WordCursor.shown(word))));
  }

  /** 0 and none are the same for IPv4. */
  private static OptionalLong metric(String word) throws BadLine {
    if (word.equals("-")) {
      return OptionalLong.empty();
    }
    if (!WordCursor.isNumber(word) || word.length() > 10) {
      throw new BadLine("metric is no number: " + WordCursor.shown(word));
    }
    long value = Long.parseLong(word);
    return value == 0 ? OptionalLong.empty() : OptionalLong.of(value);
  }
}
