package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.cni.BgpSession;
import io.podpath.core.cni.BirdRoute;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code show protocols}, {@code show route} and {@code show status} of BIRD 1.6 (Calico's) and 2.
 */
@AutoService(OutputParser.class)
public final class BirdcParser implements OutputParser {

  private static final int RANK = 20;
  private static final int RANK_ALL = 30;

  private static final Set<String> TYPES =
      Set.of("blackhole", "unreachable", "prohibit", "prohibited", "unicast");

  @Override
  public String name() {
    return "birdc";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return Set.of("birdc", "birdcl", "birdc6", "birdcl6").contains(command.program());
  }

  @Override
  public int likeness(String fileName, String text) {
    String head = text.stripLeading();
    if (head.startsWith("BIRD ") && (text.contains("ready.") || text.contains("Router ID is"))) {
      return 90;
    }
    int routes = 0;
    int lines = 0;
    for (Lines.Line line : Lines.of(Source.ofFile(fileName, text))) {
      if (isProtocolHeading(line.words())) {
        return 80;
      }
      lines += line.isBlank() ? 0 : 1;
      routes += source(line.text()).isPresent() && line.text().indexOf('/') > 0 ? 1 : 0;
      if (lines > 100) {
        break;
      }
    }
    return routes > 0 && routes * 2 > lines ? 60 : 0;
  }

  /** {@code name proto table state since info}, in either case. */
  private static boolean isProtocolHeading(List<String> words) {
    return words.size() >= 5
        && words.get(0).equalsIgnoreCase("name")
        && words.get(1).equalsIgnoreCase("proto")
        && words.get(3).equalsIgnoreCase("state");
  }

  @Override
  public Reading parse(Source source) {
    ReadingBuilder reading = new ReadingBuilder(source);
    String asked = source.command().map(BirdcParser::question).orElse("");
    List<Lines.Line> lines = Lines.of(source);
    for (Lines.Line line : lines) {
      if (line.text().startsWith("Unable to connect") || line.text().startsWith("syntax error")) {
        Section<?> section =
            asked.startsWith("show r") ? Section.BIRD_ROUTES : Section.BGP_SESSIONS;
        return reading.unread(section, line.number(), "no answer of BIRD").build();
      }
    }
    boolean protocols =
        asked.startsWith("show p") || lines.stream().anyMatch(l -> isProtocolHeading(l.words()));
    if (protocols) {
      protocols(lines, asked, reading);
    } else if (asked.startsWith("show r") || asked.isEmpty()) {
      routes(lines, asked, reading);
    }
    return reading.build();
  }

  /** What birdc was asked, without its own options. */
  private static String question(String commandLine) {
    List<String> arguments = ShellCommand.parse(commandLine).arguments();
    int show = 0;
    while (show < arguments.size() && !arguments.get(show).startsWith("sh")) {
      show++;
    }
    String words = String.join(" ", arguments.subList(show, arguments.size()));
    // birdc takes abbreviations: "sh ro", "s p a"
    List<String> question = Lines.words(words);
    return question.isEmpty()
        ? ""
        : "show " + String.join(" ", question.subList(1, question.size()));
  }

  /** Whether nothing was left out: only the subject and {@code all}. */
  private static boolean isWhole(String asked) {
    List<String> words = Lines.words(asked);
    return words.size() <= 2 || words.size() == 3 && words.get(2).equals("all");
  }

  private static void protocols(List<Lines.Line> lines, String asked, ReadingBuilder reading) {
    boolean all =
        lines.stream()
            .anyMatch(
                l -> l.text().contains("Neighbor address:") || l.text().contains("Preference:"));
    int rank = all ? RANK_ALL : RANK;
    if (isWhole(asked)) {
      reading.whole(Section.BGP_SESSIONS, rank);
    } else {
      reading.part(Section.BGP_SESSIONS, rank, "only some protocols were asked for");
    }
    Optional<Session> open = Optional.empty();
    for (Lines.Line line : lines) {
      List<String> words = line.words();
      if (TextTable.isGap(line.text())) {
        reading.unread(Section.BGP_SESSIONS, line.number(), "lines were left out");
      } else if (isProtocol(words)) {
        open.ifPresent(s -> s.addTo(reading));
        open =
            words.get(1).equals("BGP")
                ? Optional.of(new Session(words, line.number()))
                : Optional.empty();
      } else if (open.isPresent() && line.text().strip().startsWith("Neighbor address:")) {
        String address = line.text().substring(line.text().indexOf(':') + 1).strip();
        open.get().neighbour =
            IpAddress.parse(Lines.words(address).stream().findFirst().orElse(""));
      }
    }
    open.ifPresent(s -> s.addTo(reading));
  }

  /** A line of the table: name, kind of protocol, table, state. */
  private static boolean isProtocol(List<String> words) {
    return words.size() >= 4
        && Set.of("up", "start", "down", "stop", "feed", "flush").contains(words.get(3))
        && Character.isUpperCase(words.get(1).charAt(0))
        && !words.get(0).endsWith(":");
  }

  /** A BGP protocol with what its details added. */
  private static final class Session {
    private final List<String> words;
    private final int line;
    private Optional<IpAddress> neighbour = Optional.empty();

    Session(List<String> words, int line) {
      this.words = words;
      this.line = line;
    }

    void addTo(ReadingBuilder reading) {
      int info = 4;
      while (info < words.size() && Character.isDigit(words.get(info).charAt(0))) {
        info++; // the time, and in other formats a date before it
      }
      reading.add(
          Section.BGP_SESSIONS,
          new BgpSession(
              neighbour.or(() -> peerOf(words.get(0))),
              words.get(0),
              words.get(3),
              String.join(" ", words.subList(info, words.size()))),
          line);
    }

    /**
     * confd names protocols after their peers: {@code Mesh_192_168_3_110}, {@code
     * Node_10_0_0_1_port_8179}.
     */
    private static Optional<IpAddress> peerOf(String name) {
      int start = name.indexOf('_');
      int port = name.indexOf("_port_");
      if (start < 0) {
        return Optional.empty();
      }
      String address = name.substring(start + 1, port > start ? port : name.length());
      return IpAddress.parse(address.replace('_', '.'))
          .or(() ->
              address.indexOf('_') < 0
                  ? Optional.empty()
                  : IpAddress.parse(address.replace('_', ':')));
    }
  }

  private static void routes(List<Lines.Line> lines, String asked, ReadingBuilder reading) {
    boolean read = false;
    Optional<IpPrefix> destination = Optional.empty();
    Optional<Pending> pending = Optional.empty();
    for (Lines.Line line : lines) {
      String text = line.text().strip();
      Optional<String> source = source(text);
      List<String> words = line.words();
      if (TextTable.isGap(text) && read) {
        reading.unread(Section.BIRD_ROUTES, line.number(), "routes were left out");
      }
      if (source.isEmpty()) {
        // BIRD 2 puts each next hop on a line of its own
        boolean hop =
            !words.isEmpty() && (words.getFirst().equals("via") || words.getFirst().equals("dev"));
        if (hop && pending.isPresent()) {
          pending.filter(p -> p.gateway().isPresent()).ifPresent(p -> p.addTo(reading));
          pending = Optional.of(pending.get().through(words, line.number()));
        }
        continue;
      }
      pending.ifPresent(p -> p.addTo(reading));
      pending = Optional.empty();
      if (!read) {
        read = true;
        if (isWhole(asked)) {
          reading.whole(Section.BIRD_ROUTES, RANK);
        } else {
          reading.part(Section.BIRD_ROUTES, RANK, "only some routes were asked for");
        }
      }
      Optional<IpPrefix> own =
          words.getFirst().indexOf('/') > 0 ? IpPrefix.parse(words.getFirst()) : Optional.empty();
      destination = own.isPresent() ? own : destination;
      if (destination.isEmpty()) {
        reading.unread(Section.BIRD_ROUTES, line.number(), "no destination");
        continue;
      }
      pending = Optional.of(Pending.of(destination.get(), words, source.get(), line.number()));
    }
    pending.ifPresent(p -> p.addTo(reading));
    boolean answered = lines.stream().anyMatch(l -> l.text().contains("ready."));
    if (!read && asked.startsWith("show r") && answered && isWhole(asked)) {
      reading.whole(Section.BIRD_ROUTES, RANK);
    }
  }

  /** The protocol's name in {@code [Mesh_192_168_3_110 00:35:06]}, the sign of a route. */
  private static Optional<String> source(String text) {
    int open = text.indexOf('[');
    int close = open < 0 ? -1 : text.indexOf(']', open);
    if (close < 0) {
      return Optional.empty();
    }
    List<String> words = Lines.words(text.substring(open + 1, close));
    boolean timed = words.size() > 1 && Character.isDigit(words.get(1).charAt(0));
    return timed ? Optional.of(words.getFirst()) : Optional.empty();
  }

  /** A route whose next hop may still follow. */
  private record Pending(
      IpPrefix destination,
      String kind,
      Optional<IpAddress> gateway,
      Optional<String> device,
      String protocol,
      boolean best,
      int line) {

    static Pending of(IpPrefix destination, List<String> words, String protocol, int line) {
      String kind = words.stream().filter(TYPES::contains).findFirst().orElse("unicast");
      boolean best = words.stream().anyMatch(w -> w.equals("*"));
      return new Pending(
              destination, kind, Optional.empty(), Optional.empty(), protocol, best, line)
          .through(words, line);
    }

    /** Through this next hop; a further one of the same route replaces the one before. */
    Pending through(List<String> words, int at) {
      Optional<IpAddress> via = behind(words, "via").flatMap(IpAddress::parse);
      Optional<String> dev = behind(words, "dev").or(() -> behind(words, "on"));
      int where = gateway.isPresent() ? at : line;
      return new Pending(destination, kind, via, dev.or(() -> device), protocol, best, where);
    }

    private static Optional<String> behind(List<String> words, String key) {
      int at = words.indexOf(key);
      return at >= 0 && at + 1 < words.size() ? Optional.of(words.get(at + 1)) : Optional.empty();
    }

    void addTo(ReadingBuilder reading) {
      reading.add(
          Section.BIRD_ROUTES,
          new BirdRoute(destination, kind, gateway, device, protocol, best),
          line);
    }
  }
}
