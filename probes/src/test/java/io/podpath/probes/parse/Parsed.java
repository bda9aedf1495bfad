package io.podpath.probes.parse;

import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import io.podpath.core.snapshot.UnreadLine;
import java.util.List;

/** What a parser made of a text, ready for assertions. */
record Parsed(Facts facts, List<UnreadLine> unread, int rank) {

  static Parsed of(Reading reading) {
    Facts.Builder facts = new Facts.Builder();
    reading.parts().forEach(p -> p.addTo(facts));
    return new Parsed(
        facts.build(),
        reading.unread(),
        reading.parts().isEmpty() ? 0 : reading.parts().getFirst().rank());
  }

  static Parsed by(OutputParser parser, String command, String text) {
    return of(parser.parse(Source.ofFile("paste.txt", text).byCommand(command)));
  }

  static Parsed ofFile(OutputParser parser, String file, String text) {
    return of(parser.parse(Source.ofFile(file, text)));
  }

  <T> List<T> rows(Section<T> section) {
    return facts.get(section).values().toList();
  }

  <T> List<String> printed(Section<T> section) {
    return facts.get(section).values().map(Object::toString).toList();
  }

  boolean isWhole(Section<?> section) {
    return facts.get(section).isComplete();
  }
}
