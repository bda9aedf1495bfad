package io.podpath.probes.parse;

import io.podpath.core.snapshot.Source;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;

/** All parsers there are, and which of them a text is for. */
public final class Parsers {

  private static final int SURE_ENOUGH = 30;
  private static final int SAMPLE = 64 * 1024;

  private final List<OutputParser> all;

  private Parsers(List<OutputParser> all) {
    this.all = List.copyOf(all);
  }

  public static Parsers load() {
    return new Parsers(
        ServiceLoader.load(OutputParser.class).stream()
            .map(ServiceLoader.Provider::get)
            .sorted(Comparator.comparing(OutputParser::name))
            .toList());
  }

  public List<OutputParser> all() {
    return all;
  }

  /** The parser for a command's output; the first by name where several would read it. */
  public Optional<OutputParser> forCommand(ShellCommand command) {
    return all.stream().filter(p -> p.reads(command)).findFirst();
  }

  /** The parser whose output a text looks like most; empty when it looks like none. */
  public Optional<OutputParser> forText(String path, String text) {
    String name = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    String sample = text.length() > SAMPLE ? text.substring(0, SAMPLE) : text;
    OutputParser best = null;
    int most = SURE_ENOUGH - 1;
    for (OutputParser parser : all) {
      int likeness = parser.likeness(name, sample);
      if (likeness > most) {
        most = likeness;
        best = parser;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Reads a text by its command where one is known and has a parser, else by its looks. */
  public Optional<Reading> read(Source source) {
    Optional<OutputParser> byCommand =
        source.command().map(ShellCommand::parse).flatMap(this::forCommand);
    return byCommand.or(() -> forText(source.file(), source.text())).map(p -> p.parse(source));
  }
}
