package io.podpath.core.snapshot;

import java.util.List;

/**
 * The states a cluster went through in one input. A bundle has one; a transcript has a new one each
 * time a command that changes or shows something runs again.
 *
 * @param moments in time order, never empty
 */
public record History(List<Moment> moments) {

  public History {
    moments = List.copyOf(moments);
    if (moments.isEmpty()) {
      throw new IllegalArgumentException("a history has at least one moment");
    }
  }

  public static History of(Snapshot snapshot) {
    return new History(List.of(new Moment(snapshot, List.of())));
  }

  /**
   * @param snapshot what was known then
   * @param since commands run since the moment before, which may have changed something
   */
  public record Moment(Snapshot snapshot, List<RunCommand> since) {
    public Moment {
      since = List.copyOf(since);
    }
  }

  /**
   * A command somebody ran that changes state.
   *
   * @param node where; empty when the text does not tell
   */
  public record RunCommand(java.util.Optional<String> node, String command, Provenance from) {}

  public Snapshot latest() {
    return moments.getLast().snapshot();
  }
}
