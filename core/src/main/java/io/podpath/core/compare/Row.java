package io.podpath.core.compare;

import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Provenance;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * An entry of a table, taken apart for comparing.
 *
 * @param key what it is about; two entries with one key are one entry that differs
 * @param fields what it says; what its tool left out is not among them
 * @param text as its tool prints it
 * @param entry the entry itself
 * @param weight of the entry as a whole
 * @param place the pod's network namespace it is of; empty for the node's own
 */
public record Row(
    String key,
    List<Field> fields,
    String text,
    Object entry,
    Provenance from,
    Weight weight,
    String place) {

  /** Of the node's own namespace. */
  Row(String key, List<Field> fields, String text, Object entry, Provenance from, Weight weight) {
    this(key, fields, text, entry, from, weight, "");
  }

  public Row {
    fields = List.copyOf(fields);
  }

  static <T> Row of(Fact<T> fact, String key, Weight weight, List<Field> fields) {
    return new Row(key, fields, fact.value().toString(), fact.value(), fact.from(), weight);
  }

  Optional<Field> field(String name) {
    return fields.stream().filter(f -> f.name().equals(name)).findFirst();
  }

  /** The same entry under the names of another node. */
  Row renamed(UnaryOperator<String> names) {
    return new Row(
        names.apply(key),
        fields.stream()
            .map(f -> new Field(f.name(), names.apply(f.value()), f.weight(), f.lessIsFine()))
            .toList(),
        names.apply(text),
        entry,
        from,
        weight,
        place);
  }

  Row inside(String netns) {
    return new Row(netns + ": " + key, fields, text, entry, from, weight, netns);
  }
}
