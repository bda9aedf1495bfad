package io.podpath.probes.parse;

import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.List;

/** What a parser makes of a text, for tests. */
record Told(Reading reading) {

  static Told by(OutputParser parser, String command, String text) {
    return new Told(parser.parse(Source.ofFile("paste.txt", text).byCommand(command)));
  }

  static Told byFile(OutputParser parser, String file, String text) {
    return new Told(parser.parse(Source.ofFile(file, text)));
  }

  <T> Entries<T> table(Section<T> section) {
    Facts.Builder facts = new Facts.Builder();
    reading.parts().forEach(p -> p.addTo(facts));
    return facts.build().get(section);
  }

  <T> List<T> rows(Section<T> section) {
    return table(section).values().toList();
  }

  <T> T only(Section<T> section) {
    List<T> rows = rows(section);
    if (rows.size() != 1) {
      throw new AssertionError("not one row but " + rows + ", unread " + reading.unread());
    }
    return rows.getFirst();
  }

  int unread() {
    return reading.unread().size();
  }
}
