package io.podpath.core.snapshot;

import io.podpath.core.net.Gathered;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A table as far as it was gathered, in the order of its tool.
 *
 * @param source the text it was read from, so that also an empty table has a place; empty when it
 *     was put together from several
 */
public record Entries<T>(List<Fact<T>> facts, Coverage coverage, Optional<Source> source) {

  public Entries {
    facts = List.copyOf(facts);
  }

  public Entries(List<Fact<T>> facts, Coverage coverage) {
    this(facts, coverage, Optional.empty());
  }

  /** Where the table begins in the input: what to quote for a row that is missing in it. */
  public Optional<Provenance> place() {
    return source.map(s -> new Provenance(s, s.firstLine())).or(() -> first().map(Fact::from));
  }

  public static <T> Entries<T> notGathered(String reason) {
    return new Entries<>(List.of(), new Coverage.NotGathered(reason));
  }

  public static <T> Entries<T> complete(List<Fact<T>> facts) {
    return new Entries<>(facts, new Coverage.Complete());
  }

  public static <T> Entries<T> partial(List<Fact<T>> facts, String reason) {
    return new Entries<>(facts, new Coverage.Partial(reason));
  }

  public boolean isComplete() {
    return coverage.isComplete();
  }

  public boolean isNotGathered() {
    return coverage instanceof Coverage.NotGathered;
  }

  public boolean isEmpty() {
    return facts.isEmpty();
  }

  public Stream<Fact<T>> stream() {
    return facts.stream();
  }

  public Stream<T> values() {
    return facts.stream().map(Fact::value);
  }

  /** The first entry that fits: known, absent when the whole table was read, else not gathered. */
  public Gathered<Fact<T>> find(Predicate<? super T> wanted) {
    for (Fact<T> fact : facts) {
      if (wanted.test(fact.value())) {
        return Gathered.known(fact);
      }
    }
    return isComplete() ? Gathered.absent() : Gathered.notGathered(coverage.gap());
  }

  /** All entries that fit; ask {@link #isComplete()} before concluding from an empty list. */
  public List<Fact<T>> where(Predicate<? super T> wanted) {
    return facts.stream().filter(f -> wanted.test(f.value())).toList();
  }

  public Optional<Fact<T>> first() {
    return facts.isEmpty() ? Optional.empty() : Optional.of(facts.getFirst());
  }

  /**
   * Joins two readings of one table taken at the same time. Rows are the same when the section's
   * key says so; {@code this} wins or is completed from the other row, as the section says.
   */
  Entries<T> join(Entries<T> other, Section<T> section) {
    if (other.isEmpty()) {
      return new Entries<>(facts, coverage.best(other.coverage), sourceOfBetter(other));
    }
    if (isEmpty()) {
      return new Entries<>(other.facts, coverage.best(other.coverage), sourceOfBetter(other));
    }
    Map<Object, T> theirs = new LinkedHashMap<>();
    for (Fact<T> fact : other.facts) {
      theirs.putIfAbsent(section.key(fact.value()), fact.value());
    }
    List<Fact<T>> rows = new ArrayList<>();
    Set<Object> mine = new HashSet<>();
    for (Fact<T> fact : facts) {
      Object key = section.key(fact.value());
      mine.add(key);
      T match = theirs.get(key);
      rows.add(
          match == null ? fact : new Fact<>(section.complete(fact.value(), match), fact.from()));
    }
    for (Fact<T> fact : other.facts) {
      if (!mine.contains(section.key(fact.value()))) {
        rows.add(fact);
      }
    }
    return new Entries<>(rows, coverage.best(other.coverage), sourceOfBetter(other));
  }

  /** What is missing is missing in the reading that showed the whole table. */
  private Optional<Source> sourceOfBetter(Entries<T> other) {
    boolean theirs = other.isComplete() && !isComplete();
    return theirs ? other.source.or(this::source) : source.or(other::source);
  }

  Entries<T> map(java.util.function.UnaryOperator<List<Fact<T>>> change) {
    return new Entries<>(change.apply(facts), coverage, source);
  }
}
