package io.podpath.core.compare;

import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.NodeState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** Holds one state against another, table by table, by what the entries mean. */
public final class Comparer {

  private final Yardstick yardstick;

  public Comparer(Yardstick yardstick) {
    this.yardstick = yardstick;
  }

  /** A node with its pods. */
  public Comparison nodes(NodeState actual, NodeState expected) {
    List<TableComparison> tables = new ArrayList<>();
    Effects effects = yardstick.effects();
    for (TableForm<?> form : Forms.OF_NODES) {
      Tally tally = new Tally(yardstick);
      tally.hold(form, "", actual.host(), expected.host());
      tally.fold(d -> effects.makesNone(d, actual.host(), expected.host()));
      tally.result(form.label(), form.reach()).ifPresent(tables::add);
    }
    PodSpaces spaces = new PodSpaces(actual.pods(), expected.pods());
    if (yardstick.twoReadings()) {
      spaces.table().ifPresent(tables::add);
    }
    for (TableForm<?> form : Forms.OF_PODS) {
      Tally tally = new Tally(yardstick);
      SortedMap<String, Facts> pods =
          yardstick.twoReadings() ? spaces.onBothSides() : expected.pods();
      pods.forEach((netns, facts) -> {
        Facts mine = Optional.ofNullable(actual.pods().get(netns)).orElse(Facts.NONE);
        tally.hold(form, netns, mine, facts);
        tally.fold(d -> effects.makesNone(d, mine, facts));
      });
      tally.result("pod " + form.label(), form.reach()).ifPresent(tables::add);
    }
    return new Comparison(actual.name(), finished(tables));
  }

  /** What all nodes share. */
  public Comparison clusters(Facts actual, Facts expected) {
    List<TableComparison> tables = new ArrayList<>();
    for (TableForm<?> form : Forms.OF_CLUSTERS) {
      Tally tally = new Tally(yardstick);
      tally.hold(form, "", actual, expected);
      tally.result(form.label(), form.reach()).ifPresent(tables::add);
    }
    return new Comparison(Comparison.CLUSTER, tables);
  }

  private List<TableComparison> finished(List<TableComparison> tables) {
    return yardstick.consequences() ? tables : Consequences.of(tables).folded();
  }
}
