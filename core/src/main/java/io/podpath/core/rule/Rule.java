package io.podpath.core.rule;

import io.podpath.core.snapshot.ClusterView;

/**
 * One known failure. Implementations are found by ServiceLoader, have a page {@code <id>.md} beside
 * them, and keep no state.
 *
 * <p>A rule fires on a cause it has seen in entries that were gathered, never on a name, and never
 * on what is missing from a table that was gathered in part. What it cannot decide it reports as
 * not checked; where it does not apply it says nothing.
 */
public interface Rule {

  /** States the fault in lower-case words with hyphens, so that "allow ⟨id⟩" reads right. */
  String id();

  /** The worst severity it reports. */
  Severity severity();

  /** The fault in one sentence without names. */
  String title();

  /**
   * What it cannot do without. Where that was not gathered, the rule counts as not checked and need
   * not say so itself; what it cannot decide although it was gathered, it must say.
   */
  Needs needs();

  Outcome check(ClusterView view);
}
