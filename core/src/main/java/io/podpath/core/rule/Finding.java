package io.podpath.core.rule;

import io.podpath.core.fix.Fix;
import io.podpath.core.walk.Disposition;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One cause, however many nodes it shows on.
 *
 * @param rule id of the rule that found it
 * @param doubt what was not gathered and could speak against it; may be empty
 * @param title one sentence that states the fault with its names
 * @param why how it breaks which traffic, by the kernel or the daemon
 * @param expected what should stand there instead, and how that is known; may be empty
 * @param affects pairs of nodes whose pods cannot talk because of it; may be empty when it does not
 *     cut pod traffic or that is not known
 * @param disposition where such a packet ends
 * @param seeByHand commands that show it on the node
 * @param explainedBy ids of rules whose findings on the same nodes make this a consequence
 * @param mended set when the input itself shows it mended later
 */
public record Finding(
    String rule,
    Severity severity,
    Certainty certainty,
    String doubt,
    String title,
    String why,
    String expected,
    List<Culprit> culprits,
    List<Evidence> evidence,
    List<Pair> affects,
    Disposition disposition,
    List<String> seeByHand,
    Set<String> explainedBy,
    Optional<Fix> fix,
    Optional<Mended> mended) {

  public Finding {
    if (culprits.isEmpty()) {
      throw new IllegalArgumentException(rule + ": a finding names at least one culprit");
    }
    culprits = List.copyOf(culprits);
    evidence = List.copyOf(evidence);
    affects = List.copyOf(affects);
    seeByHand = List.copyOf(seeByHand);
    explainedBy = Set.copyOf(explainedBy);
  }

  /** Nodes with a culprit, in the order of the culprits. */
  public List<String> nodes() {
    return culprits.stream().flatMap(c -> c.node().stream()).distinct().toList();
  }

  /**
   * Whether it is the answer that is lost: the request leaves its node before it comes to a
   * culprit.
   */
  public boolean losesReplyOf(Pair pair) {
    return nodes().contains(pair.to()) && !nodes().contains(pair.from());
  }

  /** Where a packet between these nodes ends. */
  public Disposition dispositionOf(Pair pair) {
    return losesReplyOf(pair) ? Disposition.REPLY_LOST : disposition;
  }

  /** Equal for the same fault in two states of one input. */
  public String key() {
    return rule + "#" + String.join(";", culprits.stream().map(Culprit::key).sorted().toList());
  }

  Finding with(Certainty other, String open) {
    return copy(other, open, mended);
  }

  Finding withMended(Mended how) {
    return copy(certainty, doubt, Optional.of(how));
  }

  private Finding copy(Certainty certain, String open, Optional<Mended> how) {
    return new Finding(
        rule,
        severity,
        certain,
        open,
        title,
        why,
        expected,
        culprits,
        evidence,
        affects,
        disposition,
        seeByHand,
        explainedBy,
        fix,
        how);
  }
}
