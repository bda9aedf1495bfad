package io.podpath.probes.bundle;

import io.podpath.core.node.Route;
import io.podpath.core.node.RouteType;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Source;
import io.podpath.probes.parse.Answer;
import io.podpath.probes.parse.Medley;
import io.podpath.probes.parse.OutputParser;
import io.podpath.probes.parse.Parsers;
import io.podpath.probes.parse.Reading;
import io.podpath.probes.parse.ShellCommand;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the parser of a text: by the command the bundle records, by the command its name stands
 * for, or by its content.
 */
final class Recognition {

  static final String NOT_RECOGNISED = "not recognised as the output of a tool podpath reads";

  private static final String SEVERAL_OUTPUTS =
      "holds the outputs of several commands, and not every line shows whose it is; give one command per file, or paste them with their prompts";

  private static final String TWICE =
      "holds the routes of two machines or two times one after the other; give one output per file, or paste them with their prompts";

  private static final int SAMPLE = 64 * 1024;

  /** These print something whenever they work: the loopback device, the three rules, a heading. */
  private static final Set<String> NEVER_SILENT =
      Set.of(
          "ip addr",
          "ip address",
          "ip a",
          "ip link",
          "ip rule",
          "ip -6 rule",
          "sysctl -a",
          "route -n",
          "brctl show",
          "ifconfig");

  private final Parsers parsers;

  Recognition(Parsers parsers) {
    this.parsers = parsers;
  }

  /** What became of a text. */
  sealed interface Outcome {
    /** Read. */
    record Read(Reading reading) implements Outcome {}

    /** The command printed nothing usable: its tables are not gathered. */
    record Failed(Reading tables, String reason) implements Outcome {}

    /** No parser is for it, or more than one and nobody can tell where each one's lines end. */
    record Unrecognised(String why) implements Outcome {}
  }

  /**
   * @param recorded the command as the bundle states it
   * @param guessed the command as the file's name suggests it: it counts only when the text looks
   *     like its output
   */
  Outcome recognise(Source source, Optional<String> recorded, Optional<String> guessed) {
    boolean blank = source.text().isBlank();
    if (recorded.isPresent()) {
      Source stated = source.byCommand(recorded.get());
      Optional<OutputParser> parser = forCommand(recorded.get());
      if (parser.isPresent()) {
        return outcome(Answer.of(parser.get(), stated));
      }
      return byContent(stated);
    }
    Optional<OutputParser> parser = guessed.flatMap(this::forCommand);
    if (parser.isPresent()) {
      Source named = source.byCommand(guessed.get());
      if (blank) {
        return empty(parser.get(), named, guessed.get());
      }
      Answer answer = Answer.of(parser.get(), named);
      boolean refused = answer instanceof Answer.Refused;
      if (refused || parser.get().likeness(name(source.file()), sample(source.text())) > 0) {
        return outcome(answer);
      }
    }
    return byContent(source);
  }

  /**
   * What a text is that its name or its content gave to one parser, when that parser could not read
   * all of it.
   *
   * @param named whether the file's name says whose output it is
   */
  Outcome taken(Outcome one, Source source, boolean named) {
    if (isWhole(one) || one instanceof Outcome.Failed) {
      return one;
    }
    Medley.Split split = Medley.split(parsers, source);
    if (split.isCertain()) {
      return new Outcome.Read(split.reading());
    }
    return !named && split.isLikely() ? new Outcome.Unrecognised(SEVERAL_OUTPUTS) : one;
  }

  /**
   * A kernel has one default route of a metric and one connected route of a network on a device
   * (net/ipv4/fib_trie.c: fib_table_insert); with two, two listings stand in one text.
   */
  static Outcome once(Outcome outcome) {
    return outcome instanceof Outcome.Read(var reading) && listsRoutesTwice(reading)
        ? new Outcome.Unrecognised(TWICE)
        : outcome;
  }

  private static boolean listsRoutesTwice(Reading reading) {
    Set<Object> seen = new HashSet<>();
    for (Reading.Part<?> part : reading.parts()) {
      for (Fact<?> fact : part.entries().facts()) {
        if (fact.value() instanceof Route route
            && route.type() == RouteType.UNICAST
            && (route.destination().isDefault() || route.hasProtocol("kernel"))
            && !seen.add(
                List.of(
                    route.destination(),
                    route.table(),
                    route.metric(),
                    route.attributes(),
                    route.nextHops()))) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether a parser read all of the text. */
  static boolean isWhole(Outcome outcome) {
    return outcome instanceof Outcome.Read(var reading)
        && reading.unread().isEmpty()
        && reading.parts().stream().anyMatch(p -> !p.entries().isEmpty());
  }

  private static Outcome outcome(Answer answer) {
    return switch (answer) {
      case Answer.Told(var reading) -> new Outcome.Read(reading);
      case Answer.Refused(var tables, var words) ->
          new Outcome.Failed(tables, "the file says: " + words);
    };
  }

  private static Outcome empty(OutputParser parser, Source named, String command) {
    Reading tables = parser.parse(named);
    return NEVER_SILENT.contains(command)
        ? new Outcome.Failed(
            tables, "the file is empty, and " + command + " always prints something when it works")
        : new Outcome.Read(tables);
  }

  /** The tables a command would have filled, when its output was not gathered. */
  Optional<Reading> tablesOf(Source source, String command) {
    return forCommand(command)
        .map(p -> Answer.notRun(p, source.byCommand(command), "not gathered"));
  }

  Optional<OutputParser> forContent(Source source) {
    return source.text().isBlank()
        ? Optional.empty()
        : parsers.forText(source.file(), source.text());
  }

  private Outcome byContent(Source source) {
    return forContent(source)
        .<Outcome>map(p -> new Outcome.Read(p.parse(source)))
        .orElseGet(() -> new Outcome.Unrecognised(NOT_RECOGNISED));
  }

  private Optional<OutputParser> forCommand(String command) {
    return parsers.forCommand(ShellCommand.parse(command));
  }

  private static String name(String file) {
    return file.substring(file.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
  }

  private static String sample(String text) {
    return text.length() > SAMPLE ? text.substring(0, SAMPLE) : text;
  }
}
