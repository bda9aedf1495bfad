package io.podpath.tui.cli;

import java.util.List;
import java.util.Optional;

/**
 * Subcommands that the grammar has and this version has not. They are not listed; whoever types one
 * is told so.
 */
final class LaterCommands {

  private static final List<String> NAMES =
      List.of("fix", "gather", "capture", "report", "tui", "shell", "completion");

  private LaterCommands() {}

  /** What to say to that word; empty when it is no such command. */
  static Optional<String> sentence(String word) {
    return NAMES.contains(word)
        ? Optional.of(
            "this version does not have \""
                + word
                + "\" yet; it has doctor, trace, reach, compare, diff, lab, rules, explain and version")
        : Optional.empty();
  }
}
