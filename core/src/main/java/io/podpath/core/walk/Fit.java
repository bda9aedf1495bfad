package io.podpath.core.walk;

/** Whether a rule is for a packet. */
enum Fit {
  NO,

  /** It has a condition podpath does not model, or one about what was not gathered. */
  UNKNOWN,

  /** Sometimes: statistic, limit, recent. */
  CHANCE,
  YES;

  static Fit of(boolean fits) {
    return fits ? YES : NO;
  }

  Fit and(Fit other) {
    return compareTo(other) <= 0 ? this : other;
  }

  Fit negated(boolean negate) {
    if (!negate) {
      return this;
    }
    return switch (this) {
      case NO -> YES;
      case UNKNOWN -> UNKNOWN;
      case CHANCE -> CHANCE;
      case YES -> NO;
    };
  }
}
