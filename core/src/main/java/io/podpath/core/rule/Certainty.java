package io.podpath.core.rule;

import java.util.Locale;

/** How sure a finding is. */
public enum Certainty {
  /** It fits, but what would decide was not gathered. */
  POSSIBLE,
  /** What was gathered points there, one thing that could speak against it was not gathered. */
  LIKELY,
  /** Follows from entries that were read, by the kernel's or the daemon's documented behaviour. */
  PROVEN;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
