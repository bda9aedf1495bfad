package io.podpath.core.compare;

import io.podpath.core.blueprint.ClusterFacts;
import io.podpath.core.blueprint.NodeBlueprint;
import io.podpath.core.blueprint.NodeFacts;
import io.podpath.core.blueprint.PodFacts;
import io.podpath.core.blueprint.ServiceFacts;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.netfilter.Backend;
import io.podpath.core.netfilter.Chain;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Target;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.FibTable;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.ChainOutcomes;
import io.podpath.core.walk.ForwardMatch;
import io.podpath.core.walk.ForwardPacket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the rules of iptables do with the packets of a cluster. An accept by policy, by KUBE-FORWARD
 * or by a wider rule is the same accept; releases of kube-proxy, flannel and Calico write their
 * rules in different ways, and only what comes of them counts.
 */
final class RuleEffects implements Effects {

  /** Chains of the CNI plug-in portmap begin so. */
  private static final String PORTMAP = "CNI-";

  private static final int MOST_NODES = 8;
  private static final int MOST_SERVICES = 200;
  private static final int MOST_ENDPOINTS = 4;

  /** What machines of a cluster send each other. */
  private static final List<IpProtocol> OUTER =
      List.of(IpProtocol.TCP, IpProtocol.UDP, IpProtocol.ICMP, IpProtocol.IPENCAP, IpProtocol.GRE);

  /** An address of nobody (RFC 5737). */
  private static final IpAddress OUTSIDE = IpAddress.of("203.0.113.9");

  private final ClusterFacts cluster;
  private final NodeFacts node;
  private @Nullable Judge last;

  RuleEffects(ClusterFacts cluster, NodeBlueprint node) {
    this.cluster = cluster;
    this.node = node.node();
  }

  /** A packet at one hook. */
  record Question(String table, String chain, ForwardPacket packet) {}

  /** Where rules of a chain are asked from. */
  private record Hook(String table, String chain) {}

  @Override
  public boolean makesNone(Difference difference, Facts actual, Facts expected) {
    Judge judge = judge(actual, expected);
    return difference.rows().noneMatch(RuleEffects::isOfHostPorts)
        && switch (difference) {
          case Difference.Extra(var row) when row.entry() instanceof ChainRule rule ->
              judge.isInnocent(rule);
          case Difference.Missing _, Difference.Extra _, Difference.Differs _ ->
              difference.rows().allMatch(r -> isSame(r, judge));
        };
  }

  private static boolean isSame(Row row, Judge judge) {
    return switch (row.entry()) {
      case ChainRule rule -> judge.isSame(rule);
      case Chain chain -> judge.isSame(new Hook(chain.table(), chain.name()));
      default -> false;
    };
  }

  /** No packet is asked about that comes to a port of a node and goes on to a pod. */
  private static boolean isOfHostPorts(Row row) {
    return row.entry() instanceof ChainRule rule
        && (rule.chain().startsWith(PORTMAP)
            || rule.target() instanceof Target.Jump(var chain) && chain.startsWith(PORTMAP));
  }

  /** Tables are taken apart once for all the differences of a node. */
  private Judge judge(Facts actual, Facts expected) {
    Judge known = last;
    if (known == null || known.actual != actual || known.expected != expected) {
      known = new Judge(actual, expected);
      last = known;
    }
    return known;
  }

  /**
   * Rules of one side, and the packets as they meet them there: devices have names of their own.
   */
  private record Side(Tables tables, ForwardMatch match, Map<Hook, List<Question>> questions) {

    List<Question> at(Hook hook) {
      return questions.getOrDefault(hook, List.of());
    }

    List<Set<String>> answers(Hook start, List<Question> asked) {
      return asked.stream().map(q -> tables.outcomes(start, match, q.packet())).toList();
    }
  }

  private Side side(Facts facts) {
    return new Side(
        Tables.of(facts),
        new ForwardMatch(facts),
        questions(facts).stream()
            .collect(Collectors.groupingBy(q -> new Hook(q.table(), q.chain()))));
  }

  /** Two sets of rules side by side. */
  private final class Judge {
    private final Facts actual;
    private final Facts expected;
    private final Side mine;
    private final Side theirs;
    private final Map<Hook, Boolean> known = new HashMap<>();
    private final Map<Hook, List<Question>> wrong = new HashMap<>();

    /** Without the rules that were found to do nothing. */
    private Tables left;

    Judge(Facts actual, Facts expected) {
      this.actual = actual;
      this.expected = expected;
      this.mine = side(actual);
      this.theirs = side(expected);
      this.left = mine.tables();
    }

    /**
     * Whether nothing that comes out otherwise than expected does so by this rule. What it does not
     * change is the work of another; of two that both do it the later one is left with it.
     */
    boolean isInnocent(ChainRule rule) {
      Hook chain = new Hook(rule.table(), rule.chain());
      Tables without = left.without(rule);
      boolean innocent =
          hooks(chain)
              .allMatch(h ->
                  !mine.at(h).isEmpty()
                      && wrong(h, rule)
                          .allMatch(q ->
                              without
                                  .outcomes(h, mine.match(), q.packet())
                                  .equals(left.outcomes(h, mine.match(), q.packet()))));
      if (innocent) {
        left = without;
      }
      return innocent;
    }

    /** Packets of which comes another thing than expected. */
    private Stream<Question> wrong(Hook hook, ChainRule rule) {
      Witnesses about = new Witnesses(rule, cluster);
      return Stream.concat(
          wrong.computeIfAbsent(hook, h -> wrong(h, mine.at(h), theirs.at(h))).stream(),
          wrong(hook, about.of(mine.at(hook)), about.of(theirs.at(hook))).stream());
    }

    private List<Question> wrong(Hook hook, List<Question> here, List<Question> there) {
      List<Set<String>> mineSaid = mine.answers(hook, here);
      List<Set<String>> theirsSaid = theirs.answers(hook, there);
      List<Question> all = new ArrayList<>();
      for (int i = 0; i < here.size(); i++) {
        if (i >= there.size() || !mineSaid.get(i).equals(theirsSaid.get(i))) {
          all.add(here.get(i));
        }
      }
      return all;
    }

    /** By what comes of the packets of a cluster, and of those the rule is about. */
    boolean isSame(ChainRule rule) {
      Hook chain = new Hook(rule.table(), rule.chain());
      Witnesses about = new Witnesses(rule, cluster);
      return isSame(chain)
          && hooks(chain)
              .allMatch(h -> isSameFrom(h, about.of(mine.at(h)), about.of(theirs.at(h))));
    }

    boolean isSame(Hook chain) {
      return known.computeIfAbsent(chain, this::compare);
    }

    private boolean compare(Hook chain) {
      return hooks(chain).allMatch(h -> !mine.at(h).isEmpty() && isSameAt(h, chain));
    }

    private Stream<Hook> hooks(Hook chain) {
      Set<Hook> hooks = new HashSet<>(mine.tables().hooksOf(chain));
      hooks.addAll(theirs.tables().hooksOf(chain));
      return hooks.stream();
    }

    /** By what comes of the chain itself, or of all the packet meets after the hook. */
    private boolean isSameAt(Hook hook, Hook chain) {
      boolean both = mine.tables().has(chain) && theirs.tables().has(chain);
      return both
              && mine.answers(chain, mine.at(hook)).equals(theirs.answers(chain, theirs.at(hook)))
          || isSameFrom(hook, mine.at(hook), theirs.at(hook));
    }

    private boolean isSameFrom(Hook hook, List<Question> here, List<Question> there) {
      return mine.answers(hook, here).equals(theirs.answers(hook, there));
    }
  }

  /** All tables and chains the packets meet; later ones of a connection do not meet nat. */
  private List<Question> questions(Facts facts) {
    Set<Question> questions = new LinkedHashSet<>();
    for (Question first : firstPackets(facts)) {
      questions.add(first);
      if (!first.table().equals("nat")) {
        List<String> way = WAYS.getOrDefault(first.chain(), List.of());
        for (String chain : way) {
          ForwardPacket packet = first.packet();
          if (!packet.established()) {
            questions.add(new Question("nat", chain, packet));
          }
          for (ForwardPacket one : List.of(packet, packet.later())) {
            questions.add(new Question("filter", chain, one));
            questions.add(new Question("mangle", chain, one));
            questions.add(new Question("raw", chain, one));
          }
        }
      }
    }
    return List.copyOf(questions);
  }

  private List<Question> firstPackets(Facts facts) {
    List<Question> questions = new ArrayList<>();
    FibTable routes = FibTable.main(facts, IpFamily.INET);
    Optional<IpAddress> mine = pod(node);
    if (mine.isEmpty()) {
      return questions;
    }
    Optional<String> pods = device(routes, mine.get());
    for (NodeFacts other : cluster.othersThan(node).stream().limit(MOST_NODES).toList()) {
      Optional<IpAddress> there = pod(other);
      if (there.isEmpty()) {
        continue;
      }
      Optional<String> way = device(routes, there.get());
      for (IpProtocol protocol : OUTER) {
        Optional<String> card = Optional.of(node.card().device());
        Optional<String> none = Optional.empty();
        questions.add(
            new Question(
                "filter", "INPUT", packet(other.address(), node.address(), card, none, protocol)));
        questions.add(
            new Question(
                "filter", "OUTPUT", packet(node.address(), other.address(), none, card, protocol)));
      }
      for (IpProtocol protocol : List.of(IpProtocol.TCP, IpProtocol.UDP, IpProtocol.ICMP)) {
        ForwardPacket out = packet(mine.get(), there.get(), pods, way, protocol);
        ForwardPacket back = packet(there.get(), mine.get(), way, pods, protocol);
        questions.add(new Question("filter", "FORWARD", out));
        questions.add(new Question("filter", "FORWARD", back));
        questions.add(new Question("nat", "POSTROUTING", out));
        questions.add(new Question("nat", "POSTROUTING", back));
      }
    }
    questions.add(
        new Question(
            "filter",
            "INPUT",
            packet(mine.get(), node.address(), pods, Optional.empty(), IpProtocol.TCP)));
    questions.add(
        new Question(
            "filter",
            "OUTPUT",
            packet(node.address(), mine.get(), Optional.empty(), pods, IpProtocol.TCP)));
    Optional<String> out = device(routes, OUTSIDE);
    ForwardPacket away = packet(mine.get(), OUTSIDE, pods, out, IpProtocol.TCP);
    questions.add(new Question("filter", "FORWARD", away));
    questions.add(
        new Question(
            "filter", "FORWARD", packet(OUTSIDE, mine.get(), out, pods, IpProtocol.TCP).later()));
    questions.add(new Question("nat", "POSTROUTING", away));
    for (ServiceFacts service : cluster.services().stream().limit(MOST_SERVICES).toList()) {
      for (ServiceFacts.Called called : service.called(node)) {
        questions.addAll(calls(called, service.protocol(), mine.get(), pods, out));
      }
      service.endpoints().stream()
          .limit(MOST_ENDPOINTS)
          .forEach(e -> questions.addAll(toEndpoint(service, e, mine.get(), pods, routes)));
    }
    return questions;
  }

  /** From a pod, from the node itself, and from outside where it can be called from there. */
  private List<Question> calls(
      ServiceFacts.Called called,
      IpProtocol protocol,
      IpAddress pod,
      Optional<String> pods,
      Optional<String> out) {
    Optional<String> none = Optional.empty();
    List<Question> questions = new ArrayList<>();
    for (String table : List.of("nat", "filter")) {
      if (table.equals("nat") || called.address().equals(node.address())) {
        String into = table.equals("nat") ? "PREROUTING" : "INPUT";
        questions.add(
            new Question(
                table,
                into,
                packet(pod, called.address(), pods, none, protocol).to(called.port())));
        if (called.fromOutside()) {
          questions.add(
              new Question(
                  table,
                  into,
                  packet(OUTSIDE, called.address(), out, none, protocol).to(called.port())));
        }
      }
    }
    questions.add(
        new Question(
            "nat",
            "OUTPUT",
            packet(node.address(), called.address(), none, out, protocol).to(called.port())));
    return questions;
  }

  /** What a call to a service becomes once its address is translated. */
  private List<Question> toEndpoint(
      ServiceFacts service,
      ServiceFacts.Endpoint endpoint,
      IpAddress pod,
      Optional<String> pods,
      FibTable routes) {
    Optional<String> none = Optional.empty();
    IpAddress to = endpoint.address();
    if (to.equals(node.address())) {
      return List.of(
          new Question(
              "filter",
              "INPUT",
              packet(pod, to, pods, none, service.protocol()).to(endpoint.port())));
    }
    Optional<String> way = device(routes, to);
    return List.of(
        new Question(
            "filter",
            "OUTPUT",
            packet(node.address(), to, none, way, service.protocol()).to(endpoint.port())),
        new Question(
            "filter",
            "FORWARD",
            packet(pod, to, pods, way, service.protocol()).to(endpoint.port())));
  }

  private static ForwardPacket packet(
      IpAddress from,
      IpAddress to,
      Optional<String> in,
      Optional<String> out,
      IpProtocol protocol) {
    return new ForwardPacket(IpFamily.INET, Optional.of(from), Optional.of(to), in, out, protocol);
  }

  private static Optional<String> device(FibTable routes, IpAddress to) {
    return routes.bestSeen(to).flatMap(f -> f.value().device());
  }

  private static Optional<IpAddress> pod(NodeFacts node) {
    Optional<IpAddress> real = node.pods().stream().map(PodFacts::address).findFirst();
    return real.or(() -> node.podSubnet().map(IpPrefix::address).map(a -> a.plus(10)));
  }

  /** The rules of a node. The kernel asks those of both back ends. */
  private record Tables(List<Rules> backends) {

    static Tables of(Facts facts) {
      return new Tables(Arrays.stream(Backend.values()).map(b -> Rules.of(facts, b)).toList());
    }

    Tables without(ChainRule rule) {
      return new Tables(backends.stream().map(b -> b.without(rule)).toList());
    }

    boolean has(Hook chain) {
      return backends.stream().anyMatch(b -> b.chains(chain.table()).containsKey(chain.chain()));
    }

    /** What is dropped by one is dropped, and what one lets pass is the other's to decide. */
    Set<String> outcomes(Hook start, ForwardMatch match, ForwardPacket packet) {
      Set<String> all = Set.of(PASSED);
      for (Rules rules : backends) {
        Set<String> more =
            ChainOutcomes.of(
                rules.chains(start.table()), start.chain(), rules.policy(start), match, packet);
        all =
            all.stream()
                .flatMap(one -> more.stream().map(other -> both(one, other)))
                .collect(Collectors.toCollection(TreeSet::new));
      }
      return all;
    }

    private static String both(String one, String other) {
      if (one.equals(DROPPED) || other.equals(PASSED)) {
        return one;
      }
      return one.equals(PASSED) || other.equals(DROPPED) ? other : one + ", " + other;
    }

    /** The kernel's chains from which packets come to this one. */
    Set<Hook> hooksOf(Hook chain) {
      return backends.stream().flatMap(b -> b.hooksOf(chain)).collect(Collectors.toSet());
    }
  }

  private static final String PASSED = "ACCEPT";
  private static final String DROPPED = "DROP";

  /** The rules of one back end. */
  private record Rules(
      Map<String, Map<String, List<ChainRule>>> rules, Map<Hook, String> policies) {

    static Rules of(Facts facts, Backend backend) {
      Map<String, Map<String, List<ChainRule>>> rules = new LinkedHashMap<>();
      facts
          .get(Section.chainRules(IpFamily.INET, backend))
          .values()
          .forEach(r ->
              rules
                  .computeIfAbsent(r.table(), t -> new LinkedHashMap<>())
                  .computeIfAbsent(r.chain(), c -> new ArrayList<>())
                  .add(r));
      Map<Hook, String> policies = new HashMap<>();
      facts
          .get(Section.chains(IpFamily.INET, backend))
          .values()
          .forEach(c -> c.policy().ifPresent(p -> policies.put(new Hook(c.table(), c.name()), p)));
      return new Rules(rules, policies);
    }

    Map<String, List<ChainRule>> chains(String table) {
      return rules.getOrDefault(table, Map.of());
    }

    /** One such rule less. */
    Rules without(ChainRule rule) {
      Map<String, List<ChainRule>> chains = new LinkedHashMap<>(chains(rule.table()));
      List<ChainRule> chain = new ArrayList<>(chains.getOrDefault(rule.chain(), List.of()));
      if (!chain.remove(rule)) {
        return this;
      }
      chains.put(rule.chain(), chain);
      Map<String, Map<String, List<ChainRule>>> tables = new LinkedHashMap<>(rules);
      tables.put(rule.table(), chains);
      return new Rules(tables, policies);
    }

    /** A chain of one's own has none: what leaves it goes on. */
    String policy(Hook hook) {
      return policies.getOrDefault(hook, PASSED);
    }

    private Stream<Hook> hooksOf(Hook chain) {
      Set<Hook> hooks = new HashSet<>();
      Set<String> seen = new HashSet<>();
      List<String> open = new ArrayList<>(List.of(chain.chain()));
      while (!open.isEmpty()) {
        String at = open.removeLast();
        if (!seen.add(at)) {
          continue;
        }
        if (BUILT_IN.contains(at)) {
          hooks.add(new Hook(chain.table(), at));
        }
        chains(chain.table())
            .forEach((name, all) -> {
              if (all.stream().flatMap(Rules::jumps).anyMatch(at::equals)) {
                open.add(name);
              }
            });
      }
      return hooks.stream();
    }

    private static Stream<String> jumps(ChainRule rule) {
      return switch (rule.target()) {
        case Target.Jump(var to) -> Stream.of(to);
        case Target.Goto(var to) -> Stream.of(to);
        default -> Stream.empty();
      };
    }
  }

  private static final Set<String> BUILT_IN =
      Set.copyOf(Arrays.asList("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"));

  /** The chains a packet meets, by the one of table filter among them; not all tables have all. */
  private static final Map<String, List<String>> WAYS =
      Map.of(
          "INPUT", List.of("PREROUTING", "INPUT"),
          "FORWARD", List.of("PREROUTING", "FORWARD", "POSTROUTING"),
          "OUTPUT", List.of("OUTPUT", "POSTROUTING"));
}
