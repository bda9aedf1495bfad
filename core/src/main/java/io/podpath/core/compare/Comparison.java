package io.podpath.core.compare;

import java.util.List;
import java.util.stream.Stream;

/** One node held against what is expected of it, table by table. */
public record Comparison(String node, List<TableComparison> tables) {

  /** In the place of a node's name, for what all nodes share. */
  public static final String CLUSTER = "the cluster";

  public Comparison {
    tables = List.copyOf(tables);
  }

  public boolean differs() {
    return differences().findAny().isPresent();
  }

  public Stream<Difference> differences() {
    return tables.stream().flatMap(t -> t.differences().stream());
  }

  /** Tables of which at least a part was read. */
  public long tablesRead() {
    return tables.stream().filter(t -> !t.actual().isNotGathered()).count();
  }

  /** Whether nothing differs and all that packets meet was read. */
  public boolean isProvenSame() {
    return tables.stream().allMatch(TableComparison::isProvenSame);
  }
}
