package io.podpath.core.compare;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** One entry that is not as expected. */
public sealed interface Difference {

  /** What it is about. */
  default String key() {
    return wanted().or(this::held).orElseThrow().key();
  }

  /** The entry as it was read; empty when it is not there. */
  default Optional<Row> held() {
    return switch (this) {
      case Differs(var actual, var expected, var changes) -> Optional.of(actual);
      case Missing(var expected) -> Optional.empty();
      case Extra(var actual) -> Optional.of(actual);
    };
  }

  /** The entry as it is expected; empty when none is. */
  default Optional<Row> wanted() {
    return switch (this) {
      case Differs(var actual, var expected, var changes) -> Optional.of(expected);
      case Missing(var expected) -> Optional.of(expected);
      case Extra(var actual) -> Optional.empty();
    };
  }

  /** The entries themselves. */
  default Stream<Row> rows() {
    return Stream.concat(held().stream(), wanted().stream());
  }

  /** One thing that both entries say, each its own way. */
  record Change(String field, String actual, String expected) {}

  record Differs(Row actual, Row expected, List<Change> changes) implements Difference {
    public Differs {
      changes = List.copyOf(changes);
    }
  }

  record Missing(Row expected) implements Difference {}

  record Extra(Row actual) implements Difference {}
}
