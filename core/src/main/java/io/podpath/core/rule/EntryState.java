package io.podpath.core.rule;

import java.util.Locale;

/** What is the matter with a culprit. */
public enum EntryState {
  WRONG,
  MISSING,
  EXTRA;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
