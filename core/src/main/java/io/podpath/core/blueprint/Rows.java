package io.podpath.core.blueprint;

import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Collects the rows of a network namespace's tables, each with the reason it is expected. */
final class Rows {

  private final String place;
  private final List<String> reasons = new ArrayList<>();
  private final Map<Section<?>, Table<?>> tables = new LinkedHashMap<>();

  /** Rows of one table, with the line of each row's reason. */
  private record Table<T>(Section<T> section, List<T> rows, List<Integer> lines) {

    Facts into(Facts facts, Source source) {
      List<Fact<T>> known = new ArrayList<>();
      for (int i = 0; i < rows.size(); i++) {
        known.add(new Fact<>(rows.get(i), new Provenance(source, lines.get(i))));
      }
      return facts.with(section, Entries.complete(known));
    }
  }

  Rows(String place) {
    this.place = place;
  }

  <T> void add(Section<T> section, T row, String because) {
    insert(section, size(section), row, because);
  }

  <T> void insert(Section<T> section, int index, T row, String because) {
    reasons.add(because);
    Table<T> table = table(section);
    table.rows().add(index, row);
    table.lines().add(index, reasons.size());
  }

  /** Says that this table is known, also when no row follows. */
  void know(Section<?> section) {
    table(section);
  }

  <T> List<T> rows(Section<T> section) {
    return table(section).rows();
  }

  private int size(Section<?> section) {
    return table(section).rows().size();
  }

  @SuppressWarnings("unchecked") // each section is stored with a table of its own type
  private <T> Table<T> table(Section<T> section) {
    Table<?> found =
        tables.computeIfAbsent(
            section, s -> new Table<>(section, new ArrayList<>(), new ArrayList<>()));
    return (Table<T>) Objects.requireNonNull(found);
  }

  Facts build() {
    Source source = Source.ofFile(place, String.join("\n", reasons) + "\n");
    Facts facts = Facts.NONE;
    for (Table<?> table : tables.values()) {
      facts = table.into(facts, source);
    }
    return facts;
  }
}
