package io.podpath.core.compare;

import io.podpath.core.blueprint.ClusterFacts;
import io.podpath.core.blueprint.KnownCluster;
import io.podpath.core.blueprint.NodeBlueprint;
import io.podpath.core.blueprint.NodeFacts;
import io.podpath.core.blueprint.Segment;
import io.podpath.core.cni.BgpSession;
import io.podpath.core.cni.CniConfig;
import io.podpath.core.cni.OvsPort;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.IpSet;
import io.podpath.core.netfilter.IpSetMember;
import io.podpath.core.netfilter.Target;
import io.podpath.core.netfilter.VirtualServer;
import io.podpath.core.node.Address;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.node.IpRule;
import io.podpath.core.node.Neighbour;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteTable;
import io.podpath.core.snapshot.Devices;
import io.podpath.core.snapshot.Section;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which entries beside those of a blueprint can stand in the way of a packet between pods, or to a
 * service. A machine holds much else that is its own affair.
 */
final class BlueprintExtras implements Predicate<Row> {

  /**
   * Priorities of the three rules every kernel has (net/ipv4/fib_rules.c: fib_default_rules_init).
   */
  private static final Set<Long> USUAL_RULES = Set.of(0L, 32766L, 32767L);

  private final ClusterFacts cluster;
  private final NodeBlueprint node;
  private final boolean services;
  private final Set<String> sets;

  BlueprintExtras(KnownCluster known, NodeBlueprint node) {
    this.cluster = known.facts();
    this.services = known.services();
    this.node = node;
    this.sets =
        node.host()
            .get(Section.IPSETS)
            .values()
            .map(IpSet::name)
            .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public boolean test(Row row) {
    return switch (row.entry()) {
      case Route route -> routeMatters(route);
      case Address address ->
          isOurs(address.local())
              || isOthers(address.local())
              || services && Devices.isOverlay(address.device());
      case Neighbour neighbour ->
          neighbour.states().contains("PERMANENT")
              && neighbour.device().filter(Devices::isOverlay).isPresent();
      case FdbEntry entry -> entry.destination().isPresent();
      case IpRule rule -> !USUAL_RULES.contains(rule.priority());
      case IpSetMember member -> sets.contains(member.set());
      case VirtualServer _ -> services;
      case BgpSession _ -> true;
      case OvsPort port -> port.isTunnel();
      case ChainRule rule -> ruleMatters(rule);
      case CniConfig config -> comesFirst(config);
      default -> false;
    };
  }

  /**
   * Whether a packet to a pod, a service or a machine of the cluster may take it: it is for such a
   * place, or for a part of the network between machines.
   */
  private boolean routeMatters(Route route) {
    IpPrefix to = route.destination();
    if (route.table().equals(RouteTable.LOCAL)) {
      return isOurs(to.address()) || isOthers(to.address());
    }
    return ourNetworks().anyMatch(n -> n.contains(to))
        || cluster.segments().stream()
            .map(Segment::network)
            .anyMatch(n -> n.contains(to) && n.length() < to.length());
  }

  private Stream<IpPrefix> ourNetworks() {
    return Stream.concat(
        services
            ? Stream.of(cluster.podNetwork(), cluster.serviceNetwork())
            : Stream.of(cluster.podNetwork()),
        cluster.nodes().stream().flatMap(n -> n.podSubnets().stream()));
  }

  private boolean isOurs(IpAddress address) {
    return ourNetworks().anyMatch(n -> n.contains(address));
  }

  private boolean isOthers(IpAddress address) {
    return cluster.othersThan(node.node()).stream()
        .map(NodeFacts::address)
        .anyMatch(address::equals);
  }

  /**
   * What drops or rewrites, or jumps to where that is done; not what lets pass. Chains of Docker's
   * and the firewall's own are entered by a jump from a chain of the kernel.
   */
  private boolean ruleMatters(ChainRule rule) {
    return switch (rule.target()) {
      case Target.Drop _, Target.Reject _, Target.Dnat _, Target.Snat _ ->
          isExpectedChain(rule) && !rule.chain().equals("KUBE-FIREWALL") || isBuiltIn(rule);
      case Target.Masquerade _, Target.SetMark _, Target.Return _ -> isExpectedChain(rule);
      case Target.Accept _, Target.Jump _, Target.Goto _, Target.CountOnly _, Target.Other _ ->
          false;
    };
  }

  private static boolean isBuiltIn(ChainRule rule) {
    return Set.of("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING").contains(rule.chain());
  }

  /** A chain that fabric or service proxy fill, so that nobody else has a rule in it. */
  private boolean isExpectedChain(ChainRule rule) {
    return !isBuiltIn(rule)
        && Stream.of(io.podpath.core.netfilter.Backend.values())
            .flatMap(
                b -> node.host().get(Section.chains(io.podpath.core.net.IpFamily.INET, b)).values())
            .anyMatch(c -> c.table().equals(rule.table()) && c.name().equals(rule.chain()));
  }

  /** The runtime takes the first file in the order of names (libcni: LoadConf). */
  private boolean comesFirst(CniConfig config) {
    return config
        .fileName()
        .filter(CniConfig::isReadName)
        .filter(name ->
            node.files().keySet().stream()
                .filter(f -> f.startsWith("/etc/cni/net.d/"))
                .map(f -> f.substring("/etc/cni/net.d/".length()))
                .allMatch(mine -> name.compareTo(mine) < 0))
        .isPresent();
  }
}
