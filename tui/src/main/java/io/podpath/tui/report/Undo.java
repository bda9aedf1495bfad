package io.podpath.tui.report;

import io.podpath.core.fix.Change;
import java.util.Optional;

/** What takes a change back, where that is known. */
final class Undo {

  private Undo() {}

  static Optional<String> of(Change change) {
    boolean known =
        switch (change) {
          case Change.SetSysctl(_, _, var from, _) -> from.isPresent();
          case Change.SetOvsOption(_, _, _, var from, _) -> from.isPresent();
          case Change.Instruction(_, _, var undo) -> !undo.isBlank();
          case Change.AddRoute _,
              Change.DeleteRoute _,
              Change.ReplaceRoute _,
              Change.ReplaceFdb _,
              Change.ReplaceNeighbour _,
              Change.AddAddress _,
              Change.DeleteAddress _,
              Change.AddChainRule _,
              Change.DeleteChainRule _ ->
              true;
        };
    return known ? Optional.of(change.inverse().command()) : Optional.empty();
  }
}
