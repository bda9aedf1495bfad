package io.podpath.probes.transcript;

import io.podpath.core.fix.Change;
import io.podpath.core.snapshot.Coverage;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.History;
import io.podpath.core.snapshot.History.Moment;
import io.podpath.core.snapshot.History.RunCommand;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.core.snapshot.SnapshotBuilder;
import io.podpath.probes.parse.Reading;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Turns what a transcript showed and changed, in the order of its text, into the states the cluster
 * went through.
 *
 * <p>At any time a table is what was last shown of it; before it was first shown it is taken to
 * have been the same. What a command changed counts until the table is shown again. Logs only grow;
 * an object that was applied does not count before.
 */
final class Timeline {

  /** More states than this are not told apart. */
  private static final int MOST_MOMENTS = 64;

  /**
   * Something shown.
   *
   * @param what tells readings of the same thing apart from others: the command, or the parser for
   *     a whole output
   * @param grep words every row must have had, when the output was piped into a plain grep
   * @param kind how it behaves over time
   */
  record Shown(
      int time,
      String node,
      boolean named,
      String netns,
      String what,
      Reading reading,
      Optional<String> grep,
      Kind kind) {

    /**
     * A node's addresses and subnet hardly change: a fuller table shown later completes an earlier
     * one.
     */
    boolean showsOnlyNodes() {
      return reading.parts().stream()
          .allMatch(p ->
              p.section().equals(Section.NODES) || p.section().equals(Section.NODE_ANNOTATIONS));
    }

    String key() {
      return node + "\n" + netns + "\n" + what;
    }
  }

  enum Kind {
    /** A table: valid until shown again, and before it was first shown. */
    TABLE,
    /** A log: adds to what was there. */
    LOG,
    /** An object somebody applied: valid from then on. */
    APPLIED
  }

  record Changed(int time, List<Change> changes) {}

  record Ran(int time, RunCommand command) {}

  private final List<Shown> shown = new ArrayList<>();
  private final List<Changed> changed = new ArrayList<>();
  private final List<Ran> ran = new ArrayList<>();
  private final Map<String, Boolean> nodes = new LinkedHashMap<>();

  void show(Shown what) {
    shown.add(what);
  }

  void change(int time, List<Change> changes) {
    if (!changes.isEmpty()) {
      changed.add(new Changed(time, changes));
    }
  }

  void ran(int time, RunCommand command) {
    ran.add(new Ran(time, command));
  }

  void node(String name, boolean named) {
    nodes.putIfAbsent(name, named);
  }

  History history() {
    List<Integer> times = new ArrayList<>(breaks());
    List<Moment> moments = new ArrayList<>();
    int previous = Integer.MIN_VALUE;
    int first = times.isEmpty() ? Integer.MAX_VALUE : times.getFirst() - 1;
    moments.add(new Moment(at(first), since(previous, first)));
    previous = first;
    for (int time : times) {
      moments.add(new Moment(at(time), since(previous, time)));
      previous = time;
    }
    if (previous != Integer.MAX_VALUE) {
      moments.add(new Moment(at(Integer.MAX_VALUE), since(previous, Integer.MAX_VALUE)));
    }
    return new History(moments);
  }

  /** Times at which something is known to be another than before. */
  private Set<Integer> breaks() {
    TreeSet<Integer> times = new TreeSet<>();
    Set<String> seen = new HashSet<>();
    for (Shown s : shown.stream().sorted(Comparator.comparingInt(Shown::time)).toList()) {
      boolean again = !seen.add(s.key());
      boolean moreLog = s.kind() == Kind.LOG && !seen.add("log of " + s.node());
      if (again || moreLog || s.kind() == Kind.APPLIED) {
        times.add(s.time());
      }
    }
    changed.forEach(c -> times.add(c.time()));
    while (times.size() > MOST_MOMENTS) {
      times.pollFirst();
    }
    return times;
  }

  private List<RunCommand> since(int after, int upTo) {
    return ran.stream()
        .filter(r -> r.time() > after && r.time() <= upTo)
        .map(Ran::command)
        .toList();
  }

  private Snapshot at(int time) {
    List<Shown> valid = validAt(time);
    SnapshotBuilder builder = new SnapshotBuilder();
    nodes.forEach(builder::node);
    Map<String, Section<?>> wholeAlready = new HashMap<>();
    for (Shown s : valid) {
      for (Reading.Part<?> part : s.reading().parts()) {
        add(builder, s, part, valid, wholeAlready);
      }
      builder.unread(s.reading().unread());
    }
    Snapshot snapshot = builder.build();
    for (Changed c : changed) {
      if (c.time() <= time) {
        for (Change change : c.changes()) {
          snapshot = shownSince(change, c.time(), valid) ? snapshot : change.applyTo(snapshot);
        }
      }
    }
    return snapshot;
  }

  /** Newest first; what will be shown only later stands last. */
  private List<Shown> validAt(int time) {
    Map<String, Shown> byKey = new LinkedHashMap<>();
    List<Shown> logs = new ArrayList<>();
    List<Shown> later = new ArrayList<>();
    for (Shown s : shown) {
      switch (s.kind()) {
        case LOG -> {
          if (s.time() <= time) {
            logs.add(s);
          }
        }
        case APPLIED -> {
          if (s.time() <= time) {
            byKey.put(s.key(), s);
          }
        }
        case TABLE -> {
          Shown known = byKey.get(s.key());
          if (known == null || s.time() <= time) {
            byKey.put(s.key(), s);
          } else if (s.showsOnlyNodes()) {
            later.add(s);
          }
        }
      }
    }
    List<Shown> valid = new ArrayList<>(byKey.values());
    valid.addAll(later);
    valid.sort(
        Comparator.comparing((Shown s) -> s.time() > time)
            .thenComparingInt(s -> s.time() > time ? s.time() : -s.time()));
    valid.addAll(logs);
    return valid;
  }

  private static <T> void add(
      SnapshotBuilder builder,
      Shown s,
      Reading.Part<T> part,
      List<Shown> valid,
      Map<String, Section<?>> wholeAlready) {
    String place = s.node() + "\n" + s.netns() + "\n" + part.section().name();
    boolean cluster = part.section().scope() == Section.Scope.CLUSTER;
    Entries<T> entries = part.entries();
    if (s.kind() != Kind.LOG && !cluster) {
      if (wholeAlready.containsKey(place) && !part.section().equals(Section.LINKS)) {
        return;
      }
      if (entries.isComplete()) {
        wholeAlready.put(place, part.section());
      }
      entries = withoutGreppedAway(s, part, valid);
    }
    // all at one rank: within one text the newer showing wins, whatever tool showed it
    builder.add(s.node(), s.named(), s.netns(), part.section(), entries, 20);
  }

  /**
   * A newer {@code … | grep word} shows every row with that word: an older row with it that is not
   * shown any more is gone.
   */
  private static <T> Entries<T> withoutGreppedAway(
      Shown older, Reading.Part<T> part, List<Shown> valid) {
    List<Fact<T>> rows = part.entries().facts();
    for (Shown newer : valid) {
      boolean greps =
          newer.time() > older.time()
              && newer.grep().isPresent()
              && newer.node().equals(older.node())
              && newer.netns().equals(older.netns())
              && newer.reading().parts().stream().anyMatch(p -> p.section().equals(part.section()));
      if (greps) {
        String word = newer.grep().get();
        rows = rows.stream().filter(f -> !f.from().raw().contains(word)).toList();
      }
    }
    Coverage coverage = part.entries().coverage();
    return rows.size() == part.entries().facts().size()
        ? part.entries()
        : new Entries<>(rows, coverage);
  }

  /**
   * Whether the table a change touches was shown after the change, so that it stands in what was
   * shown.
   */
  private static boolean shownSince(Change change, int time, List<Shown> valid) {
    Set<String> sections = touched(change);
    return valid.stream()
        .anyMatch(s ->
            s.time() > time
                && s.node().equals(change.node())
                && s.reading().parts().stream()
                    .anyMatch(p -> sections.contains(p.section().name())));
  }

  private static Set<String> touched(Change change) {
    return switch (change) {
      case Change.AddRoute(var node, var route) -> Set.of(routes(route));
      case Change.DeleteRoute(var node, var route) -> Set.of(routes(route));
      case Change.AddSecondRoute c -> Set.of(routes(c.route()));
      case Change.DeleteSecondRoute c -> Set.of(routes(c.route()));
      case Change.ReplaceRoute(var node, var from, var to) -> Set.of(routes(from));
      case Change.ReplaceFdb c -> Set.of(Section.FDB.name());
      case Change.ReplaceNeighbour c -> Set.of(Section.NEIGHBOURS.name());
      case Change.AddAddress c -> Set.of(Section.ADDRESSES.name());
      case Change.DeleteAddress c -> Set.of(Section.ADDRESSES.name());
      case Change.SetSysctl c -> Set.of(Section.SYSCTLS.name());
      case Change.AddChainRule c -> Set.of(Section.chainRules(c.family(), c.backend()).name());
      case Change.DeleteChainRule c -> Set.of(Section.chainRules(c.family(), c.backend()).name());
      case Change.SetChainPolicy c -> Set.of(Section.chains(c.family(), c.backend()).name());
      case Change.SetOvsOption c -> Set.of(Section.OVS_PORTS.name());
      case Change.Instruction c -> Set.of();
    };
  }

  private static String routes(io.podpath.core.node.Route route) {
    return Section.routes(route.family(), Section.RouteScope.of(route.table())).name();
  }
}
