package io.podpath.core.walk;

import io.podpath.core.net.FwMark;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Match;
import io.podpath.core.netfilter.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    if (!walk.ends(start, packet, 0)) {
      // IPVS translates later, and what is marked here is masqueraded then
      walk.ends.add(policy + walk.marked());
    }
    return walk.ends;
  }

  /** Whether every packet that enters the chain ends in it; those that do not go on behind it. */
  private boolean ends(String name, ForwardPacket packet, int depth) {
    List<ChainRule> rules = chains.get(name);
    if (rules == null || depth > DEEPEST) {
      return false;
    }
    List<MarkBits> left = new ArrayList<>();
    for (ChainRule rule : rules) {
      if (++steps >= MOST_STEPS) {
        ends.add("too many rules");
        return true;
      }
      Truth fits = match.of(rule, packet, mark);
      if (fits == Truth.NO) {
        continue;
      }
      if (fits == Truth.MAYBE
          && rule.matches().stream().anyMatch(Match.Unmodelled.class::isInstance)) {
        ends.add("not known: " + bare(rule));
      }
      MarkBits before = mark;
      boolean done = true;
      switch (rule.target()) {
        case Target.Accept() -> ends.add("ACCEPT");
        case Target.Drop() -> ends.add("DROP");
        case Target.Reject(var with) -> ends.add("DROP");
        case Target.Dnat(var to, var options) -> ends.add("DNAT " + to + marked());
        case Target.Snat(var to, var options) -> ends.add("SNAT " + to);
        case Target.Masquerade(var options) -> ends.add("MASQUERADE");
        case Target.Return() -> left.add(mark);
        case Target.Goto(var to) -> {
          if (!ends(to, packet, depth + 1)) {
            left.add(mark);
          }
        }
        case Target.Jump(var to) -> done = ends(to, packet, depth + 1);
        case Target.SetMark set -> {
          mark = mark.after(set);
          done = false;
        }
        case Target.Other(var kind, var options) when !ExtraTarget.isIdle(kind) -> {
          ends.add("not known: " + bare(rule));
          done = false;
        }
        case Target.CountOnly(), Target.Other _ -> done = false;
      }
      if (fits == Truth.YES && done) {
        return gone(left);
      }
      if (fits == Truth.MAYBE) {
        // those it is for are gone, or have its mark; the others are as they were
        mark = done ? before : before.or(mark);
      }
    }
    left.add(mark);
    return gone(left);
  }

  /** Behind a chain go on those that left it, each with its mark. */
  private boolean gone(List<MarkBits> left) {
    left.stream().reduce(MarkBits::or).ifPresent(m -> mark = m);
    return left.isEmpty();
  }

  /** Releases comment their rules in different ways. */
  private static ChainRule bare(ChainRule rule) {
    return new ChainRule(
        rule.table(),
        rule.chain(),
        rule.matches().stream()
            .filter(m -> !(m instanceof Match.Comment) && !m.equals(new Match.Module("comment")))
            .toList(),
        rule.target(),
        Optional.empty());
  }

  private String marked() {
    return switch (mark.matches(MASQUERADE)) {
      case YES -> " masqueraded";
      case NO -> "";
      case MAYBE -> " perhaps masqueraded";
    };
  }
}
