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
import io.podpath.core.netfilter.Chain;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.IpSet;
import io.podpath.core.netfilter.IpSetMember;
import io.podpath.core.netfilter.Target;
import io.podpath.core.netfilter.VirtualServer;
import io.podpath.core.node.Address;
import io.podpath.core.node.BridgePort;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.node.IpRule;
import io.podpath.core.node.Link;
import io.podpath.core.node.Neighbour;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteTable;
import io.podpath.core.node.Sysctl;
import io.podpath.core.snapshot.Devices;
import io.podpath.core.snapshot.Section;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which entries beside those of a blueprint can stand in the way of a packet between pods, or to a
 * service. A machine holds much else that is its own affair.
 */
final class BlueprintExtras implements Predicate<Row> {

  /** The rules every kernel has (net/ipv4/fib_rules.c: fib_default_rules_init). */
  private static final Map<Long, String> USUAL_RULES =
      Map.of(0L, "local", 32766L, "main", 32767L, "default");

  private static final Pattern FORWARDING =
      Pattern.compile("net\\.ipv4\\.conf\\.([^.]+)\\.forwarding");

  private final ClusterFacts cluster;
  private final NodeBlueprint node;
  private final boolean services;
  private final boolean allNodes;
  private final Set<String> sets;

  BlueprintExtras(KnownCluster known, NodeBlueprint node) {
    this.cluster = known.facts();
    this.services = known.services();
    this.allNodes = known.nodes();
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
    return (allNodes || isOfKnownNode(row.entry())) && matters(row);
  }

  /** What leads to a node that nobody told of is as right as what leads to one that is known. */
  private boolean isOfKnownNode(Object entry) {
    return switch (entry) {
      case Route route ->
          route.table().equals(RouteTable.LOCAL)
              || knownSubnets().anyMatch(n -> n.overlaps(route.destination()));
      case Neighbour neighbour -> isKnown(Optional.of(neighbour.address()));
      case FdbEntry fdb -> fdb.destination().isEmpty() || isKnown(fdb.destination());
      case BgpSession session -> isKnown(session.peer());
      case OvsPort port -> isKnown(port.remoteIp());
      case IpSetMember member -> isKnown(IpAddress.parse(member.element()));
      default -> true;
    };
  }

  private Stream<IpPrefix> knownSubnets() {
    return cluster.nodes().stream().flatMap(n -> n.podSubnets().stream());
  }

  private boolean isKnown(Optional<IpAddress> address) {
    return address
        .filter(a ->
            knownSubnets().anyMatch(n -> n.contains(a))
                || cluster.nodes().stream()
                    .flatMap(n -> n.cards().stream())
                    .anyMatch(c -> c.address().equals(a)))
        .isPresent();
  }

  private boolean matters(Row row) {
    return switch (row.entry()) {
      case Route route -> routeMatters(route);
      case Address address ->
          isOurs(address.local())
              || isOthers(address.local())
              || services && Devices.isOverlay(address.device());
      case Neighbour neighbour ->
          neighbour.states().contains("PERMANENT")
              && (neighbour.device().filter(Devices::isOverlay).isPresent()
                  || isOurs(neighbour.address())
                  || isOthers(neighbour.address()));
      case FdbEntry entry -> entry.destination().isPresent() || isOfPod(entry);
      case BridgePort port -> Forms.holdsBack(port) && isLaid(port.bridge());
      case IpRule rule -> !isUsual(rule);
      case Sysctl setting -> stopsForwarding(setting);
      case IpSetMember member -> sets.contains(member.set());
      case VirtualServer _ -> services;
      case BgpSession _ -> true;
      case OvsPort port -> port.isTunnel();
      // what rules and policies come to is asked afterwards, of the packets of the cluster
      case ChainRule rule -> !(rule.target() instanceof Target.CountOnly);
      case Chain chain -> chain.policy().filter(p -> !p.equals("ACCEPT")).isPresent();
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

  private static boolean isUsual(IpRule rule) {
    return rule.from().isEmpty()
        && rule.to().isEmpty()
        && rule.fwmark().isEmpty()
        && rule.selectors().isEmpty()
        && !rule.not()
        && rule.action().equals("lookup " + USUAL_RULES.getOrDefault(rule.priority(), "none"));
  }

  /** A frame for a pod that is written to be behind one port is never sent out by another. */
  private static boolean isOfPod(FdbEntry entry) {
    return entry.flags().contains("static")
        && entry.device().filter(Devices::isPodLink).isPresent();
  }

  private boolean isLaid(String device) {
    return links().anyMatch(l -> l.name().equals(device));
  }

  private Stream<Link> links() {
    return node.host().get(Section.LINKS).values();
  }

  /** Packets come in by cards and by devices that are no ports of a bridge. */
  private boolean stopsForwarding(Sysctl setting) {
    Matcher forwarding = FORWARDING.matcher(setting.key());
    if (!forwarding.matches() || !setting.value().equals("0")) {
      return false;
    }
    // sysctl writes a dot in a device's name as a slash
    String device = forwarding.group(1).replace('/', '.');
    return node.node().cards().stream().anyMatch(c -> c.device().equals(device))
        || links().anyMatch(l -> l.name().equals(device) && l.master().isEmpty());
  }

  private Stream<IpPrefix> ourNetworks() {
    return Stream.concat(
        services
            ? Stream.of(cluster.podNetwork(), cluster.serviceNetwork())
            : Stream.of(cluster.podNetwork()),
        knownSubnets());
  }

  private boolean isOurs(IpAddress address) {
    return ourNetworks().anyMatch(n -> n.contains(address));
  }

  private boolean isOthers(IpAddress address) {
    return cluster.othersThan(node.node()).stream()
        .map(NodeFacts::address)
        .anyMatch(address::equals);
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
