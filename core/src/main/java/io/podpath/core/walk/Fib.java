package io.podpath.core.walk;

import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.Address;
import io.podpath.core.node.IpRule;
import io.podpath.core.node.NextHop;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteTable;
import io.podpath.core.node.RouteType;
import io.podpath.core.snapshot.Coverage;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Section.RouteScope;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Policy rules and routing tables of a namespace for one family, asked as the kernel asks them:
 * net/core/fib_rules.c: fib_rules_lookup, net/ipv4/fib_rules.c: fib4_rule_action and
 * fib4_rule_suppress, net/ipv4/fib_trie.c: fib_table_lookup; net/ipv6/ip6_fib.c: fib6_node_lookup,
 * net/ipv6/route.c: fib6_table_lookup.
 */
final class Fib {

  /** A table that nobody filled has no route, if it could have been read. */
  private record Table(PrefixTable<Fact<Route>> routes, Coverage coverage) {}

  /** A rule with what it says already read. */
  private record Ruled(Fact<IpRule> fact, Optional<RouteTable> table, boolean takesAll) {
    static Ruled of(Fact<IpRule> fact) {
      IpRule rule = fact.value();
      boolean all =
          !rule.not()
              && rule.selectors().isEmpty()
              && rule.fwmark().isEmpty()
              && rule.from().filter(p -> !p.isDefault()).isEmpty()
              && rule.to().filter(p -> !p.isDefault()).isEmpty();
      return new Ruled(fact, rule.table(), all);
    }
  }

  private static final int MOST_GOTOS = 64;
  private static final List<RouteTable> STANDARD =
      List.of(RouteTable.LOCAL, RouteTable.MAIN, new RouteTable("default"));

  private final List<Ruled> rules;
  private final Coverage rulesCoverage;
  private final Map<RouteTable, Table> tables = new HashMap<>();
  private final List<Table> apart;
  private final Coverage others;
  private final boolean customRules;
  private final boolean customLocalRoutes;

  /**
   * Until somebody adds a rule, tables local and main are one, in which the longer prefix wins
   * (fib_trie.c: fib_new_table, fib_trie_unmerge).
   */
  private Fib(Facts facts, IpFamily family) {
    Entries<IpRule> known = facts.get(Section.ipRules(family));
    this.rules =
        known.facts().stream()
            .sorted(Comparator.comparingLong(f -> f.value().priority()))
            .map(Ruled::of)
            .toList();
    this.customRules =
        rules.size() > 3
            || known
                .values()
                .mapToLong(IpRule::priority)
                .anyMatch(p -> p != 0 && p != 32766 && p != 32767);
    this.rulesCoverage = known.coverage();
    Entries<Route> local = facts.localRoutes(family);
    Entries<Route> main = facts.mainRoutes(family);
    Entries<Route> other = facts.get(Section.routes(family, RouteScope.OTHER));
    if (local.isNotGathered()) {
      tables.put(RouteTable.LOCAL, ofAddresses(facts.get(Section.ADDRESSES), family));
    } else {
      tables.put(RouteTable.LOCAL, table(local.facts(), local.coverage()));
    }
    Map<RouteTable, List<Fact<Route>>> byTable = new HashMap<>();
    for (Fact<Route> fact : other.facts()) {
      byTable.computeIfAbsent(fact.value().table(), t -> new ArrayList<>()).add(fact);
    }
    byTable.forEach((name, routes) -> tables.put(name, table(routes, other.coverage())));
    this.others = other.coverage();
    this.customLocalRoutes =
        Stream.of(local, main, other)
            .flatMap(Entries::values)
            // a route that ip added says nothing of its protocol, which is boot
            .anyMatch(r -> r.type() == RouteType.LOCAL && !r.hasProtocol("kernel"));
    boolean merged =
        local.coverage().isComplete()
            && main.coverage().isComplete()
            && family == IpFamily.INET
            && !rules.isEmpty()
            && !hasCustomRules();
    if (merged) {
      List<Fact<Route>> both = new ArrayList<>(local.facts());
      both.addAll(main.facts());
      tables.put(RouteTable.LOCAL, table(both, local.coverage()));
      // what was looked up in vain there is not found a second time
      tables.put(RouteTable.MAIN, tables.get(RouteTable.LOCAL));
    } else {
      tables.put(RouteTable.MAIN, table(main.facts(), main.coverage()));
    }
    this.apart = List.copyOf(new LinkedHashSet<>(tables.values()));
  }

  static Fib of(Facts facts, IpFamily family) {
    return new Fib(facts, family);
  }

  /**
   * Within a prefix the higher type of service comes first, then the lower metric, then what was
   * listed first (fib_insert_alias).
   */
  private static Table table(List<Fact<Route>> routes, Coverage coverage) {
    List<Fact<Route>> ordered =
        routes.stream()
            .sorted(
                Comparator.comparing((Fact<Route> f) -> !f.value().table().equals(RouteTable.LOCAL))
                    .thenComparingInt(f -> -tos(f.value()))
                    .thenComparingLong(f -> f.value().metric().orElse(0)))
            .toList();
    return new Table(PrefixTable.of(ordered, f -> f.value().destination()), coverage);
  }

  /** What the kernel itself writes into table local for each address (fib_add_ifaddr). */
  private static Table ofAddresses(Entries<Address> addresses, IpFamily family) {
    List<Fact<Route>> routes = new ArrayList<>();
    for (Fact<Address> fact : addresses.facts()) {
      Address address = fact.value();
      if (address.local().family() == family) {
        routes.add(new Fact<>(local(address), fact.from()));
        address
            .broadcast()
            .ifPresent(b -> routes.add(new Fact<>(broadcast(address, b), fact.from())));
      }
    }
    return table(routes, addresses.coverage());
  }

  private static Route local(Address address) {
    IpPrefix prefix =
        address.local().isLoopback() && address.local().isV4()
            ? address.network()
            : address.local().toPrefix();
    return new Route(
        RouteType.LOCAL,
        prefix,
        RouteTable.LOCAL,
        Optional.of("kernel"),
        Optional.of("host"),
        Optional.of(address.local()),
        java.util.OptionalLong.empty(),
        List.of(NextHop.dev(address.device())),
        java.util.Collections.emptySortedMap(),
        java.util.Collections.emptySortedMap());
  }

  private static Route broadcast(Address address, IpAddress broadcast) {
    Route route = local(address);
    return new Route(
        RouteType.BROADCAST,
        broadcast.toPrefix(),
        route.table(),
        route.protocol(),
        Optional.of("link"),
        route.preferredSource(),
        route.metric(),
        route.nextHops(),
        route.metrics(),
        route.attributes());
  }

  private static int tos(Route route) {
    return route.attributes().containsKey("tos") ? 1 : 0;
  }

  Decision lookup(Flow flow) {
    return lookup(flow, Fib6Node.Choice.BEST);
  }

  /**
   * @param choice of IPv6 routes with one prefix
   */
  Decision lookup(Flow flow, Fib6Node.Choice choice) {
    if (rules.isEmpty()) {
      return standard(flow, choice);
    }
    int next = 0;
    int gotos = 0;
    while (next < rules.size()) {
      Ruled ruled = rules.get(next++);
      Fact<IpRule> fact = ruled.fact();
      IpRule rule = fact.value();
      Truth fits = ruled.takesAll() ? Truth.YES : RuleMatch.of(rule, flow);
      if (fits == Truth.NO) {
        continue;
      }
      if (fits == Truth.MAYBE) {
        return new Decision.Open("rule \"" + rule + "\" is not modelled");
      }
      if (rule.action().startsWith("goto ")) {
        Optional<Integer> target = index(rule.action().substring("goto ".length()));
        if (target.isPresent() && ++gotos <= MOST_GOTOS) {
          next = target.get();
        }
        continue;
      }
      Optional<RouteTable> table = ruled.table();
      if (table.isEmpty()) {
        Optional<RouteType> refuses =
            RouteType.parse(rule.action()).filter(t -> !t.forwards() && t != RouteType.THROW);
        if (refuses.isPresent()) {
          return new Decision.RuledOut(fact, refuses.get());
        }
        if (rule.action().equals("nop")) {
          continue;
        }
        return new Decision.Open("rule \"" + rule + "\" is not modelled");
      }
      Decision decision = in(table.get(), flow, choice, Optional.of(fact));
      if (decision instanceof Decision.None || suppressed(rule, decision)) {
        continue;
      }
      return decision;
    }
    return rulesCoverage.isComplete()
        ? new Decision.None()
        : new Decision.Open("rules of policy routing: " + rulesCoverage.gap());
  }

  /** Every namespace has these three until somebody changes them. */
  private Decision standard(Flow flow, Fib6Node.Choice choice) {
    for (RouteTable table : STANDARD) {
      Decision decision = in(table, flow, choice, Optional.empty());
      if (!(decision instanceof Decision.None)) {
        return decision;
      }
    }
    return new Decision.None();
  }

  private Optional<Integer> index(String priority) {
    for (int i = 0; i < rules.size(); i++) {
      if (Long.toString(rules.get(i).fact().value().priority()).equals(priority)) {
        return Optional.of(i);
      }
    }
    return Optional.empty();
  }

  /** fib4_rule_suppress: a result that is too general is as good as none. */
  private static boolean suppressed(IpRule rule, Decision decision) {
    String length = rule.selectors().get("suppress_prefixlength");
    return length != null
        && decision instanceof Decision.Found found
        && found.route().value().destination().length() <= number(length);
  }

  private static int number(String text) {
    return text.length() <= 3 && !text.isEmpty() && text.chars().allMatch(Character::isDigit)
        ? Integer.parseInt(text)
        : -1;
  }

  /** One table; none when it has no route or its route throws. */
  private Decision in(
      RouteTable name, Flow flow, Fib6Node.Choice choice, Optional<Fact<IpRule>> rule) {
    Table table = tables.get(name);
    if (table == null) {
      // "ip route" alone shows no other table; the kernel's own table default is empty
      return others.isComplete() || name.name().equals("default")
          ? new Decision.None()
          : new Decision.Open("routes of table " + name + ": " + others.gap());
    }
    for (List<Fact<Route>> routes : table.routes().containing(flow.destination())) {
      boolean six = flow.family() == IpFamily.INET6;
      for (Fact<Route> fact : six ? Fib6Node.ordered(routes, flow, choice) : routes) {
        Route route = fact.value();
        if (!RuleMatch.tos(route, flow)) {
          continue;
        }
        if (six && route.attributes().containsKey("from")) {
          return new Decision.Open("not modelled: a route that asks for the source, " + route);
        }
        if (!table.coverage().isComplete()) {
          return new Decision.Open("routes of table " + name + ": " + table.coverage().gap());
        }
        if (route.type() == RouteType.THROW) {
          return new Decision.None();
        }
        if (!route.type().forwards()) {
          return new Decision.Refused(fact);
        }
        List<NextHop> hops = usable(route.nextHops(), Fib6Node.bound(flow));
        if (!hops.isEmpty()) {
          return new Decision.Found(fact, hops, rule);
        }
      }
    }
    return table.coverage().isComplete()
        ? new Decision.None()
        : new Decision.Open("routes of table " + name + ": " + table.coverage().gap());
  }

  private static List<NextHop> usable(List<NextHop> hops, Optional<String> oif) {
    for (NextHop hop : hops) {
      if (!usable(hop, oif)) {
        return hops.stream().filter(h -> usable(h, oif)).toList();
      }
    }
    return hops;
  }

  private static boolean usable(NextHop hop, Optional<String> oif) {
    return !hop.flags().contains("dead") && (oif.isEmpty() || oif.equals(hop.device()));
  }

  /**
   * What table local says of an address (inet_addr_type, inet_dev_addr_type); absent for an address
   * that is nothing special.
   *
   * @param device empty for any
   */
  Gathered<RouteType> typeOf(IpAddress address, Optional<String> device) {
    Table local = Objects.requireNonNull(tables.get(RouteTable.LOCAL));
    for (List<Fact<Route>> routes : local.routes().containing(address)) {
      for (Fact<Route> fact : routes) {
        Route route = fact.value();
        if (device.isEmpty() || route.device().equals(device)) {
          return Gathered.known(route.type());
        }
      }
    }
    return local.coverage().isComplete()
        ? Gathered.absent()
        : Gathered.notGathered("routes of table local: " + local.coverage().gap());
  }

  boolean isLocal(IpAddress address) {
    return isLocal(address, Optional.empty());
  }

  /**
   * @param device whose address it must be; empty for any
   */
  boolean isLocal(IpAddress address, Optional<String> device) {
    return typeOf(address, device).optional().filter(RouteType.LOCAL::equals).isPresent();
  }

  /** Whether it goes to an address of several machines, such as a network's for its routers. */
  boolean isAnycast(Flow flow) {
    return flow.family() == IpFamily.INET6
        && lookup(flow) instanceof Decision.Found found
        && found.type() == RouteType.ANYCAST;
  }

  /** Whether there are more rules than those every namespace has (fib4_has_custom_rules). */
  boolean hasCustomRules() {
    return customRules;
  }

  /** Whether table local holds more than what the kernel writes (fib_has_custom_local_routes). */
  boolean hasCustomLocalRoutes() {
    return customLocalRoutes;
  }

  /** Whether no rule asks for addresses, or anything else. */
  boolean takesAll() {
    return rules.stream().allMatch(Ruled::takesAll);
  }

  /** All rows a look-up of an address may come to, by their prefixes. */
  List<List<Fact<Route>>> rows(IpAddress address) {
    if (apart.size() == 1) {
      return apart.getFirst().routes().containing(address);
    }
    List<List<Fact<Route>>> rows = new ArrayList<>();
    apart.forEach(t -> rows.addAll(t.routes().containing(address)));
    return rows;
  }

  /** Routes that contain an address, in all tables; what {@code --why} shows. */
  List<Fact<Route>> candidates(IpAddress destination) {
    List<Fact<Route>> all = new ArrayList<>();
    apart.forEach(t -> t.routes().containing(destination).forEach(all::addAll));
    return all;
  }
}
