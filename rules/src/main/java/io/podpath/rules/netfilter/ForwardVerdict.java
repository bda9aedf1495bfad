package io.podpath.rules.netfilter;

import io.podpath.core.netfilter.Chain;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.snapshot.Fact;
import java.util.List;

/** What chain FORWARD of one back end does with a packet. */
sealed interface ForwardVerdict {

  record Accepted(Fact<ChainRule> rule) implements ForwardVerdict {}

  record AcceptedByPolicy(Fact<Chain> chain) implements ForwardVerdict {}

  /** DROP or REJECT. */
  record Dropped(Fact<ChainRule> rule) implements ForwardVerdict {}

  record DroppedByPolicy(Fact<Chain> chain) implements ForwardVerdict {}

  /** The rules end and the policy is not known, because the chain was not listed whole. */
  record Open() implements ForwardVerdict {}

  /**
   * @param reason names the line that could decide either way, or the chain that was not listed
   */
  record Unknown(String reason) implements ForwardVerdict {}

  /**
   * A verdict with what it rests on.
   *
   * @param assumed chains that were not listed and were taken to do what their makers put into them
   * @param fragment whether the rules of FORWARD were not listed whole
   */
  record Run(ForwardVerdict verdict, List<String> assumed, boolean fragment) {
    public Run {
      assumed = List.copyOf(assumed);
    }

    boolean drops() {
      return verdict instanceof Dropped || verdict instanceof DroppedByPolicy;
    }
  }
}
