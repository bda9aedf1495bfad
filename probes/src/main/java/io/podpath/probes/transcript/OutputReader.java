package io.podpath.probes.transcript;

import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Source;
import io.podpath.probes.parse.Answer;
import io.podpath.probes.parse.OutputParser;
import io.podpath.probes.parse.Parsers;
import io.podpath.probes.parse.Reading;
import io.podpath.probes.parse.ShellCommand;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads one command's output out of a transcript. */
final class OutputReader {

  private static final Set<String> VIEWERS =
      Set.of("cat", "vi", "vim", "nano", "less", "more", "head", "tail", "bat");

  /** What counts only as the kernel tells it. */
  private static final Set<String> LIVE_ONLY = Set.of("sysctl", "iptables-save");

  private final Source transcript;
  private final Parsers parsers;
  private final Whereabouts whereabouts;

  OutputReader(Source transcript, Parsers parsers, Whereabouts whereabouts) {
    this.transcript = transcript;
    this.parsers = parsers;
    this.whereabouts = whereabouts;
  }

  /** Whether the command shows a file. */
  static boolean isViewer(ShellCommand command) {
    return VIEWERS.contains(command.program());
  }

  record Parsed(OutputParser parser, Answer answer) {

    /** Nothing when the command was refused. */
    Reading reading() {
      return switch (answer) {
        case Answer.Told(var reading) -> reading;
        case Answer.Refused(var tables, var words) -> Reading.NOTHING;
      };
    }
  }

  /**
   * @param gap why the output may lack lines beside what the command itself picks
   */
  Optional<Parsed> read(
      Scene scene, ShellCommand command, String output, int line, Optional<String> gap) {
    return parser(command, output)
        .map(p -> new Parsed(p, read(p, source(scene, command, output, line, gap))));
  }

  private Optional<OutputParser> parser(ShellCommand command, String output) {
    Optional<OutputParser> parser = parsers.forCommand(command);
    boolean tellsByContent =
        isViewer(command) || Set.of("kubectl", "journalctl", "grep").contains(command.program());
    if (parser.isEmpty() && tellsByContent) {
      String name = command.operands().isEmpty() ? "" : command.operands().getLast();
      // a file may hold settings or rules of another time, or that nobody ever loaded
      return parsers
          .forText(name, output)
          .filter(p -> !isViewer(command) || !LIVE_ONLY.contains(p.name()));
    }
    return parser;
  }

  /** As the commands of a scene would read a text, by their own parsers only. */
  JointOutput.CommandReader in(Scene scene) {
    return new JointOutput.CommandReader() {
      @Override
      public Optional<Reading> read(ShellCommand command, String text, int line) {
        return parsers
            .forCommand(command)
            .map(p -> p.parse(source(scene, command, text, line, Optional.empty())));
      }

      @Override
      public int likeness(ShellCommand command, String text) {
        return parsers.forCommand(command).map(p -> p.likeness("", text)).orElse(0);
      }
    };
  }

  private Source source(
      Scene scene, ShellCommand command, String output, int line, Optional<String> gap) {
    Source base = at(line, output).byCommand(command.text());
    Source placed =
        whereabouts.of(scene, command).map(s -> base.onNode(s.node(), s.netns())).orElse(base);
    return command.filter().or(() -> gap).map(placed::filteredBy).orElse(placed);
  }

  /** A piece of the transcript that nobody is known to have asked for. */
  Source at(int line, String text) {
    return new Source(
        transcript.file(),
        line,
        Optional.empty(),
        Source.HOST,
        Optional.empty(),
        text,
        Optional.empty());
  }

  /**
   * Prose that follows an output without any mark is cut off: unread lines behind a blank line with
   * nothing readable after them.
   */
  static Answer read(OutputParser parser, Source text) {
    Answer answer = Answer.of(parser, text);
    if (!(answer instanceof Answer.Told(var reading)) || reading.unread().isEmpty()) {
      return answer;
    }
    int firstUnread = reading.unread().getFirst().from().line();
    int lastRead = 0;
    for (Reading.Part<?> part : reading.parts()) {
      for (Fact<?> fact : part.entries().facts()) {
        lastRead = Math.max(lastRead, fact.from().line());
      }
    }
    List<String> lines = text.text().lines().toList();
    int cut = firstUnread - text.firstLine();
    boolean blankBefore = cut > 0 && cut <= lines.size() && lines.get(cut - 1).isBlank();
    if (lastRead >= firstUnread || !blankBefore) {
      return answer;
    }
    String head = String.join("\n", lines.subList(0, cut)) + "\n";
    return Answer.of(
        parser,
        new Source(
            text.file(),
            text.firstLine(),
            text.node(),
            text.netns(),
            text.command(),
            head,
            text.filtered()));
  }
}
