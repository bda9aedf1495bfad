package io.podpath.probes.parse;

import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.UnreadLine;
import java.util.List;

/** What one text told. */
public record Reading(List<Part<?>> parts, List<UnreadLine> unread) {

  /** More unread lines than these are not kept: a binary file must not fill the memory. */
  public static final int MOST_UNREAD = 200;

  public Reading {
    parts = List.copyOf(parts);
    unread = List.copyOf(unread);
  }

  public static final Reading NOTHING = new Reading(List.of(), List.of());

  /**
   * One table.
   *
   * @param rank how much the tool tells of each row: 10 for the old net-tools, 20 for plain text,
   *     30 for {@code -d} or {@code -j}
   */
  public record Part<T>(Section<T> section, Entries<T> entries, int rank) {
    public void addTo(Facts.Builder facts) {
      facts.add(section, entries, rank);
    }
  }
}
