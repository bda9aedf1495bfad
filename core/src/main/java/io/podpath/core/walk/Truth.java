package io.podpath.core.walk;

/** Whether a condition holds for a packet of which not everything is known. */
public enum Truth {
  NO,
  MAYBE,
  YES;

  public static Truth of(boolean known) {
    return known ? YES : NO;
  }

  public Truth and(Truth other) {
    return compareTo(other) <= 0 ? this : other;
  }

  public Truth negated(boolean negate) {
    if (!negate) {
      return this;
    }
    return switch (this) {
      case NO -> YES;
      case MAYBE -> MAYBE;
      case YES -> NO;
    };
  }
}
