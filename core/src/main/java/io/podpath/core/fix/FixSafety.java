package io.podpath.core.fix;

/** How a fix may be used. */
public enum FixSafety {
  /** May be applied as it stands. */
  SAFE("safe", "safe to apply"),
  /** Cuts something while it is applied; the fix says what. */
  DISRUPTIVE("disruptive", "disruptive"),
  /** Has a placeholder that only a person can fill. */
  CHOICE("choice", "needs your choice"),
  /** Words for a person; nothing podpath would run. */
  ADVICE("advice", "advice only");

  private final String jsonName;
  private final String label;

  FixSafety(String jsonName, String label) {
    this.jsonName = jsonName;
    this.label = label;
  }

  public String jsonName() {
    return jsonName;
  }

  public String label() {
    return label;
  }
}
