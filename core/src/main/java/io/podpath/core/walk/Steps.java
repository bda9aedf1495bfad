package io.podpath.core.walk;

import io.podpath.core.snapshot.Provenance;
import io.podpath.core.walk.Step.Kind;
import io.podpath.core.walk.Step.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Steps, the last one first; ways that part share what they have in common. */
sealed interface Steps {

  static Steps none() {
    return new None();
  }

  record None() implements Steps {}

  record More(Decided last, Steps before) implements Steps {}

  /**
   * A step whose entry is not yet text: most ways are never told.
   *
   * @param entry the row itself, which prints as its tool does
   */
  record Decided(
      Netns place,
      Kind kind,
      Optional<String> device,
      Object entry,
      Mark mark,
      Optional<Provenance> source,
      Packet packet,
      Optional<Asked> asked) {

    Step told() {
      return new Step(place, kind, device, entry.toString(), mark, source, packet, asked);
    }
  }

  default List<Step> told() {
    List<Step> told = new ArrayList<>();
    Steps at = this;
    while (at instanceof More(var last, var before)) {
      told.add(last.told());
      at = before;
    }
    return told.reversed();
  }
}
