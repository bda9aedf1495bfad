package io.podpath.rules.netfilter;

import io.podpath.core.netfilter.Chain;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Target;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.walk.ForwardMatch;
import io.podpath.core.walk.ForwardPacket;
import io.podpath.core.walk.MarkBits;
import io.podpath.core.walk.Truth;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Walks one packet through chain FORWARD of the filter table. A condition that cannot be decided
 * neither holds nor fails: its rule's effect is remembered as possible, and when it would change
 * the outcome, the outcome is unknown.
 */
final class ForwardWalk {

  private static final int DEEPEST = 64;
  private static final int MOST_STEPS = 200_000;

  private final ForwardChains chains;
  private final ForwardMatch match;
  private final boolean assuming;
  private final Set<String> assumed = new LinkedHashSet<>();
  private final List<Possible> possible = new ArrayList<>();
  private MarkBits mark;
  private int steps;
  private Optional<ForwardVerdict> end = Optional.empty();

  private record Possible(boolean accepts, String reason) {}

  private ForwardWalk(ForwardChains chains, ForwardMatch match, boolean assuming) {
    this.chains = chains;
    this.match = match;
    this.assuming = assuming;
    this.mark = chains.start();
  }

  /**
   * @param assuming whether chains that were not listed may be taken to do what is well known of
   *     them
   */
  static ForwardVerdict.Run run(
      ForwardChains chains, ForwardMatch match, ForwardPacket packet, boolean assuming) {
    return new ForwardWalk(chains, match, assuming).run(packet);
  }

  private ForwardVerdict.Run run(ForwardPacket packet) {
    chain(ForwardChains.FORWARD, packet, false, 0);
    ForwardVerdict verdict =
        end.orElseGet(() ->
            chains
                .forward()
                .optional()
                .map(ForwardWalk::policy)
                .orElseGet(ForwardVerdict.Open::new));
    return new ForwardVerdict.Run(settled(verdict), List.copyOf(assumed), chains.isFragment());
  }

  private static ForwardVerdict policy(Fact<Chain> chain) {
    return chain.value().dropsByPolicy()
        ? new ForwardVerdict.DroppedByPolicy(chain)
        : new ForwardVerdict.AcceptedByPolicy(chain);
  }

  private ForwardVerdict settled(ForwardVerdict verdict) {
    if (steps >= MOST_STEPS) {
      return new ForwardVerdict.Unknown("too many rules");
    }
    boolean accepts =
        verdict instanceof ForwardVerdict.Accepted
            || verdict instanceof ForwardVerdict.AcceptedByPolicy;
    for (Possible other : possible) {
      if (other.accepts() != accepts && !(verdict instanceof ForwardVerdict.Open)) {
        return new ForwardVerdict.Unknown(other.reason());
      }
    }
    return verdict;
  }

  /**
   * Goes through one chain.
   *
   * @param maybe whether it is unknown that the packet gets here
   * @return whether the packet's way ended in it for certain
   */
  private boolean chain(String name, ForwardPacket packet, boolean maybe, int depth) {
    if (depth > DEEPEST || !chains.isListed(name)) {
      return notListed(name);
    }
    boolean doubtful = maybe;
    for (Fact<ChainRule> fact : chains.rulesOf(name)) {
      if (++steps >= MOST_STEPS) {
        return false;
      }
      Truth fits = match.of(fact.value(), packet, mark);
      if (fits == Truth.NO) {
        continue;
      }
      boolean unsure = doubtful || fits == Truth.MAYBE;
      switch (effect(fact, packet, unsure, depth)) {
        case ENDS -> {
          return true;
        }
        case LEAVES -> {
          if (fits == Truth.YES) {
            return false;
          }
          doubtful = true;
        }
        case GOES_ON -> {}
      }
    }
    return false;
  }

  private enum Effect {
    ENDS,
    LEAVES,
    GOES_ON
  }

  private Effect effect(Fact<ChainRule> fact, ForwardPacket packet, boolean unsure, int depth) {
    return switch (fact.value().target()) {
      case Target.Accept() -> decided(fact, true, unsure);
      case Target.Drop() -> decided(fact, false, unsure);
      case Target.Reject(var with) -> decided(fact, false, unsure);
      case Target.Return() -> Effect.LEAVES;
      case Target.Jump(var to) ->
          chain(to, packet, unsure, depth + 1) ? Effect.ENDS : Effect.GOES_ON;
      case Target.Goto(var to) ->
          chain(to, packet, unsure, depth + 1) ? Effect.ENDS : Effect.LEAVES;
      case Target.SetMark set -> {
        mark = unsure ? mark.perhapsAfter(set) : mark.after(set);
        yield Effect.GOES_ON;
      }
      case Target.CountOnly(), Target.Dnat _, Target.Snat _, Target.Masquerade _ -> Effect.GOES_ON;
      case Target.Other(var name, var options) -> other(fact, name, options);
    };
  }

  private Effect decided(Fact<ChainRule> fact, boolean accepts, boolean unsure) {
    if (unsure) {
      possible.add(
          new Possible(
              accepts,
              fact.from() + " may " + (accepts ? "accept" : "drop") + " it: " + fact.value()));
      return Effect.GOES_ON;
    }
    end =
        Optional.of(accepts ? new ForwardVerdict.Accepted(fact) : new ForwardVerdict.Dropped(fact));
    return Effect.ENDS;
  }

  private Effect other(Fact<ChainRule> fact, String name, String options) {
    switch (name) {
      case "LOG",
          "NFLOG",
          "ULOG",
          "TCPMSS",
          "TTL",
          "HL",
          "DSCP",
          "TOS",
          "ECN",
          "CLASSIFY",
          "TRACE",
          "CHECKSUM",
          "NOTRACK",
          "CT",
          "SET",
          "AUDIT",
          "RATEEST",
          "SECMARK",
          "CONNSECMARK",
          "IDLETIMER",
          "LED",
          "TEE",
          "TCPOPTSTRIP",
          "FLOWOFFLOAD" -> {}
      case "CONNMARK" -> {
        if (options.contains("restore")) {
          mark = new MarkBits(0, 0);
        }
      }
      default -> {
        String reason = fact.from() + ": podpath does not know what -j " + name + " does";
        possible.add(new Possible(true, reason));
        possible.add(new Possible(false, reason));
      }
    }
    return Effect.GOES_ON;
  }

  private boolean notListed(String name) {
    Optional<WellKnownChain> known = assuming ? WellKnownChain.of(name) : Optional.empty();
    if (known.isPresent()) {
      assumed.add(name);
      if (known.get() == WellKnownChain.ACCEPTS) {
        possible.add(
            new Possible(
                true, "chain " + name + ", which was not listed, usually accepts pod traffic"));
      }
      return false;
    }
    String reason = "chain " + name + " was not listed";
    possible.add(new Possible(true, reason));
    possible.add(new Possible(false, reason));
    mark = new MarkBits(0, 0);
    return false;
  }
}
