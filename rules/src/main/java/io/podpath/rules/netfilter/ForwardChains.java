package io.podpath.rules.netfilter;

import io.podpath.core.net.FwMark;
import io.podpath.core.net.Gathered;
import io.podpath.core.netfilter.Chain;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Target;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.walk.MarkBits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The filter table of one back end, by chain. */
final class ForwardChains {

  private static final String TABLE = "filter";
  static final String FORWARD = "FORWARD";

  private final ClusterView.Listing listing;
  private final Map<String, List<Fact<ChainRule>>> rules = new HashMap<>();
  private final Map<String, Fact<Chain>> listed = new HashMap<>();
  private final MarkBits start;

  ForwardChains(ClusterView.Listing listing) {
    this.listing = listing;
    MarkBits bits = MarkBits.ZERO;
    for (Fact<ChainRule> fact : listing.rules().facts()) {
      ChainRule rule = fact.value();
      if (rule.table().equals(TABLE)) {
        rules.computeIfAbsent(rule.chain(), c -> new ArrayList<>()).add(fact);
      } else if (!rule.table().equals("nat") && rule.target() instanceof Target.SetMark set) {
        bits = bits.forgetting(changed(set));
      }
    }
    this.start = bits;
    for (Fact<Chain> fact : listing.chains().facts()) {
      if (fact.value().table().equals(TABLE) && !listing.rules().isNotGathered()) {
        listed.putIfAbsent(fact.value().name(), fact);
      }
    }
  }

  private static long changed(Target.SetMark set) {
    return switch (set.option()) {
      case "or-mark", "xor-mark" -> set.mark().value();
      case "and-mark" -> ~set.mark().value() & FwMark.FULL_MASK;
      default -> set.mark().mask() | set.mark().value();
    };
  }

  ClusterView.Listing listing() {
    return listing;
  }

  /** The mark packets may come with: the tables before this one may have set some bits of it. */
  MarkBits start() {
    return start;
  }

  /** The head of chain FORWARD, when all of the chain was listed. */
  Gathered<Fact<Chain>> forward() {
    Fact<Chain> head = listed.get(FORWARD);
    return head == null
        ? Gathered.notGathered("iptables FORWARD was not listed whole")
        : Gathered.known(head);
  }

  List<Fact<ChainRule>> rulesOf(String chain) {
    return rules.getOrDefault(chain, List.of());
  }

  /** Whether all rules of the chain are known; of FORWARD a fragment counts too. */
  boolean isListed(String chain) {
    return listed.containsKey(chain) || chain.equals(FORWARD) && rules.containsKey(chain);
  }

  boolean isFragment() {
    return !listed.containsKey(FORWARD);
  }

  boolean isEmpty() {
    return isFragment() && rulesOf(FORWARD).isEmpty();
  }

  /** Chains that FORWARD jumps to by itself. */
  List<String> jumps() {
    return rulesOf(FORWARD).stream().flatMap(f -> jump(f.value().target()).stream()).toList();
  }

  private static Optional<String> jump(Target target) {
    return switch (target) {
      case Target.Jump(var chain) -> Optional.of(chain);
      case Target.Goto(var chain) -> Optional.of(chain);
      case Target.Accept _,
          Target.Drop _,
          Target.Reject _,
          Target.Return _,
          Target.Dnat _,
          Target.Snat _,
          Target.Masquerade _,
          Target.SetMark _,
          Target.CountOnly _,
          Target.Other _ ->
          Optional.empty();
    };
  }

  /** 1-based place of a rule in its chain. */
  int position(Fact<ChainRule> rule) {
    return rulesOf(rule.value().chain()).indexOf(rule) + 1;
  }
}
