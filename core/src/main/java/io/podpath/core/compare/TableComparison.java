package io.podpath.core.compare;

import io.podpath.core.net.Gathered;
import java.util.List;
import java.util.Optional;

/**
 * One table held against another.
 *
 * @param table the word its tool uses: route, neigh, fdb, link …
 * @param met whether packets meet these entries; what only a daemon reads is no proof of anything
 * @param actual how many entries that count were read; not gathered when the table was not
 * @param expected how many entries that count are expected
 * @param same how many entries are on both sides and say the same
 * @param folded entries on one side only that make no difference of their own
 * @param gap why entries may be missing in what was read; they are not called missing then
 */
public record TableComparison(
    String table,
    boolean met,
    Gathered<Integer> actual,
    int expected,
    int same,
    List<Difference> differences,
    int folded,
    Optional<String> gap) {

  public TableComparison {
    differences = List.copyOf(differences);
  }

  public long count(Class<? extends Difference> kind) {
    return differences.stream().filter(kind::isInstance).count();
  }

  /** Whether nothing differs and nothing that decides was left unread. */
  public boolean isProvenSame() {
    return differences.isEmpty() && (!met || !actual.isNotGathered() && gap.isEmpty());
  }

  /** With only these left; the others make no difference of their own. */
  TableComparison keeping(List<Difference> kept) {
    int less = differences.size() - kept.size();
    return new TableComparison(table, met, actual, expected, same, kept, folded + less, gap);
  }
}
