package io.podpath.probes.parse;

import io.podpath.core.snapshot.Coverage;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import io.podpath.core.snapshot.UnreadLine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Collects the rows of one text, and keeps the account of what could not be read. */
public final class ReadingBuilder {

  private final Source source;
  private final Map<Section<?>, Rows<?>> tables = new LinkedHashMap<>();
  private final List<UnreadLine> unread = new ArrayList<>();

  private static final class Rows<T> {
    private final Section<T> section;
    private final List<Fact<T>> facts = new ArrayList<>();
    private int rank;
    private Coverage coverage;

    Rows(Section<T> section, int rank, Coverage coverage) {
      this.section = section;
      this.rank = rank;
      this.coverage = coverage;
    }

    Reading.Part<T> part(Source source) {
      return new Reading.Part<>(section, new Entries<>(facts, coverage, Optional.of(source)), rank);
    }
  }

  public ReadingBuilder(Source source) {
    this.source = source;
  }

  /** States that the text shows this whole table, so that rows it lacks are absent. */
  public <T> ReadingBuilder whole(Section<T> section, int rank) {
    // The reader of a transcript says what was filtered; a command that came with a loose file says
    // it itself.
    Optional<String> filter =
        source
            .filtered()
            .or(() -> source.command().map(ShellCommand::parse).flatMap(ShellCommand::filter));
    open(
        section, rank, filter.<Coverage>map(Coverage.Partial::new).orElse(new Coverage.Complete()));
    return this;
  }

  /** States that the text shows only some of this table. */
  public <T> ReadingBuilder part(Section<T> section, int rank, String reason) {
    open(section, rank, new Coverage.Partial(reason));
    return this;
  }

  private void open(Section<?> section, int rank, Coverage coverage) {
    Rows<?> known = tables.get(section);
    if (known == null) {
      tables.put(section, new Rows<>(section, rank, coverage));
    } else {
      known.rank = Math.max(known.rank, rank);
      known.coverage = known.coverage.isComplete() ? coverage : known.coverage;
    }
  }

  /**
   * Adds a row; a section that was not opened is taken as gathered in part.
   *
   * @param line line of the file, from 1
   */
  @SuppressWarnings("unchecked") // open() ties the type of the rows to that of the section
  public <T> ReadingBuilder add(Section<T> section, T row, int line) {
    if (!tables.containsKey(section)) {
      open(section, 20, new Coverage.Partial("only some lines were given"));
    }
    ((Rows<T>) java.util.Objects.requireNonNull(tables.get(section)))
        .facts.add(new Fact<>(row, new Provenance(source, line)));
    return this;
  }

  /** Reports a line that could not be read; its section is then gathered in part. */
  public ReadingBuilder unread(Section<?> section, int line, String reason) {
    return unread(section, new Tree.Broken(line, reason));
  }

  /** Reports where a text could not be read on; its section is then gathered in part. */
  public ReadingBuilder unread(Section<?> section, Tree.Broken broken) {
    if (unread.size() < Reading.MOST_UNREAD) {
      Provenance from = new Provenance(source, broken.line(), broken.column());
      unread.add(new UnreadLine(section, from, broken.reason()));
    }
    Rows<?> rows = tables.get(section);
    Coverage gap =
        new Coverage.Partial("line " + broken.line() + " could not be read: " + broken.reason());
    if (rows == null) {
      open(section, 0, gap);
    } else if (rows.coverage.isComplete()) {
      rows.coverage = gap;
    }
    return this;
  }

  public boolean has(Section<?> section) {
    return tables.containsKey(section);
  }

  public Reading build() {
    List<Reading.Part<?>> parts = new ArrayList<>();
    for (Rows<?> rows : tables.values()) {
      parts.add(rows.part(source));
    }
    return new Reading(parts, unread);
  }
}
