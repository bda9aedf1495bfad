package io.podpath.core.walk;

import io.podpath.core.node.IpRule;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteTable;
import io.podpath.core.node.RouteType;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Step.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A look-up of routes, and what becomes of the routes and rules it does not take. */
record RouteQuery(Stack stack, Flow flow) implements Asked {

  @Override
  public boolean decides(Netns place, Kind kind) {
    return place.equals(stack.place()) && (kind == Kind.ROUTE || kind == Kind.RULE);
  }

  @Override
  public Optional<String> in() {
    return Optional.of(flow.iif()).filter(i -> !i.equals(Flow.LOOPBACK));
  }

  /**
   * The rules of policy routing, where there are others than every namespace has, then every route
   * that contains the destination, the longest prefix first.
   */
  @Override
  public List<Considered> considered(Step answer) {
    Fib fib = stack.fib(flow.family());
    Decision decision = fib.lookup(flow);
    List<Considered> rows = new ArrayList<>();
    if (fib.hasCustomRules()) {
      rules().forEach(r -> rows.add(considered(r, decision)));
    }
    fib.candidates(flow.destination()).stream()
        .sorted(
            Comparator.comparingInt((Fact<Route> f) -> tablePosition(f.value()))
                .thenComparingInt(f -> -f.value().destination().length())
                .thenComparingLong(f -> f.value().metric().orElse(0)))
        .forEach(f -> rows.add(considered(f, decision, taken(decision))));
    return rows;
  }

  private List<Fact<IpRule>> rules() {
    return stack.facts().get(Section.ipRules(flow.family())).stream()
        .sorted(Comparator.comparingLong(f -> f.value().priority()))
        .toList();
  }

  private static Optional<Fact<Route>> taken(Decision decision) {
    return switch (decision) {
      case Decision.Found found -> Optional.of(found.route());
      case Decision.Refused refused -> Optional.of(refused.route());
      case Decision.RuledOut _, Decision.None _, Decision.Open _ -> Optional.empty();
    };
  }

  private Optional<Fact<IpRule>> deciding(Decision decision) {
    return switch (decision) {
      case Decision.Found found -> found.rule();
      case Decision.RuledOut ruledOut -> Optional.of(ruledOut.rule());
      case Decision.Refused refused -> leading(refused.route().value().table());
      case Decision.None _, Decision.Open _ -> Optional.empty();
    };
  }

  /** The first rule that leads this packet to a table. */
  private Optional<Fact<IpRule>> leading(RouteTable table) {
    return rules().stream()
        .filter(r -> r.value().table().filter(table::equals).isPresent())
        .filter(r -> RuleMatch.of(r.value(), flow) != Truth.NO)
        .findFirst();
  }

  private Considered considered(Fact<IpRule> rule, Decision decision) {
    Optional<Fact<IpRule>> by = deciding(decision);
    boolean chosen = by.filter(rule::equals).isPresent();
    boolean later = by.filter(b -> b.value().priority() < rule.value().priority()).isPresent();
    String reason =
        chosen
            ? "decides"
            : later
                ? "comes after the one that decides"
                : switch (RuleMatch.of(rule.value(), flow)) {
                  case NO -> "is not for this packet";
                  case MAYBE -> "is not modelled";
                  case YES ->
                      rule.value()
                          .table()
                          .map(t -> "table " + t.name() + " has no route that can be used")
                          .orElse("goes on");
                };
    return new Considered(rule.value().toString(), Optional.of(rule.from()), chosen, reason);
  }

  private Considered considered(
      Fact<Route> candidate, Decision decision, Optional<Fact<Route>> taken) {
    boolean chosen = taken.filter(candidate::equals).isPresent();
    String reason =
        chosen
            ? (tablePosition(candidate.value()) == 0
                    && candidate.value().table().equals(RouteTable.LOCAL)
                ? "table local is asked first"
                : "the longest prefix that can be used")
            : lost(candidate.value(), decision, taken.map(Fact::value));
    return new Considered(
        candidate.value().toString(), Optional.of(candidate.from()), chosen, reason);
  }

  private String lost(Route candidate, Decision decision, Optional<Route> taken) {
    if (decision instanceof Decision.Open(var why)) {
      return "not decided: " + why;
    }
    if (taken.isEmpty() || !taken.get().table().equals(candidate.table())) {
      return otherTable(candidate, decision, taken);
    }
    int shorter = taken.get().destination().length() - candidate.destination().length();
    if (shorter > 0) {
      return "shorter prefix";
    }
    long metric = candidate.metric().orElse(0);
    if (shorter == 0 && metric > taken.get().metric().orElse(0)) {
      return "higher metric " + metric;
    }
    return unusable(candidate).orElse("comes after the one that was taken");
  }

  /** Why a route that is better than the one that was taken is none for this packet. */
  private Optional<String> unusable(Route candidate) {
    if (!RuleMatch.tos(candidate, flow)) {
      return Optional.of("for another type of service");
    }
    boolean dead =
        !candidate.nextHops().isEmpty()
            && candidate.nextHops().stream().allMatch(h -> h.flags().contains("dead"));
    if (dead) {
      return Optional.of("dead next hop");
    }
    if (candidate.type() == RouteType.THROW) {
      return Optional.of("throws: the next rule is asked");
    }
    boolean bound =
        flow.oif().isPresent()
            && candidate.nextHops().stream().noneMatch(h -> h.device().equals(flow.oif()));
    return bound
        ? Optional.of("the sender is bound to " + flow.oif().orElseThrow())
        : Optional.empty();
  }

  private String otherTable(Route candidate, Decision decision, Optional<Route> taken) {
    String table = "table " + candidate.table().name();
    Optional<String> unusable = unusable(candidate);
    List<Fact<IpRule>> rules = rules();
    if (rules.isEmpty()) {
      return taken.filter(t -> tablePosition(t) < tablePosition(candidate)).isPresent()
          ? table + " is asked later"
          : unusable.orElse(table + " is not asked");
    }
    Optional<Fact<IpRule>> leads = leading(candidate.table());
    if (leads.isEmpty()) {
      return "no rule leads this packet to " + table;
    }
    boolean later =
        taken.isPresent() && position(taken.get().table()) < position(candidate.table());
    boolean refused =
        deciding(decision)
            .filter(b -> b.value().priority() < leads.get().value().priority())
            .isPresent();
    return later || refused
        ? table + " is asked later"
        : unusable.orElse("suppressed by rule " + leads.get().value());
  }

  private int tablePosition(Route route) {
    return position(route.table());
  }

  /** Which of all tables is asked first; those that are not asked come last. */
  private int position(RouteTable table) {
    List<Fact<IpRule>> rules = rules();
    if (rules.isEmpty()) {
      return table.equals(RouteTable.LOCAL) ? 0 : table.equals(RouteTable.MAIN) ? 1 : 2;
    }
    return leading(table).map(rules::indexOf).orElse(rules.size());
  }
}
