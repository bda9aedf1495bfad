package io.podpath.tui.cli;

import java.util.Locale;

/** {@code -o}: how an answer is written. */
enum Form {
  TEXT,
  JSON,
  SARIF,
  JUNIT,
  HTML,
  MD;

  boolean isThere() {
    return switch (this) {
      case TEXT, JSON -> true;
      case SARIF, JUNIT, HTML, MD -> false;
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
