package io.podpath.core.compare;

import io.podpath.core.snapshot.Provenance;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** One entry that is not as expected. */
public sealed interface Difference {

  /** What it is about. */
  String key();

  /** Where it was read on the side that was held against the other; empty when it is not there. */
  Optional<Provenance> place();

  /** Where it is expected from; for a blueprint the text there is the reason. */
  Optional<Provenance> expectedFrom();

  /** The entries themselves. */
  default Stream<Row> rows() {
    return switch (this) {
      case Differs(var actual, var expected, var changes) -> Stream.of(actual, expected);
      case Missing(var expected) -> Stream.of(expected);
      case Extra(var actual) -> Stream.of(actual);
    };
  }

  /** One thing that both entries say, each its own way. */
  record Change(String field, String actual, String expected) {}

  record Differs(Row actual, Row expected, List<Change> changes) implements Difference {
    public Differs {
      changes = List.copyOf(changes);
    }

    @Override
    public String key() {
      return expected.key();
    }

    @Override
    public Optional<Provenance> place() {
      return Optional.of(actual.from());
    }

    @Override
    public Optional<Provenance> expectedFrom() {
      return Optional.of(expected.from());
    }
  }

  record Missing(Row expected) implements Difference {
    @Override
    public String key() {
      return expected.key();
    }

    @Override
    public Optional<Provenance> place() {
      return Optional.empty();
    }

    @Override
    public Optional<Provenance> expectedFrom() {
      return Optional.of(expected.from());
    }
  }

  record Extra(Row actual) implements Difference {
    @Override
    public String key() {
      return actual.key();
    }

    @Override
    public Optional<Provenance> place() {
      return Optional.of(actual.from());
    }

    @Override
    public Optional<Provenance> expectedFrom() {
      return Optional.empty();
    }
  }
}
