package io.podpath.rules.netfilter;

import io.podpath.core.cni.UfwStatus;
import io.podpath.core.netfilter.Chain;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Target;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** ufw's part in a node's FORWARD chain, and what ufw says of itself. */
final class UfwForward {

  /** Chains that accept pod traffic by themselves. */
  private static final Set<String> ACCEPTING = Set.of("FLANNEL-FWD", "cali-FORWARD", "CNI-FORWARD");

  private UfwForward() {}

  static boolean isUfw(String chain) {
    return chain.startsWith("ufw-") || chain.startsWith("ufw6-");
  }

  /** Whether it is ufw that drops: by a rule of its chains, or by the policy it has set. */
  static boolean drops(ForwardAudit audit) {
    if (!audit.drops() || !audit.ownedByUfw()) {
      return false;
    }
    return droppingRule(audit)
        .map(r -> isUfw(r.value().chain()))
        .orElseGet(() -> !acceptsByDefault(audit.chains()));
  }

  /** With {@code default allow routed} the policy DROP is somebody else's: Docker's, as a rule. */
  private static boolean acceptsByDefault(ForwardChains chains) {
    return List.of("ufw-skip-to-policy-forward", "ufw6-skip-to-policy-forward").stream()
        .flatMap(c -> chains.rulesOf(c).stream())
        .anyMatch(f -> f.value().target() instanceof Target.Accept);
  }

  static Optional<Fact<ChainRule>> droppingRule(ForwardAudit audit) {
    return audit.first().run().verdict() instanceof ForwardVerdict.Dropped(var rule)
        ? Optional.of(rule)
        : Optional.empty();
  }

  /** What ufw says, when it is active and does not let routed packets pass by default. */
  static Optional<Fact<UfwStatus>> denying(NodeState node) {
    return node.get(Section.UFW)
        .first()
        .filter(f -> f.value().active())
        .filter(f ->
            f.value().routedPolicy().map(r -> r.equals("deny") || r.equals("reject")).orElse(true));
  }

  /** A row of its table that may let pod traffic or the tunnel's packets in. */
  static boolean mayAllow(UfwStatus status) {
    return status.rules().stream()
        .map(r -> r.toUpperCase(Locale.ROOT))
        .filter(r -> r.contains("ALLOW"))
        .anyMatch(r ->
            r.contains("FWD")
                || r.contains("8472")
                || r.contains("4789")
                || r.contains(" ON ")
                || r.startsWith("ANYWHERE"));
  }

  /**
   * The rule of FORWARD by which packets come to ufw, when no chain before it accepts pod traffic.
   */
  static Optional<Fact<ChainRule>> jumpBeforeAccept(ForwardChains chains) {
    Optional<Fact<ChainRule>> reject = Optional.empty();
    for (Fact<ChainRule> fact : chains.rulesOf(ForwardChains.FORWARD)) {
      if (fact.value().target() instanceof Target.Jump(var chain)) {
        if (reject.isEmpty() && ACCEPTING.contains(chain)) {
          return Optional.empty();
        }
        if (chain.equals("ufw-reject-forward") || chain.equals("ufw6-reject-forward")) {
          reject = Optional.of(fact);
        }
      }
    }
    return reject;
  }

  /** A chain behind ufw's that would accept pod traffic. */
  static Optional<Fact<ChainRule>> acceptBehind(ForwardChains chains) {
    return chains.rulesOf(ForwardChains.FORWARD).stream()
        .filter(
            f -> f.value().target() instanceof Target.Jump(var chain) && ACCEPTING.contains(chain))
        .reduce((a, b) -> b);
  }

  static boolean policyAccepts(ForwardChains chains) {
    return chains
        .forward()
        .optional()
        .map(Fact::value)
        .flatMap(Chain::policy)
        .filter("ACCEPT"::equals)
        .isPresent();
  }
}
