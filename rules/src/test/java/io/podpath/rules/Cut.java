package io.podpath.rules;

import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.Section;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Takes one table, or every second row of it, out of what was gathered.
 *
 * @param keepsHalf whether half of the rows stay, and the table says that it is a part
 */
record Cut<T>(Section<T> section, boolean keepsHalf) {

  Facts of(Facts facts) {
    Entries<T> entries = facts.get(section);
    if (entries.isNotGathered()) {
      return facts;
    }
    List<Fact<T>> half =
        IntStream.range(0, entries.facts().size())
            .filter(i -> i % 2 == 0)
            .mapToObj(entries.facts()::get)
            .toList();
    return facts.with(
        section,
        keepsHalf
            ? Entries.partial(half, "cut for a test")
            : Entries.notGathered("cut for a test"));
  }
}
