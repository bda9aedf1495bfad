package io.podpath.core.rule;

import java.util.Locale;

/** How bad a finding is; later is worse. */
public enum Severity {
  INFO,
  WARNING,
  ERROR;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
