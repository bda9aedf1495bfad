package io.podpath.core.rule;

import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Provenance;

/**
 * An entry that shows why.
 *
 * @param text the entry in its tool's own syntax
 * @param says what follows from it, in a few words
 */
public record Evidence(String text, Provenance from, String says) {

  public static Evidence of(Fact<?> fact, String says) {
    return new Evidence(fact.value().toString(), fact.from(), says);
  }

  /** The line as it stood in the input. */
  public static Evidence raw(Provenance from, String says) {
    return new Evidence(from.raw().strip(), from, says);
  }
}
