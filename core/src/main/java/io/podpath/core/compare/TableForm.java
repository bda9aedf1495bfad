package io.podpath.core.compare;

import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Section;
import java.util.List;
import java.util.function.Function;

/**
 * How the entries of a kind of table are taken apart.
 *
 * @param label as shown
 * @param reach what it means when some of it was not read
 * @param groups the tables that belong together under this label; those of one group are one table,
 *     as the two back ends of iptables are
 * @param everywhere whether every machine has such a table, the first of the groups
 */
record TableForm<T>(
    String label,
    Reach reach,
    List<List<Section<T>>> groups,
    boolean everywhere,
    Function<Fact<T>, Row> rows) {

  TableForm(String label, Reach reach, List<List<Section<T>>> groups, Function<Fact<T>, Row> rows) {
    this(label, reach, groups, false, rows);
  }

  /** Where nobody read this table, something was left unread. */
  TableForm<T> onEveryMachine() {
    return new TableForm<>(label, reach, groups, true, rows);
  }

  boolean isEverywhere(List<Section<T>> group) {
    return everywhere && group.equals(groups.getFirst());
  }
}
