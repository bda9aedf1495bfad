package io.podpath.core.walk;

import io.podpath.core.netfilter.Chain;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Match;
import io.podpath.core.netfilter.Target;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.walk.Step.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A table of iptables asked at a hook, and the rules that did not decide. */
record ChainQuery(Netfilter.Listing listing, String table, Look look) implements Asked {

  @Override
  public boolean decides(Netns place, Kind kind) {
    return place.equals(look.stack().place()) && (kind == Kind.FILTER || kind == Kind.NAT);
  }

  @Override
  public Optional<String> in() {
    return Optional.empty();
  }

  /** The rules up to the one that decided; then the policy, where no rule did. */
  @Override
  public List<Considered> considered(Step answer) {
    List<Considered> rows = new ArrayList<>();
    for (TableWalk.Tried tried : TableWalk.tried(listing, table, look)) {
      boolean chosen =
          tried.fit() != Fit.NO && answer.source().filter(tried.rule().from()::equals).isPresent();
      rows.add(row(tried.rule().value().toString(), tried.rule().from(), chosen, reason(tried)));
      if (chosen) {
        return rows;
      }
    }
    listing
        .chain(table, look.hook().name())
        .ifPresent(c -> rows.add(policy(c, answer.source().filter(c.from()::equals).isPresent())));
    return rows;
  }

  private Considered policy(Fact<Chain> chain, boolean chosen) {
    String row = ":" + chain.value().name() + " " + chain.value().policy().orElse("ACCEPT");
    return row(row, chain.from(), chosen, "the chain's policy, where no rule decides");
  }

  private Considered row(String row, Provenance from, boolean chosen, String reason) {
    return new Considered(table + " " + row, Optional.of(from), chosen, reason);
  }

  private static String reason(TableWalk.Tried tried) {
    ChainRule rule = tried.rule().value();
    return switch (tried.fit()) {
      case NO -> failed(rule, tried.look());
      case UNKNOWN -> "not known whether it is for this packet";
      case CHANCE -> "decides by chance";
      case YES ->
          switch (rule.target()) {
            case Target.Jump(var to) -> "is for this packet: on to chain " + to;
            case Target.Goto(var to) -> "is for this packet: on to chain " + to;
            case Target.Return() -> "is for this packet: back from chain " + rule.chain();
            case Target.Accept _,
                Target.Drop _,
                Target.Reject _,
                Target.Dnat _,
                Target.Snat _,
                Target.Masquerade _,
                Target.SetMark _,
                Target.CountOnly _,
                Target.Other _ ->
                "is for this packet";
          };
    };
  }

  /** The first condition that does not hold, and what it was asked of. */
  private static String failed(ChainRule rule, Look look) {
    for (Match match : rule.matches()) {
      if (ChainMatch.of(match, look) == Fit.NO) {
        String seen = seen(match, look);
        return "\"" + match + "\" does not hold" + (seen.isEmpty() ? "" : ": " + seen);
      }
    }
    return "is not for this packet";
  }

  private static String seen(Match match, Look look) {
    Packet packet = look.packet();
    return switch (match) {
      case Match.Source _ -> "the source is " + packet.source();
      case Match.Destination _ -> "the destination is " + packet.destination();
      case Match.InInterface _ ->
          look.in().map(d -> "it came in by " + d).orElse("it came in by none");
      case Match.OutInterface _ ->
          look.out().map(d -> "it goes out by " + d).orElse("it goes out by none");
      case Match.Protocol _ -> "the protocol is " + packet.protocol();
      case Match.SourcePort _ ->
          packet.sourcePort().map(p -> "the source port is " + p).orElse("it has no ports");
      case Match.DestinationPort _, Match.MultiPort _ ->
          packet.destinationPort().map(p -> "the port is " + p).orElse("it has no ports");
      case Match.ConnState _ ->
          "its state is " + look.skb().tracked().map(Skb.Tracked::state).orElse("INVALID");
      case Match.Mark _ -> "its mark is 0x" + Long.toHexString(look.skb().mark());
      case Match.InSet _, Match.AddrType _ -> packet.toString();
      case Match.Module _, Match.Comment _, Match.Probability _, Match.Unmodelled _ -> "";
    };
  }
}
