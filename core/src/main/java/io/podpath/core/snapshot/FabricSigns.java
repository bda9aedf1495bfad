package io.podpath.core.snapshot;

import io.podpath.core.cluster.IpPool;
import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteType;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Tells a fabric by the traces it leaves: its devices, its routes, its objects. Nothing is
 * concluded from what is not there: a bridge of pods without any such trace may be routed by a
 * cloud or by a router, and that is no fabric podpath knows.
 */
final class FabricSigns {

  /** A protocol nobody stamped, or that of the administrator: flanneld and people write these. */
  private static final Set<String> BY_HAND = Set.of("boot", "static");

  /** What Quagga's and FRR's zebra stamps on routes that nodes tell each other. */
  private static final Set<String> TOLD = Set.of("zebra", "ospf", "rip");

  private final Snapshot snapshot;
  private final AddressPlan plan;

  private final Collection<NodeSigns> nodes;

  /** Of all nodes; most have the same. */
  private final Set<String> devices = new HashSet<>();

  private final Set<NodeSigns.RouteSign> routes = new HashSet<>();

  FabricSigns(Snapshot snapshot, AddressPlan plan, Collection<NodeSigns> nodes) {
    this.snapshot = snapshot;
    this.plan = plan;
    this.nodes = nodes;
    for (NodeSigns node : nodes) {
      devices.addAll(node.devices());
      routes.addAll(node.routes());
    }
  }

  FabricKind kind() {
    if (hasDevice("vxlan.calico"::equals) || pools(IpPool::vxlanMode)) {
      return FabricKind.CALICO_VXLAN;
    }
    if (tunnelledByIpip() || pools(IpPool::ipipMode)) {
      return FabricKind.CALICO_IPIP;
    }
    if (nodes()
        .anyMatch(n ->
            n.get(Section.OVS_PORTS)
                .values()
                .anyMatch(p -> p.type().filter(t -> t.equals("gre")).isPresent()))) {
      return FabricKind.OVS_GRE;
    }
    return flannelDevice()
        .or(this::calicoWithoutTunnel)
        .or(this::foreign)
        .or(this::namedBackend)
        .orElseGet(this::routedByNodes);
  }

  /** The name that most nodes give flannel's VXLAN device. */
  Optional<String> flannelVtep() {
    Map<String, Long> names =
        nodes.stream()
            .flatMap(n -> n.devices().stream())
            .filter(FabricSigns::isFlannelVtep)
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    return names.entrySet().stream()
        .max(
            Comparator.comparing(Map.Entry<String, Long>::getValue)
                .thenComparing(Map.Entry::getKey, Comparator.reverseOrder()))
        .map(Map.Entry::getKey);
  }

  private static boolean isFlannelVtep(String device) {
    return device.startsWith("flannel.") && Devices.isVtep(device);
  }

  /**
   * A device may be left from a fabric of before: where no route uses it, another fabric's device
   * or net-conf.json says more.
   */
  private Optional<FabricKind> flannelDevice() {
    Optional<FabricKind> kind =
        hasDevice(FabricSigns::isFlannelVtep)
            ? Optional.of(FabricKind.FLANNEL_VXLAN)
            : hasDevice("flannel.ipip"::equals)
                ? Optional.of(FabricKind.FLANNEL_IPIP)
                : hasDevice("flannel0"::equals)
                    ? Optional.of(FabricKind.FLANNEL_UDP)
                    : Optional.empty();
    boolean used =
        routes().anyMatch(r -> r.device().filter(d -> d.startsWith("flannel")).isPresent());
    boolean otherwise =
        foreign().isPresent()
            || namedBackend().filter(b -> !kind.equals(Optional.of(b))).isPresent();
    return kind.filter(k -> used || !otherwise);
  }

  private boolean tunnelledByIpip() {
    boolean asks =
        nodes()
            .flatMap(n -> n.get(Section.ROUTE_LOOKUPS).values())
            .anyMatch(l ->
                l.device().filter(d -> d.startsWith("tunl")).isPresent()
                    && l.gateway().isPresent());
    return asks
        || routes()
            .anyMatch(r -> r.device().filter(d -> d.startsWith("tunl")).isPresent() && r.gateway());
  }

  private boolean pools(Function<IpPool, Gathered<String>> mode) {
    return snapshot
        .get(Section.IP_POOLS)
        .values()
        .map(mode)
        .anyMatch(m -> m.optional().filter(x -> !x.equals("Never")).isPresent());
  }

  private Optional<FabricKind> calicoWithoutTunnel() {
    boolean cali =
        routes().anyMatch(r -> r.device().filter(d -> d.startsWith("cali")).isPresent())
            || !snapshot.get(Section.CALICO_NODES).isEmpty()
            || nodes().anyMatch(n -> !n.get(Section.BGP_SESSIONS).isNotGathered());
    boolean bird =
        routes()
            .anyMatch(r ->
                r.hasProtocol("bird") || r.type() == RouteType.BLACKHOLE && r.hasProtocol("80"));
    return cali || bird ? Optional.of(FabricKind.CALICO_BGP) : Optional.empty();
  }

  /** Devices of fabrics that podpath has no rules for. */
  private Optional<FabricKind> foreign() {
    boolean foreign =
        hasDevice(d ->
            d.startsWith("cilium_")
                || d.equals("weave")
                || d.equals("vxlan-6784")
                || d.equals("kube-bridge")
                || d.equals("flannel-wg")
                || d.startsWith("antrea-")
                || d.startsWith("ovn-k8s-"));
    return foreign ? Optional.of(FabricKind.UNKNOWN) : Optional.empty();
  }

  /** What net-conf.json names, or flanneld wrote on the Node objects. */
  private Optional<FabricKind> namedBackend() {
    Stream<String> networks =
        snapshot.get(Section.FLANNEL_NETWORKS).values().flatMap(n -> n.backend().stream());
    Stream<String> annotations =
        snapshot
            .get(Section.NODES)
            .values()
            .flatMap(
                n -> n.annotation("flannel.alpha.coreos.com/backend-type").optional().stream());
    List<FabricKind> kinds =
        Stream.concat(networks, annotations)
            .map(b ->
                switch (b.toLowerCase(java.util.Locale.ROOT)) {
                  case "host-gw" -> FabricKind.FLANNEL_HOST_GW;
                  case "vxlan" -> FabricKind.FLANNEL_VXLAN;
                  case "ipip" -> FabricKind.FLANNEL_IPIP;
                  case "udp" -> FabricKind.FLANNEL_UDP;
                  // ali-vpc, aws-vpc, gce, alloc, extension …: the way is not on the nodes
                  default -> FabricKind.UNKNOWN;
                })
            .distinct()
            .toList();
    return kinds.size() == 1 ? Optional.of(kinds.getFirst()) : Optional.empty();
  }

  /** Nodes that have routes to each other's pod bridges, by their cards. */
  private FabricKind routedByNodes() {
    boolean flannel =
        nodes().anyMatch(n -> !n.get(Section.SUBNET_ENV).isEmpty()) || hasDevice("cni0"::equals);
    boolean bridges =
        plan.subnets().stream().anyMatch(c -> c.origin() == AddressPlan.SubnetOrigin.BRIDGE);
    if (!(flannel || bridges) || nodes().noneMatch(this::routesToOtherPods)) {
      return FabricKind.UNKNOWN;
    }
    return flannel ? FabricKind.FLANNEL_HOST_GW : FabricKind.STATIC_ROUTES;
  }

  private boolean routesToOtherPods(NodeState node) {
    return routes(node)
        .filter(r ->
            r.type() == RouteType.UNICAST
                && r.gateway().isPresent()
                && !r.destination().isDefault()
                && (r.protocol().filter(p -> !BY_HAND.contains(p)).isEmpty() || isTold(r))
                && r.device().filter(d -> !Devices.isUnderlay(d, Optional.empty())).isEmpty())
        .anyMatch(r ->
            plan.subnets().stream()
                .filter(c -> c.origin() != AddressPlan.SubnetOrigin.BLOCK_AFFINITY)
                .anyMatch(c -> isTold(r) ? isOwn(node, r, c) : leadsTo(node, r, c)));
  }

  private static boolean isTold(Route route) {
    return route.protocol().filter(TOLD::contains).isPresent();
  }

  /** By its owner, and no router: what a router tells is no fabric of the nodes. */
  private boolean isOwn(NodeState node, Route route, AddressPlan.SubnetClaim claim) {
    return !claim.node().equals(node.name())
        && route.destination().equals(claim.subnet())
        && route.gateway().filter(g -> plan.ownersOf(g).contains(claim.node())).isPresent();
  }

  /**
   * To the very subnet of another node; to a larger network by another node; or, when the other was
   * not gathered, to the like of the node's own subnet: as large, and of the same 256.
   */
  private boolean leadsTo(NodeState node, Route route, AddressPlan.SubnetClaim claim) {
    IpPrefix to = route.destination();
    IpPrefix subnet = claim.subnet();
    if (claim.node().equals(node.name())) {
      IpPrefix around = new IpPrefix(subnet.address(), Math.max(0, subnet.length() - 8));
      return to.length() == subnet.length() && !to.equals(subnet) && around.contains(to);
    }
    return to.equals(subnet)
        || to.contains(subnet)
            && route.gateway().filter(g -> !plan.ownersOf(g).isEmpty()).isPresent();
  }

  private Stream<NodeState> nodes() {
    return snapshot.nodes().values().stream();
  }

  private Stream<NodeSigns.RouteSign> routes() {
    return routes.stream();
  }

  private static Stream<Route> routes(NodeState node) {
    return Stream.of(IpFamily.values()).flatMap(f -> node.host().mainRoutes(f).values());
  }

  boolean hasDevice(Predicate<String> wanted) {
    return devices.stream().anyMatch(wanted);
  }
}
