package io.podpath.core.walk;

import io.podpath.core.net.FwMark;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Match;
import io.podpath.core.netfilter.Target;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * All ends a packet may come to in a table: one where every condition can be decided, several where
 * chance decides ({@code statistic}) or something is not known. Two sets of rules mean the same for
 * a packet when it may come to the same ends.
 */
public final class ChainOutcomes {

  private static final int DEEPEST = 64;
  private static final int MOST_STEPS = 100_000;

  /** kube-proxy's mark for packets that are to be masqueraded (--iptables-masquerade-bit 14). */
  private static final FwMark MASQUERADE = new FwMark(0x4000, 0x4000);

  private final Map<String, List<ChainRule>> chains;
  private final ForwardMatch match;
  private final SortedSet<String> ends = new TreeSet<>();
  private MarkBits mark = MarkBits.ZERO;
  private int steps;

  private ChainOutcomes(Map<String, List<ChainRule>> chains, ForwardMatch match) {
    this.chains = chains;
    this.match = match;
  }

  /**
   * @param chains rules of one table by their chain
   * @param policy of the chain the packet begins in
   */
  public static SortedSet<String> of(
      Map<String, List<ChainRule>> chains,
      String start,
      String policy,
      ForwardMatch match,
      ForwardPacket packet) {
    ChainOutcomes walk = new ChainOutcomes(chains, match);
    if (!walk.chain(start, packet, false, 0)) {
      // IPVS translates later, and what is marked here is masqueraded then
      walk.ends.add(policy + walk.marked());
    }
    return walk.ends;
  }

  /** Whether the packet's way ended for certain. */
  private boolean chain(String name, ForwardPacket packet, boolean maybe, int depth) {
    List<ChainRule> rules = chains.get(name);
    if (rules == null || depth > DEEPEST) {
      return false;
    }
    boolean doubtful = maybe;
    for (ChainRule rule : rules) {
      if (++steps >= MOST_STEPS) {
        ends.add("too many rules");
        return true;
      }
      Truth fits = match.of(rule, packet, mark);
      if (fits == Truth.NO) {
        continue;
      }
      boolean unsure = doubtful || fits == Truth.MAYBE;
      if (fits == Truth.MAYBE
          && rule.matches().stream().anyMatch(Match.Unmodelled.class::isInstance)) {
        ends.add("not known: " + rule);
      }
      switch (rule.target()) {
        case Target.Accept() -> ends.add("ACCEPT");
        case Target.Drop() -> ends.add("DROP");
        case Target.Reject(var with) -> ends.add("DROP");
        case Target.Dnat(var to, var options) -> ends.add("DNAT " + to + marked());
        case Target.Snat(var to, var options) -> ends.add("SNAT " + to);
        case Target.Masquerade(var options) -> ends.add("MASQUERADE");
        case Target.Return() -> {
          if (!unsure || fits == Truth.YES) {
            return false;
          }
          doubtful = true;
          continue;
        }
        case Target.Jump(var to) -> {
          if (chain(to, packet, unsure, depth + 1)) {
            return true;
          }
          continue;
        }
        case Target.Goto(var to) -> {
          if (chain(to, packet, unsure, depth + 1)) {
            return true;
          }
          if (fits == Truth.YES) {
            return false;
          }
          doubtful = true;
          continue;
        }
        case Target.SetMark set -> {
          mark = unsure ? mark.perhapsAfter(set) : mark.after(set);
          continue;
        }
        case Target.CountOnly(), Target.Other _ -> {
          continue;
        }
      }
      if (!unsure) {
        return true;
      }
    }
    return false;
  }

  private String marked() {
    return switch (mark.matches(MASQUERADE)) {
      case YES -> " masqueraded";
      case NO -> "";
      case MAYBE -> " perhaps masqueraded";
    };
  }
}
