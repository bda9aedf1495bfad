package io.podpath.core.compare;

import io.podpath.core.net.Gathered;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.snapshot.Coverage;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.Section;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Counts one kind of table while its parts are held against each other. */
final class Tally {

  private final Yardstick yardstick;
  private final List<Difference> differences = new ArrayList<>();
  private int actual;
  private int expected;
  private int same;
  private int folded;
  private int judged;
  private boolean wanted;
  private boolean read;
  private Optional<String> gap = Optional.empty();

  Tally(Yardstick yardstick) {
    this.yardstick = yardstick;
  }

  /**
   * @param place the pod's network namespace; empty for the node's own
   */
  <T> void hold(TableForm<T> form, String place, Facts mine, Facts theirs) {
    for (List<Section<T>> group : form.groups()) {
      Coverage want = coverage(theirs, group);
      Coverage have = coverage(mine, group);
      if (want instanceof Coverage.NotGathered(var reason)) {
        // a blueprint leaves out what it does not care about; of two states both should be there
        boolean hasIt = !(have instanceof Coverage.NotGathered);
        if (yardstick.twoReadings() && (hasIt || form.isEverywhere(group))) {
          wanted = true;
          gap = gap.or(() -> Optional.of(hasIt ? "nothing to hold it against: " + reason : reason));
        }
        continue;
      }
      List<Row> others =
          rows(form, group, theirs, place).stream().map(r -> r.renamed(yardstick.names())).toList();
      if (have instanceof Coverage.NotGathered(var reason)) {
        if (!others.isEmpty() || yardstick.twoReadings()) {
          wanted = true;
          expected += others.size();
          gap = gap.or(() -> Optional.of(reason));
        }
        continue;
      }
      wanted = true;
      read = true;
      boolean all =
          rows(rows(form, group, mine, place), others, have.isComplete(), want.isComplete());
      if (!all || form.reach() == Reach.OPEN) {
        gap = gap.or(() -> Optional.of(have.gap()).filter(g -> !g.isEmpty()));
        gap = gap.or(() -> Optional.of(want.gap()).filter(g -> !g.isEmpty()));
      }
    }
  }

  /**
   * Mostly only one of several places is used and gathered, and then how much of that one was read
   * counts. Where none holds anything, what is expected may be in any that was not read.
   */
  private static <T> Coverage coverage(Facts facts, List<Section<T>> group) {
    List<Entries<T>> all = group.stream().map(facts::get).toList();
    List<Entries<T>> used = all.stream().filter(e -> !e.isEmpty()).toList();
    return (used.isEmpty() ? all : used)
        .stream().map(Entries::coverage).reduce(Coverage::worse).orElseThrow();
  }

  private <T> List<Row> rows(TableForm<T> form, List<Section<T>> group, Facts facts, String place) {
    return group.stream()
        .flatMap(s -> facts.get(s).stream())
        .map(form.rows())
        .filter(r -> yardstick.weights().contains(r.weight()))
        .map(r -> place.isEmpty() ? r : r.inside(place))
        .toList();
  }

  /**
   * Whether all that is expected was found, in whatever state, and between two readings all that
   * was found is expected.
   */
  private boolean rows(List<Row> mine, List<Row> theirs, boolean allMine, boolean allTheirs) {
    Map<String, List<Integer>> waiting = new HashMap<>();
    for (int i = 0; i < theirs.size(); i++) {
      waiting.computeIfAbsent(theirs.get(i).key(), k -> new ArrayList<>()).add(i);
    }
    actual += mine.size();
    expected += theirs.size();
    List<ChainOrder.Pair> pairs = new ArrayList<>();
    // entries that say the same find each other first: the rest is what differs
    List<Row> rest = new ArrayList<>();
    boolean unheld = false;
    for (Row row : mine) {
      Optional<Integer> other =
          waiting.getOrDefault(row.key(), List.of()).stream()
              .filter(i -> changes(row, theirs.get(i)).isEmpty())
              .findFirst();
      if (other.isPresent()) {
        take(waiting, row, other.get());
        unread(row, theirs.get(other.get()));
        same++;
        pairs.add(new ChainOrder.Pair(row, theirs.get(other.get()), other.get()));
      } else {
        rest.add(row);
      }
    }
    for (Row row : rest) {
      Optional<Integer> other = waiting.getOrDefault(row.key(), List.of()).stream().findFirst();
      if (other.isPresent()) {
        take(waiting, row, other.get());
        Row there = theirs.get(other.get());
        unread(row, there);
        differences.add(new Difference.Differs(row, there, changes(row, there)));
      } else if (allTheirs && yardstick.extras().test(row)) {
        differences.add(new Difference.Extra(row));
      } else {
        folded++;
        unheld |= !allTheirs && yardstick.twoReadings();
      }
    }
    List<Difference> moved = ChainOrder.moved(pairs);
    same -= moved.size();
    differences.addAll(moved);
    Set<String> there = mine.stream().map(Row::key).collect(Collectors.toSet());
    List<Integer> left =
        waiting.values().stream()
            .flatMap(List::stream)
            .filter(i -> !isClaimedTwice(theirs.get(i), there))
            .sorted()
            .toList();
    if (allMine) {
      left.forEach(i -> differences.add(new Difference.Missing(theirs.get(i))));
    } else {
      folded += left.size();
    }
    return left.isEmpty() && !unheld;
  }

  /**
   * Of a blueprint's two entries about one thing a kernel holds only one, as the routes for a pod
   * subnet that two nodes claim; whichever it is, the other is not missing. Chains hold all rules.
   */
  private boolean isClaimedTwice(Row row, Set<String> there) {
    return !yardstick.exactly() && !(row.entry() instanceof ChainRule) && there.contains(row.key());
  }

  private static void take(Map<String, List<Integer>> waiting, Row row, Integer index) {
    Objects.requireNonNull(waiting.get(row.key())).removeIf(index::equals);
  }

  /** What only one side says of an entry was not read of the other, and may differ. */
  private void unread(Row row, Row other) {
    Stream<String> mine = yardstick.twoReadings() ? missing(other, row) : Stream.empty();
    Stream.concat(missing(row, other), mine)
        .findFirst()
        .ifPresent(
            field -> gap = gap.or(() -> Optional.of(row.key() + ": " + field + " not read")));
  }

  private Stream<String> missing(Row row, Row other) {
    return other.fields().stream()
        .filter(f -> f.weight() == Weight.MEANING && row.field(f.name()).isEmpty())
        .map(Field::name);
  }

  /** What both say, each its own way; what a tool left out on one side is not known to differ. */
  private List<Difference.Change> changes(Row row, Row other) {
    List<Difference.Change> changes = new ArrayList<>();
    for (Field theirs : other.fields()) {
      if (yardstick.weights().contains(theirs.weight())) {
        row.field(theirs.name())
            .filter(f -> !f.fits(theirs, yardstick.exactly()))
            .ifPresent(
                f -> changes.add(new Difference.Change(f.name(), f.value(), theirs.value())));
      }
    }
    return changes;
  }

  /** Leaves out, of what was held last, differences that make none. */
  void fold(Predicate<Difference> without) {
    List<Difference> last = differences.subList(judged, differences.size());
    int before = last.size();
    last.removeIf(without);
    folded += before - last.size();
    judged = differences.size();
  }

  /** Empty when neither side has such a table. */
  Optional<TableComparison> result(String label, Reach reach) {
    if (!wanted) {
      return Optional.empty();
    }
    Gathered<Integer> count =
        read ? Gathered.known(actual) : Gathered.notGathered(gap.orElse("not recorded"));
    return Optional.of(
        new TableComparison(
            label,
            reach != Reach.TOLD || yardstick.twoReadings(),
            count,
            expected,
            same,
            differences,
            folded,
            gap));
  }
}
