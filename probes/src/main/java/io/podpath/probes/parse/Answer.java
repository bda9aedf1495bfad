package io.podpath.probes.parse;

import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Source;
import java.util.List;
import java.util.Optional;

/**
 * What running a command brought: its output, or a refusal. A refused command tells nothing of its
 * tables, not even that they are empty.
 */
public sealed interface Answer {

  /** The output, as far as it could be read. */
  record Told(Reading reading) implements Answer {}

  /**
   * No output.
   *
   * @param tables those the command would have filled, not gathered
   * @param words the line that says why
   */
  record Refused(Reading tables, String words) implements Answer {}

  /** Every reader of recorded outputs asks here, so that bundles and transcripts agree. */
  static Answer of(OutputParser parser, Source source) {
    Reading reading = parser.parse(source);
    boolean rows = reading.parts().stream().anyMatch(p -> !p.entries().isEmpty());
    if (rows || source.text().isBlank()) {
      return new Told(reading);
    }
    Optional<String> said = Denial.in(source.text());
    if (said.isPresent()) {
      return new Refused(
          notGathered(List.of(reading, parser.parse(emptied(source))), said.get()), said.get());
    }
    return new Told(reading);
  }

  /** The tables the command would fill, had it been run. */
  static Reading notRun(OutputParser parser, Source source, String why) {
    return notGathered(List.of(parser.parse(emptied(source))), why);
  }

  private static Reading notGathered(List<Reading> readings, String why) {
    List<Reading.Part<?>> parts =
        readings.stream()
            .flatMap(r -> r.parts().stream())
            .map(Reading.Part::section)
            .distinct()
            .<Reading.Part<?>>map(s -> new Reading.Part<>(s, Entries.notGathered(why), 0))
            .toList();
    return new Reading(parts, List.of());
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
}
