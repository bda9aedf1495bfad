package io.podpath.core.walk;

import io.podpath.core.netfilter.Chain;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Target;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.walk.RuleVerdict.Decider;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One packet through one table at one hook (net/ipv4/netfilter/ip_tables.c: ipt_do_table). Where
 * chance decides, there are several ends.
 */
final class TableWalk {

  /** net/netfilter/x_tables.c allows no deeper jumps than the number of chains. */
  private static final int DEEPEST = 256;

  private static final int MOST_STEPS = 200_000;
  private static final int MOST_ENDS = 2_048;

  /**
   * An end of the walk.
   *
   * @param connectionMark empty where no rule set it
   */
  record End(RuleVerdict verdict, Skb skb, Optional<Long> connectionMark) {}

  /** What rules have changed so far. */
  private record State(Skb skb, Optional<Long> connectionMark) {
    State with(Skb other) {
      return new State(other, connectionMark);
    }
  }

  /** The end of a built-in chain, without the counters that iptables-save prints behind it. */
  private record Policy(Chain chain) {
    @Override
    public String toString() {
      return ":" + chain.name() + " " + chain.policy().orElse("ACCEPT");
    }
  }

  /** How a chain is left: with a verdict, or back to where it was called from. */
  private record Exit(Optional<RuleVerdict> verdict, State state) {}

  private final Netfilter.Listing listing;
  private final String table;
  private final Look look;
  private final Consumer<Tried> watcher;
  private int steps;

  private TableWalk(Netfilter.Listing listing, String table, Look look, Consumer<Tried> watcher) {
    this.listing = listing;
    this.table = table;
    this.look = look;
    this.watcher = watcher;
  }

  static List<End> of(Netfilter.Listing listing, String table, Look look) {
    return new TableWalk(listing, table, look, tried -> {}).ends();
  }

  /**
   * A rule that was held against the packet.
   *
   * @param look the packet as the rules before have made it
   */
  record Tried(Fact<ChainRule> rule, Look look, Fit fit) {}

  /** All rules that are held against the packet, in their order. */
  static List<Tried> tried(Netfilter.Listing listing, String table, Look look) {
    List<Tried> tried = new ArrayList<>();
    new TableWalk(listing, table, look, tried::add).ends();
    return tried;
  }

  private List<End> ends() {
    String chain = look.hook().name();
    Optional<Fact<Chain>> builtin = listing.chain(table, chain);
    State start = new State(look.skb(), Optional.empty());
    List<End> ends = new ArrayList<>();
    for (Exit exit : chain(chain, start, 0)) {
      RuleVerdict verdict = exit.verdict().orElseGet(() -> policy(builtin));
      if (!listing.coverage().isComplete() && !(verdict instanceof RuleVerdict.Undecided)) {
        verdict =
            new RuleVerdict.Undecided(
                "iptables, table " + table + ": " + listing.coverage().gap(), Optional.empty());
      }
      State state = exit.state();
      ends.add(new End(verdict, state.skb(), state.connectionMark()));
    }
    return ends;
  }

  private RuleVerdict policy(Optional<Fact<Chain>> chain) {
    if (chain.isEmpty()) {
      return new RuleVerdict.Accepted(Optional.empty());
    }
    Decider by =
        new Decider(table, new Policy(chain.get().value()), Optional.of(chain.get().from()));
    return chain.get().value().dropsByPolicy()
        ? new RuleVerdict.Dropped(by)
        : new RuleVerdict.Accepted(Optional.of(by));
  }

  private List<Exit> chain(String name, State state, int depth) {
    return from(listing.rulesOf(table, name), 0, state, depth);
  }

  /** The rest of a chain's rules. */
  private List<Exit> from(List<Fact<ChainRule>> rules, int first, State begin, int depth) {
    List<Exit> exits = new ArrayList<>(1);
    State state = begin;
    for (int i = first; i < rules.size(); i++) {
      Fact<ChainRule> fact = rules.get(i);
      if (++steps > MOST_STEPS || depth > DEEPEST || exits.size() > MOST_ENDS) {
        exits.add(undecided("too many rules, at " + table + " " + fact.value(), fact, state));
        return exits;
      }
      Fit fit = fit(fact, state);
      if (fit == Fit.NO) {
        continue;
      }
      if (fit == Fit.UNKNOWN && !isIdle(fact.value().target())) {
        exits.add(
            undecided("not modelled or not gathered: " + table + " " + fact.value(), fact, state));
        return exits;
      }
      if (fit == Fit.CHANCE && isIdle(fact.value().target())) {
        // whether it looks at the packet or not, the packet goes on
        continue;
      }
      if (fit == Fit.CHANCE) {
        exits.addAll(from(rules, i + 1, state, depth));
      }
      List<Exit> done = apply(fact, state, depth);
      List<Exit> going = done.stream().filter(e -> e.verdict().isEmpty()).toList();
      exits.addAll(done.stream().filter(e -> e.verdict().isPresent()).toList());
      if (leaves(fact.value().target())) {
        exits.addAll(going);
        return exits;
      }
      if (going.isEmpty()) {
        return exits;
      }
      for (Exit other : going.subList(1, going.size())) {
        exits.addAll(from(rules, i + 1, other.state(), depth));
      }
      state = going.getFirst().state();
    }
    exits.add(new Exit(Optional.empty(), state));
    return exits;
  }

  private Fit fit(Fact<ChainRule> fact, State state) {
    Look now = state.skb().equals(look.skb()) ? look : look.with(state.skb());
    Fit fit = ChainMatch.of(fact.value(), now);
    watcher.accept(new Tried(fact, now, fit));
    return fit;
  }

  /** A rule that changes nothing may be of any kind. */
  private static boolean isIdle(Target target) {
    return target instanceof Target.CountOnly
        || target instanceof Target.Other(var name, var options) && ExtraTarget.isIdle(name);
  }

  /** Whether the chain is not gone on with after this rule. */
  private static boolean leaves(Target target) {
    return target instanceof Target.Return || target instanceof Target.Goto;
  }

  private static Exit undecided(String reason, Fact<ChainRule> fact, State state) {
    return new Exit(
        Optional.of(new RuleVerdict.Undecided(reason, Optional.of(fact.from()))), state);
  }

  /** What a rule does to a packet it is for; an exit without a verdict goes on. */
  private List<Exit> apply(Fact<ChainRule> fact, State state, int depth) {
    Decider by = new Decider(table, fact.value(), Optional.of(fact.from()));
    return switch (fact.value().target()) {
      case Target.Accept() -> end(new RuleVerdict.Accepted(Optional.of(by)), state);
      case Target.Drop() -> end(new RuleVerdict.Dropped(by), state);
      case Target.Reject(var with) -> end(new RuleVerdict.Dropped(by), state);
      case Target.Return(), Target.CountOnly() -> goOn(state);
      case Target.Jump(var to) -> called(to, fact, state, depth);
      case Target.Goto(var to) -> called(to, fact, state, depth);
      case Target.Dnat _, Target.Snat _, Target.Masquerade _ ->
          end(new RuleVerdict.Translated(fact.value().target(), by), state);
      case Target.SetMark(var option, var mark) ->
          ExtraTarget.mark(option, mark, state.skb().mark())
              .map(m -> goOn(state.with(state.skb().marked(m))))
              .orElseGet(() ->
                  List.of(undecided("not modelled: " + table + " " + fact.value(), fact, state)));
      case Target.Other(var name, var options) -> other(name, options, fact, by, state);
    };
  }

  private List<Exit> called(String chain, Fact<ChainRule> fact, State state, int depth) {
    if (listing.chain(table, chain).isEmpty() && listing.rulesOf(table, chain).isEmpty()) {
      return List.of(undecided("not gathered: " + table + " chain " + chain, fact, state));
    }
    return chain(chain, state, depth + 1);
  }

  private List<Exit> other(
      String name, String options, Fact<ChainRule> fact, Decider by, State state) {
    if (ExtraTarget.isIdle(name)) {
      return goOn(state);
    }
    return switch (name) {
      case "NOTRACK" -> goOn(state.with(Tracking.untracked(state.skb())));
      case "CT" ->
          options.contains("--notrack")
              ? goOn(state.with(Tracking.untracked(state.skb())))
              : Zone.parse(options, state.skb().mark())
                  .map(z -> goOn(state.with(state.skb().in(z))))
                  .orElseGet(() ->
                      List.of(
                          undecided("not modelled: " + table + " " + fact.value(), fact, state)));
      case "REDIRECT", "NETMAP" ->
          end(new RuleVerdict.Translated(fact.value().target(), by), state);
      case "CONNMARK" ->
          connectionMark(options, state)
              .map(this::goOn)
              .orElseGet(() ->
                  List.of(undecided("not modelled: " + table + " " + fact.value(), fact, state)));
      default -> List.of(undecided("not modelled: " + table + " " + fact.value(), fact, state));
    };
  }

  private Optional<State> connectionMark(String options, State state) {
    if (look.connection().isEmpty()) {
      // what stands for a connection in a zone is the rule's, and keeps the marks of all packets
      return state.skb().zone().isPresent() ? Optional.empty() : Optional.of(state);
    }
    long mark = state.connectionMark().orElse(look.connection().get().mark());
    return ExtraTarget.connectionMark(options, state.skb().mark(), mark)
        .map(m -> new State(state.skb().marked(m.packet()), Optional.of(m.connection())));
  }

  private List<Exit> goOn(State state) {
    return List.of(new Exit(Optional.empty(), state));
  }

  private static List<Exit> end(RuleVerdict verdict, State state) {
    return List.of(new Exit(Optional.of(verdict), state));
  }
}
