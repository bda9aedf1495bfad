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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

  /** What tunnels and the API server's callers send from node to node. */
  private static final List<IpProtocol> OUTER =
      List.of(IpProtocol.TCP, IpProtocol.UDP, IpProtocol.IPENCAP, IpProtocol.GRE);

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
  private record Question(String table, String chain, ForwardPacket packet) {}

  /** Where rules of a chain are asked from. */
  private record Hook(String table, String chain) {}

  @Override
  public boolean makesNone(Difference difference, Facts actual, Facts expected) {
    return difference.rows().noneMatch(RuleEffects::isOfHostPorts)
        && difference
            .rows()
            .allMatch(
                r -> chainOf(r).filter(chain -> judge(actual, expected).isSame(chain)).isPresent());
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

  private static Optional<Hook> chainOf(Row row) {
    return switch (row.entry()) {
      case ChainRule rule -> Optional.of(new Hook(rule.table(), rule.chain()));
      case Chain chain -> Optional.of(new Hook(chain.table(), chain.name()));
      default -> Optional.empty();
    };
  }

  /**
   * Rules of one side, and the packets as they meet them there: devices have names of their own.
   */
  private record Side(Tables tables, ForwardMatch match, List<Question> questions) {

    List<Set<String>> answers(Hook hook, Hook start) {
      return questions.stream()
          .filter(q -> q.table().equals(hook.table()) && q.chain().equals(hook.chain()))
          .<Set<String>>map(q ->
              ChainOutcomes.of(
                  tables.chains(hook.table()),
                  start.chain(),
                  tables.policy(start),
                  match,
                  q.packet()))
          .toList();
    }
  }

  private Side side(Facts facts) {
    return new Side(Tables.of(facts), new ForwardMatch(facts), questions(facts));
  }

  /** Two sets of rules side by side. */
  private final class Judge {
    private final Facts actual;
    private final Facts expected;
    private final Side mine;
    private final Side theirs;
    private final Map<Hook, Boolean> known = new HashMap<>();

    Judge(Facts actual, Facts expected) {
      this.actual = actual;
      this.expected = expected;
      this.mine = side(actual);
      this.theirs = side(expected);
    }

    boolean isSame(Hook chain) {
      return known.computeIfAbsent(chain, this::compare);
    }

    private boolean compare(Hook chain) {
      Set<Hook> hooks = new HashSet<>(mine.tables().hooksOf(chain));
      hooks.addAll(theirs.tables().hooksOf(chain));
      return hooks.stream().allMatch(h -> isAsked(h) && isSameAt(h, chain));
    }

    /** By what comes of the chain itself, or of all the packet meets after the hook. */
    private boolean isSameAt(Hook hook, Hook chain) {
      boolean both =
          mine.tables().chains(chain.table()).containsKey(chain.chain())
              && theirs.tables().chains(chain.table()).containsKey(chain.chain());
      return both && isSameFrom(hook, chain) || isSameFrom(hook, hook);
    }

    private boolean isSameFrom(Hook hook, Hook start) {
      return mine.answers(hook, start).equals(theirs.answers(hook, start));
    }
  }

  private static boolean isAsked(Hook hook) {
    return hook.table().equals("filter")
        || hook.table().equals("nat") && !hook.chain().equals("INPUT");
  }

  private List<Question> questions(Facts facts) {
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
      for (IpProtocol protocol : List.of(IpProtocol.TCP, IpProtocol.ICMP)) {
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
    ForwardPacket away = packet(mine.get(), OUTSIDE, pods, device(routes, OUTSIDE), IpProtocol.TCP);
    questions.add(new Question("nat", "POSTROUTING", away));
    for (ServiceFacts service : cluster.services().stream().limit(MOST_SERVICES).toList()) {
      ForwardPacket call =
          packet(mine.get(), service.clusterIp(), pods, Optional.empty(), service.protocol())
              .to(service.port());
      questions.add(new Question("nat", "PREROUTING", call));
      service.endpoints().stream()
          .limit(MOST_ENDPOINTS)
          .forEach(e -> questions.addAll(toEndpoint(service, e, mine.get(), pods, routes)));
      ForwardPacket own =
          packet(
                  node.address(),
                  service.clusterIp(),
                  Optional.empty(),
                  device(routes, OUTSIDE),
                  service.protocol())
              .to(service.port());
      questions.add(new Question("nat", "OUTPUT", own));
    }
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

  /** The rules of a node, whatever back end they are in. */
  private record Tables(
      Map<String, Map<String, List<ChainRule>>> rules, Map<Hook, String> policies) {

    static Tables of(Facts facts) {
      Map<String, Map<String, List<ChainRule>>> rules = new LinkedHashMap<>();
      Map<Hook, String> policies = new HashMap<>();
      for (Backend backend : Backend.values()) {
        facts
            .get(Section.chainRules(IpFamily.INET, backend))
            .values()
            .forEach(r ->
                rules
                    .computeIfAbsent(r.table(), t -> new LinkedHashMap<>())
                    .computeIfAbsent(r.chain(), c -> new ArrayList<>())
                    .add(r));
        facts
            .get(Section.chains(IpFamily.INET, backend))
            .values()
            .forEach(
                c -> c.policy().ifPresent(p -> policies.put(new Hook(c.table(), c.name()), p)));
      }
      return new Tables(rules, policies);
    }

    Map<String, List<ChainRule>> chains(String table) {
      return rules.getOrDefault(table, Map.of());
    }

    String policy(Hook hook) {
      return policies.getOrDefault(hook, "ACCEPT");
    }

    /** The kernel's chains from which packets come to this one. */
    Set<Hook> hooksOf(Hook chain) {
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
              if (all.stream().flatMap(Tables::jumps).anyMatch(at::equals)) {
                open.add(name);
              }
            });
      }
      return hooks;
    }

    private static Stream<String> jumps(ChainRule rule) {
      return switch (rule.target()) {
        case Target.Jump(var to) -> Stream.of(to);
        case Target.Goto(var to) -> Stream.of(to);
        default -> Stream.empty();
      };
    }

    private static final Set<String> BUILT_IN =
        Set.copyOf(Arrays.asList("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"));
  }
}
