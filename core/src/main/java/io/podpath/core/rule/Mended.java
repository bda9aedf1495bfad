package io.podpath.core.rule;

import io.podpath.core.snapshot.History.RunCommand;
import java.util.List;

/**
 * That a fault was gone in a later state of the same input.
 *
 * @param by commands run between the state with the fault and the first without; may be empty when
 *     the input shows none
 */
public record Mended(List<RunCommand> by) {
  public Mended {
    by = List.copyOf(by);
  }
}
