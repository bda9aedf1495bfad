package io.podpath.core.walk;

import io.podpath.core.netfilter.Target;
import io.podpath.core.snapshot.Provenance;
import java.util.Optional;

/** What one table of one hook decides about a packet. */
sealed interface RuleVerdict {

  /**
   * The rule or policy that decided.
   *
   * @param row prints as iptables-save does
   */
  record Decider(String table, Object row, Optional<Provenance> from) {

    /** The row with its table in front. */
    @Override
    public String toString() {
      return table + " " + row;
    }
  }

  /**
   * @param by empty where no rule nor policy was there to decide anything
   */
  record Accepted(Optional<Decider> by) implements RuleVerdict {}

  record Dropped(Decider by) implements RuleVerdict {}

  /** Addresses are to be translated. */
  record Translated(Target target, Decider by) implements RuleVerdict {}

  /**
   * It depends on something that is not modelled or not gathered.
   *
   * @param reason names the line
   */
  record Undecided(String reason, Optional<Provenance> from) implements RuleVerdict {}
}
