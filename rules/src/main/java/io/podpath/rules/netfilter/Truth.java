package io.podpath.rules.netfilter;

/** Whether a condition holds for a packet of which not everything is known. */
enum Truth {
  NO,
  MAYBE,
  YES;

  static Truth of(boolean known) {
    return known ? YES : NO;
  }

  Truth and(Truth other) {
    return compareTo(other) <= 0 ? this : other;
  }

  Truth negated(boolean negate) {
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
