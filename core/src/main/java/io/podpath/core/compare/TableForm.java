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
 */
record TableForm<T>(
    String label, Reach reach, List<List<Section<T>>> groups, Function<Fact<T>, Row> rows) {}
