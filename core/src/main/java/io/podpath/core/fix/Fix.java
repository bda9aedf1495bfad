package io.podpath.core.fix;

import io.podpath.core.snapshot.Snapshot;
import java.util.List;

/**
 * What mends a finding.
 *
 * @param changes in the order to do them; their inverses in reverse order undo them
 * @param owner which daemon owns the entry, and whether it will undo this
 * @param lasting what keeps it mended; empty text when the changes are enough
 */
public record Fix(FixSafety safety, List<Change> changes, String owner, String lasting) {

  public Fix {
    changes = List.copyOf(changes);
  }

  public static Fix advice(String owner, String lasting) {
    return new Fix(FixSafety.ADVICE, List.of(), owner, lasting);
  }

  /** Changes in the order that takes all of them back. */
  public List<Change> undo() {
    return changes.reversed().stream().map(Change::inverse).toList();
  }

  public Snapshot applyTo(Snapshot snapshot) {
    Snapshot result = snapshot;
    for (Change change : changes) {
      result = change.applyTo(result);
    }
    return result;
  }
}
