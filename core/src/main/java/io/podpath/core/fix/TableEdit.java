package io.podpath.core.fix;

import io.podpath.core.node.Route;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** What a change does to the rows of one table of a snapshot. */
final class TableEdit {

  private TableEdit() {}

  /** The table a route stands in. */
  static Section<Route> section(Route route) {
    return Section.routes(route.family(), Section.RouteScope.of(route.table()));
  }

  static <T> Snapshot rows(
      Snapshot snapshot, String node, Section<T> section, UnaryOperator<List<Fact<T>>> rows) {
    return snapshot.changingHost(node, facts -> facts.changing(section, rows));
  }

  static <T> List<Fact<T>> added(List<Fact<T>> list, T row, Change change) {
    List<Fact<T>> all = new ArrayList<>(list);
    if (list.stream().noneMatch(f -> f.value().equals(row))) {
      all.add(new Fact<>(row, made(change)));
    }
    return all;
  }

  static <T> List<Fact<T>> without(List<Fact<T>> list, Predicate<T> gone) {
    return list.stream().filter(f -> !gone.test(f.value())).toList();
  }

  /** The row in the place of those that go; at the end where there were none. */
  static <T> List<Fact<T>> replaced(List<Fact<T>> list, Predicate<T> old, T row, Change change) {
    List<Fact<T>> all = new ArrayList<>();
    boolean done = false;
    for (Fact<T> fact : list) {
      boolean same = fact.value().equals(row);
      if (old.test(fact.value()) || same) {
        if (!done) {
          all.add(same ? fact : new Fact<>(row, made(change)));
        }
        done = true;
      } else {
        all.add(fact);
      }
    }
    if (!done) {
      all.add(new Fact<>(row, made(change)));
    }
    return all;
  }

  /** A changed row was not read anywhere: it comes from the change. */
  static Provenance made(Change change) {
    return new Provenance(
        new Source(
            "(predicted)",
            1,
            Optional.of(change.node()),
            Source.HOST,
            Optional.of(change.command()),
            change.command(),
            Optional.empty()),
        1);
  }
}
