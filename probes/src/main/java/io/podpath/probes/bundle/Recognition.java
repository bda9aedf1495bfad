package io.podpath.probes.bundle;

import io.podpath.core.snapshot.Source;
import io.podpath.probes.parse.OutputParser;
import io.podpath.probes.parse.Parsers;
import io.podpath.probes.parse.Reading;
import io.podpath.probes.parse.ShellCommand;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the parser of a text: by the command the bundle records, by the command its name stands
 * for, or by its content.
 */
final class Recognition {

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

    /** No parser is for it. */
    record Unrecognised() implements Outcome {}
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
        return new Outcome.Read(parser.get().parse(stated));
      }
      return byContent(stated);
    }
    Optional<OutputParser> parser = guessed.flatMap(this::forCommand);
    if (parser.isPresent()) {
      Source named = source.byCommand(guessed.get());
      if (blank) {
        return empty(parser.get(), named, guessed.get());
      }
      Optional<String> refusal = refusal(source.text());
      if (refusal.isPresent()) {
        return new Outcome.Failed(parser.get().parse(emptied(named)), refusal.get());
      }
      if (parser.get().likeness(name(source.file()), sample(source.text())) > 0) {
        return new Outcome.Read(parser.get().parse(named));
      }
    }
    return byContent(source);
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
    return forCommand(command).map(p -> p.parse(emptied(source.byCommand(command))));
  }

  Optional<OutputParser> forContent(Source source) {
    return source.text().isBlank()
        ? Optional.empty()
        : parsers.forText(source.file(), source.text());
  }

  private Outcome byContent(Source source) {
    return forContent(source)
        .<Outcome>map(p -> new Outcome.Read(p.parse(source)))
        .orElseGet(Outcome.Unrecognised::new);
  }

  private Optional<OutputParser> forCommand(String command) {
    return parsers.forCommand(ShellCommand.parse(command));
  }

  private static Source emptied(Source source) {
    return new Source(
        source.file(),
        source.firstLine(),
        source.node(),
        source.netns(),
        source.command(),
        "",
        source.filtered());
  }

  private static final List<String> REFUSALS =
      List.of(
          "command not found",
          "permission denied",
          "operation not permitted",
          "no such file or directory",
          "not recognized as an internal",
          "you must be root",
          "cannot open netlink socket");

  /** What a shell or a tool says instead of its output. */
  private static Optional<String> refusal(String text) {
    if (text.length() > 2000) {
      return Optional.empty();
    }
    List<String> lines = text.lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
    boolean all =
        lines.size() <= 3
            && lines.stream()
                .anyMatch(
                    l -> REFUSALS.stream().anyMatch(r -> l.toLowerCase(Locale.ROOT).contains(r)));
    return all ? Optional.of("the file says: " + lines.getFirst()) : Optional.empty();
  }

  private static String name(String file) {
    return file.substring(file.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
  }

  private static String sample(String text) {
    return text.length() > SAMPLE ? text.substring(0, SAMPLE) : text;
  }
}
