package io.podpath.core.compare;

import io.podpath.core.snapshot.Facts;

/** Tells of entries that differ whether anything comes of it. */
@FunctionalInterface
public interface Effects {

  /** Every difference counts. */
  Effects EVERY = (difference, actual, expected) -> false;

  /** Whether it makes no difference for any packet of the cluster; false where it is not known. */
  boolean makesNone(Difference difference, Facts actual, Facts expected);
}
