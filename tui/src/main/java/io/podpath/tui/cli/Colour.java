package io.podpath.tui.cli;

import io.podpath.tui.report.Paint;
import java.util.Locale;

/** {@code --color}. */
enum Colour {
  AUTO,
  ALWAYS,
  NEVER;

  /**
   * What the option and the environment want together (no-color.org, bixense.com/clicolors).
   *
   * @param terminal whether the text goes to a terminal
   */
  Paint paint(Surroundings surroundings, boolean terminal) {
    return switch (this) {
      case ALWAYS -> Paint.COLOUR;
      case NEVER -> Paint.PLAIN;
      case AUTO -> auto(surroundings, terminal) ? Paint.COLOUR : Paint.PLAIN;
    };
  }

  private static boolean auto(Surroundings surroundings, boolean terminal) {
    if (surroundings.variable("NO_COLOR").filter(v -> !v.isEmpty()).isPresent()) {
      return false;
    }
    if (surroundings
        .variable("CLICOLOR_FORCE")
        .filter(v -> !v.isEmpty() && !v.equals("0"))
        .isPresent()) {
      return true;
    }
    return terminal
        && surroundings.variable("TERM").filter("dumb"::equals).isEmpty()
        && surroundings.variable("CLICOLOR").filter("0"::equals).isEmpty();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
