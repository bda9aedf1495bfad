package io.podpath.core.walk;

import io.podpath.core.netfilter.Target;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.walk.RuleVerdict.Decider;
import io.podpath.core.walk.Step.Kind;
import io.podpath.core.walk.Step.Mark;
import io.podpath.core.walk.TableWalk.End;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A packet at a hook: all tables of all back ends in the order of their priorities
 * (include/uapi/linux/netfilter_ipv4.h: enum nf_ip_hook_priorities).
 */
final class Hooks {

  /** What comes behind a hook. */
  @FunctionalInterface
  interface Next {
    List<Journey> with(Skb skb, Trail trail);
  }

  private final Look look;
  private final Next next;

  private Hooks(Look look, Next next) {
    this.look = look;
    this.next = next;
  }

  static List<Journey> pass(Look look, Trail trail, Next next) {
    HookMemo memo = look.stack().memo(look.packet().family());
    // whoever wants to be told of every step is told which rules let the packet pass
    Optional<HookMemo.Key> key = trail.telling() ? Optional.empty() : memo.key(look);
    if (key.isEmpty()) {
      return new Hooks(look, next).begin(trail);
    }
    OptionalLong mark = memo.markBehind(key.get());
    if (mark.isPresent()) {
      return new Hooks(look, next).untouched(mark.getAsLong(), trail);
    }
    List<Passed> passed = new ArrayList<>(1);
    List<Journey> behind = new ArrayList<>(1);
    // what was noted before must not hide what the rules would note
    Trail apart = trail.apart();
    List<Journey> journeys =
        new Hooks(
                look,
                (skb, t) -> {
                  passed.add(new Passed(skb, t));
                  List<Journey> after = next.with(skb, t.joining(trail));
                  behind.addAll(after);
                  return after;
                })
            .begin(apart);
    boolean only = passed.size() == 1 && journeys.size() == behind.size();
    if (only && isUntouched(look, apart, passed.getFirst())) {
      memo.remember(key.get(), passed.getFirst().skb().mark());
    }
    return journeys.stream().map(j -> new Journey(j.at(), j.trail().joining(trail))).toList();
  }

  private record Passed(Skb skb, Trail trail) {}

  /** Whether a packet came through as where there are no rules at all, but for its mark. */
  private static boolean isUntouched(Look look, Trail before, Passed passed) {
    Hooks plain = new Hooks(look, (skb, trail) -> List.of());
    Passed expected = plain.tracked(before);
    return expected.skb().marked(passed.skb().mark()).equals(passed.skb())
        && expected.trail().connections().equals(passed.trail().connections())
        && before.doubts().equals(passed.trail().doubts())
        && before.assumptions().equals(passed.trail().assumptions());
  }

  private List<Journey> untouched(long mark, Trail trail) {
    Passed passed = tracked(trail);
    return next.with(passed.skb().marked(mark), passed.trail());
  }

  /** What tracking alone makes of the packet, with no rule asked. */
  private Passed tracked(Trail trail) {
    Skb skb = look.skb();
    Trail after = trail;
    if (translatesDestination()) {
      Tracking.Seen seen = Tracking.in(look.stack(), skb, after);
      skb = seen.skb();
      after = seen.trail();
    }
    if (look.hook() == Hook.FORWARD) {
      return new Passed(skb, after);
    }
    Optional<Integer> index = skb.tracked().flatMap(Skb.Tracked::connection);
    boolean first = skb.isIn("NEW") && skb.tracked().filter(Skb.Tracked::reply).isEmpty();
    if (index.isPresent() && first) {
      Connection connection = after.connections().get(index.get());
      boolean set = translatesDestination() ? connection.destinationSet() : connection.sourceSet();
      if (!set) {
        Connection settled =
            translatesDestination() ? connection.withDestinationSet() : connection.withSourceSet();
        return new Passed(skb, after.with(index.get(), settled));
      }
    }
    return new Passed(Tracking.translated(skb, after, translatesDestination()), after);
  }

  private Netfilter netfilter() {
    return look.stack().netfilter(look.packet().family());
  }

  private List<Journey> begin(Trail trail) {
    Optional<String> gap = netfilter().gap();
    if (gap.isPresent() && look.stack().place().pod().isEmpty()) {
      String reason = "iptables on " + look.stack() + ": " + gap.get();
      return open(reason, Optional.empty(), look.skb(), trail);
    }
    Optional<Netfilter.Foreign> foreign = netfilter().foreign(look.hook());
    if (foreign.isPresent() && foreign.get().translates()) {
      return open(foreign.get().toString(), foreign.get().from(), look.skb(), trail);
    }
    Trail after = foreign.map(f -> unsure(f.toString(), f.from(), trail)).orElse(trail);
    if (gap.isPresent()) {
      // pods have rules of their own only where somebody put them there, as a service mesh does
      return untouched(look.skb().mark(), after.assuming("no iptables rules in " + look.stack()));
    }
    return rules(
        netfilter().isHalfRead()
            ? after.assuming(
                "no iptables-nft rules on " + look.stack() + ", whose legacy tables are empty")
            : after);
  }

  private List<Journey> rules(Trail trail) {
    return switch (look.hook()) {
      case PREROUTING, OUTPUT -> table("raw", look.skb(), trail, this::track);
      case INPUT, FORWARD, POSTROUTING -> afterTracking(look.skb(), trail);
    };
  }

  private boolean translatesDestination() {
    return look.hook() == Hook.PREROUTING || look.hook() == Hook.OUTPUT;
  }

  private List<Journey> track(Skb skb, Trail trail) {
    Tracking.Seen seen = Tracking.in(look.stack(), skb, trail);
    return afterTracking(seen.skb(), seen.trail());
  }

  private List<Journey> afterTracking(Skb skb, Trail trail) {
    return table(
        "mangle",
        skb,
        trail,
        (mangled, t) ->
            switch (look.hook()) {
              case PREROUTING, POSTROUTING -> translate(mangled, t, next);
              case OUTPUT -> translate(mangled, t, (s, u) -> balance(s, u, this::filter));
              case INPUT ->
                  filterThen(mangled, t, (s, u) -> balance(s, u, (v, w) -> translate(v, w, next)));
              case FORWARD -> filter(mangled, t);
            });
  }

  private List<Journey> balance(Skb skb, Trail trail, Next then) {
    return Ipvs.pass(look.with(skb).with(Tracking.connection(skb, trail)), trail, then);
  }

  private List<Journey> filter(Skb skb, Trail trail) {
    return filterThen(skb, trail, next);
  }

  private List<Journey> filterThen(Skb skb, Trail trail, Next then) {
    return table("filter", skb, trail, (s, t) -> table("security", s, t, then));
  }

  /** One table of every back end; accepted by all is accepted. */
  private List<Journey> table(String table, Skb skb, Trail trail, Next then) {
    return listings(table, 0, skb, trail, then);
  }

  private List<Journey> listings(String table, int first, Skb skb, Trail trail, Next then) {
    List<Netfilter.Listing> listings = netfilter().listings();
    int index = first;
    while (index < listings.size() && isOpen(listings.get(index), table)) {
      index++;
    }
    if (index == listings.size()) {
      return then.with(skb, trail);
    }
    Look now = look.with(skb).with(Tracking.connection(skb, trail));
    List<Journey> journeys = new ArrayList<>(1);
    Trail asked = trail.asking(new ChainQuery(listings.get(index), table, now));
    for (End end : TableWalk.of(listings.get(index), table, now)) {
      Trail after = remember(end, asked);
      int following = index + 1;
      Skb passed = end.skb();
      journeys.addAll(
          switch (end.verdict()) {
            case RuleVerdict.Accepted(var by) ->
                listings(
                    table,
                    following,
                    passed,
                    by.map(b -> passedBy(table, b, after)).orElse(after),
                    then);
            case RuleVerdict.Dropped(var by) ->
                Journey.lost(
                    look.stack(),
                    Kind.FILTER,
                    device(),
                    by,
                    by.from(),
                    passed.packet(),
                    Encapsulation.filtered(look.packet()),
                    after);
            case RuleVerdict.Translated(var target, var by) ->
                // iptables lets no such target into these tables
                open(by.toString(), by.from(), passed, after);
            case RuleVerdict.Undecided(var reason, var from) ->
                table.equals("filter") || table.equals("security")
                    ? listings(table, following, passed, unsure(reason, from, after), then)
                    : open(reason, from, passed, after);
          });
    }
    return journeys;
  }

  private static boolean isOpen(Netfilter.Listing listing, String table, Hook hook) {
    return listing.coverage().isComplete() && listing.isOpen(table, hook);
  }

  private boolean isOpen(Netfilter.Listing listing, String table) {
    return isOpen(listing, table, look.hook());
  }

  /** Only what filters is worth a step when it lets pass. */
  private Trail passedBy(String table, Decider by, Trail trail) {
    return table.equals("filter")
        ? trail.step(look.stack(), Kind.FILTER, device(), by, Mark.OK, by.from(), look.packet())
        : trail;
  }

  private Trail unsure(String reason, Optional<Provenance> from, Trail trail) {
    return trail
        .step(look.stack(), Kind.FILTER, device(), reason, Mark.UNKNOWN, from, look.packet())
        .doubting(reason);
  }

  private List<Journey> open(String reason, Optional<Provenance> from, Skb skb, Trail trail) {
    return Journey.open(look.stack(), Kind.FILTER, device(), reason, from, skb.packet(), trail);
  }

  private Optional<String> device() {
    return look.hook() == Hook.PREROUTING || look.hook() == Hook.INPUT ? look.in() : look.out();
  }

  /** The connection's mark, where a rule set it. */
  private static Trail remember(End end, Trail trail) {
    Optional<Integer> index = end.skb().tracked().flatMap(Skb.Tracked::connection);
    return index.isPresent() && end.connectionMark().isPresent()
        ? trail.with(
            index.get(), trail.connections().get(index.get()).withMark(end.connectionMark().get()))
        : trail;
  }

  /** Table nat is asked once for each connection and side; then its packets are all the same. */
  private List<Journey> translate(Skb skb, Trail trail, Next then) {
    Optional<Connection> connection = Tracking.connection(skb, trail);
    if (connection.isEmpty()) {
      return then.with(skb, trail);
    }
    boolean destination = translatesDestination();
    boolean set = destination ? connection.get().destinationSet() : connection.get().sourceSet();
    boolean asks = !set && skb.isIn("NEW") && skb.tracked().filter(Skb.Tracked::reply).isEmpty();
    return asks
        ? rules(0, skb, trail, then)
        : then.with(Tracking.translated(skb, trail, destination), trail);
  }

  private List<Journey> rules(int index, Skb skb, Trail trail, Next then) {
    List<Netfilter.Listing> listings = netfilter().listings();
    int connection = skb.tracked().flatMap(Skb.Tracked::connection).orElseThrow();
    if (index == listings.size()) {
      Connection settled = trail.connections().get(connection);
      Trail done =
          trail.with(
              connection,
              translatesDestination() ? settled.withDestinationSet() : settled.withSourceSet());
      return then.with(skb, done);
    }
    if (isOpen(listings.get(index), "nat")) {
      return rules(index + 1, skb, trail, then);
    }
    Look now = look.with(skb).with(Tracking.connection(skb, trail));
    List<Journey> journeys = new ArrayList<>(1);
    Trail asked = trail.asking(new ChainQuery(listings.get(index), "nat", now));
    for (End end : TableWalk.of(listings.get(index), "nat", now)) {
      Trail after = remember(end, asked);
      journeys.addAll(
          switch (end.verdict()) {
            case RuleVerdict.Accepted _ -> rules(index + 1, end.skb(), after, then);
            case RuleVerdict.Dropped(var by) ->
                Journey.lost(
                    look.stack(),
                    Kind.NAT,
                    device(),
                    by,
                    by.from(),
                    end.skb().packet(),
                    Encapsulation.filtered(look.packet()),
                    after);
            case RuleVerdict.Translated(var target, var by) ->
                translated(target, by, end.skb(), after, then);
            case RuleVerdict.Undecided(var reason, var from) ->
                open(reason, from, end.skb(), after);
          });
    }
    return journeys;
  }

  private List<Journey> translated(Target target, Decider by, Skb skb, Trail trail, Next then) {
    int index = skb.tracked().flatMap(Skb.Tracked::connection).orElseThrow();
    Translation.Answer answer = Translation.of(target, look.with(skb));
    return switch (answer) {
      case Translation.Answer.Open(var reason) -> open(reason + ": " + by, by.from(), skb, trail);
      case Translation.Answer.Impossible(var reason) ->
          Journey.lost(
              look.stack(),
              Kind.NAT,
              device(),
              by + " (" + reason + ")",
              by.from(),
              skb.packet(),
              Encapsulation.filtered(look.packet()),
              trail);
      case Translation.Answer.Ends(var ends) -> {
        List<Journey> journeys = new ArrayList<>(1);
        for (Translation.NewEnd end : ends) {
          Connection before = trail.connections().get(index);
          Connection after =
              translatesDestination()
                  ? before.to(end.address(), end.port())
                  : before.from(end.address(), end.port());
          Trail changed =
              trail
                  .with(index, after)
                  .step(look.stack(), Kind.NAT, device(), by, Mark.OK, by.from(), skb.packet());
          journeys.addAll(
              then.with(Tracking.translated(skb, changed, translatesDestination()), changed));
        }
        yield journeys;
      }
    };
  }
}
