package io.podpath.core.blueprint;

import io.podpath.core.cluster.BgpConfiguration;
import io.podpath.core.cluster.FlannelNetwork;
import io.podpath.core.cluster.IpPool;
import io.podpath.core.cluster.KubeNode;
import io.podpath.core.cluster.NetworkPlan;
import io.podpath.core.cluster.Pod;
import io.podpath.core.cni.SubnetEnv;
import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.Route;
import io.podpath.core.snapshot.AddressPlan.SubnetClaim;
import io.podpath.core.snapshot.AddressPlan.SubnetOrigin;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Devices;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.ServiceProxyKind;
import io.podpath.core.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads the facts of a cluster out of a snapshot: from the Kubernetes and Calico objects where they
 * are, else from what the nodes say of themselves. Machines and their cards are taken as they are;
 * only what is built on them is expected of them.
 */
public final class ClusterReader {

  private static final IpPrefix USUAL_SERVICES = IpPrefix.of("10.96.0.0/12");

  private final ClusterView view;
  private final List<String> assumed = new ArrayList<>();

  private ClusterReader(ClusterView view) {
    this.view = view;
  }

  /** Not gathered, with what is missing, where no blueprint can be drawn. */
  public static Gathered<KnownCluster> read(ClusterView view) {
    return new ClusterReader(view).read();
  }

  private Gathered<KnownCluster> read() {
    Optional<Fabric> fabric = fabric();
    if (fabric.isEmpty()) {
      return Gathered.notGathered(
          switch (view.fabric()) {
            case UNKNOWN -> "which fabric the cluster has cannot be told from what was read";
            case CALICO_VXLAN -> "podpath has no blueprint of calico-vxlan";
            case FLANNEL_HOST_GW,
                FLANNEL_VXLAN,
                FLANNEL_UDP,
                FLANNEL_IPIP,
                CALICO_IPIP,
                CALICO_BGP,
                STATIC_ROUTES,
                OVS_GRE ->
                throw new IllegalStateException("a fabric without a blueprint: " + view.fabric());
          });
    }
    MachineReader machines = new MachineReader(view);
    List<NodeFacts> nodes = new ArrayList<>();
    for (String name : names()) {
      Optional<NodeFacts> node = machines.node(name, podSubnets(name));
      node.ifPresent(nodes::add);
      if (node.isEmpty()) {
        assumed.add(name + " is left out: its address was not read");
      }
    }
    if (nodes.isEmpty()) {
      return Gathered.notGathered("the address of no node was read");
    }
    assumed.addAll(machines.assumed());
    boolean portmap = fabric.get() instanceof Calico || view.fabric().isFlannel();
    if (portmap && !knowsHostPorts()) {
      assumed.add("host ports of pods were not read; what portmap writes is left out");
    }
    IpPrefix podNetwork = podNetwork(nodes);
    ClusterFacts facts =
        new ClusterFacts(
            podNetwork,
            view.get(Section.IP_POOLS)
                .values()
                .map(IpPool::cidr)
                .filter(p -> p.family() == IpFamily.INET && !p.equals(podNetwork))
                .toList(),
            serviceNetwork(),
            machines.segments(),
            nodes,
            ServiceReader.services(view.snapshot()),
            bgp());
    boolean allNodes = view.get(Section.NODES).isComplete();
    if (!allNodes) {
      assumed.add("Nodes were not read; what is there for others than these is left out");
    }
    ClusterFacts working = fabric.get() instanceof Calico ? heard(facts) : facts;
    return Gathered.known(
        new KnownCluster(working, fabric.get(), proxy(), knowsAllServices(), allNodes, assumed));
  }

  /** Nodes with an object, and those that were read. */
  private Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    view.get(Section.NODES).values().map(KubeNode::name).forEach(names::add);
    view.nodes().stream().map(NodeState::name).forEach(names::add);
    return names;
  }

  private Optional<Fabric> fabric() {
    return switch (view.fabric()) {
      case FLANNEL_HOST_GW -> Optional.of(new FlannelHostGw());
      case FLANNEL_VXLAN -> Optional.of(new FlannelVxlan(directRouting()));
      case FLANNEL_UDP -> Optional.of(new FlannelUdp());
      case FLANNEL_IPIP -> Optional.of(new FlannelIpip());
      case CALICO_IPIP -> Optional.of(new Calico(encapsulation()));
      case CALICO_BGP -> Optional.of(new Calico(CalicoEncapsulation.NEVER));
      case STATIC_ROUTES -> Optional.of(new StaticRoutes());
      case OVS_GRE -> Optional.of(OvsReader.read(view));
      case CALICO_VXLAN, UNKNOWN -> Optional.empty();
    };
  }

  /** As net-conf.json says; else whether some pod subnet is reached past the VXLAN device. */
  private boolean directRouting() {
    Optional<FlannelNetwork> told = view.get(Section.FLANNEL_NETWORKS).values().findFirst();
    return told.map(FlannelNetwork::directRouting)
        .orElseGet(
            () -> routesToOthers().anyMatch(r -> r.device().filter(d -> !isTunnel(d)).isPresent()));
  }

  private CalicoEncapsulation encapsulation() {
    Optional<String> mode =
        view.get(Section.IP_POOLS)
            .values()
            .filter(p -> p.cidr().family() == IpFamily.INET)
            .flatMap(p -> p.ipipMode().optional().stream())
            .findFirst();
    if (mode.isPresent()) {
      return switch (mode.get()) {
        case "CrossSubnet" -> CalicoEncapsulation.CROSS_SUBNET;
        case "Never" -> CalicoEncapsulation.NEVER;
        default -> CalicoEncapsulation.ALWAYS;
      };
    }
    assumed.add("ipipMode was not read; taken from the routes that are there");
    return routesToOthers().anyMatch(r -> r.device().filter(d -> !isTunnel(d)).isPresent())
        ? CalicoEncapsulation.CROSS_SUBNET
        : CalicoEncapsulation.ALWAYS;
  }

  private static boolean isTunnel(String device) {
    return Devices.isTunnel(device);
  }

  /** Routes via a gateway to pod subnets of other nodes. */
  private Stream<Route> routesToOthers() {
    return view.nodes().stream()
        .flatMap(n ->
            n.host()
                .mainRoutes(IpFamily.INET)
                .values()
                .filter(r -> r.gateway().isPresent())
                .filter(r ->
                    view.podSubnetOwners(r.destination()).stream()
                        .anyMatch(o -> !o.equals(n.name()))));
  }

  private boolean knowsServices() {
    return view.serviceProxy() == ServiceProxyKind.UNKNOWN
        || !view.get(Section.SERVICES).isNotGathered()
            && !view.get(Section.ENDPOINT_SLICES).isNotGathered();
  }

  private boolean knowsAllServices() {
    if (view.serviceProxy() == ServiceProxyKind.UNKNOWN) {
      return true;
    }
    boolean all =
        view.get(Section.SERVICES).isComplete() && view.get(Section.ENDPOINT_SLICES).isComplete();
    if (all && view.serviceProxy() == ServiceProxyKind.IPVS && isLimited()) {
      assumed.add(
          "podpath has no blueprint of loadBalancerSourceRanges in ipvs mode; what is there for"
              + " them is left out");
      return false;
    }
    if (!all && knowsServices()) {
      assumed.add(
          "Services or their endpoints were read only in part; what is there for others is left out");
    }
    return all;
  }

  private boolean isLimited() {
    return view.get(Section.SERVICES)
        .values()
        .anyMatch(s -> !s.loadBalancerIps().isEmpty() && !s.traffic().sourceRanges().isEmpty());
  }

  private boolean knowsHostPorts() {
    Entries<Pod> pods = view.get(Section.PODS);
    return !pods.isNotGathered() && pods.values().noneMatch(p -> p.hostPorts().isNotGathered());
  }

  private ServiceProxy proxy() {
    if (!knowsServices()) {
      assumed.add("Services and their endpoints were not read; what kube-proxy writes is left out");
      return new NoServiceProxy();
    }
    view.get(Section.SERVICES)
        .values()
        .filter(s -> !s.traffic().isTold() && !s.type().equals("ClusterIP"))
        .map(s -> s.namespace() + "/" + s.name())
        .findFirst()
        .ifPresent(s ->
            assumed.add(
                "traffic policies of services such as "
                    + s
                    + " were not read; taken as Cluster, without session affinity"));
    return switch (view.serviceProxy()) {
      case IPTABLES -> new KubeProxyIptables(masquerading());
      case IPVS -> new KubeProxyIpvs(masquerading());
      case NFTABLES -> {
        assumed.add(
            "podpath has no blueprint of kube-proxy's nftables mode; services are left out");
        yield new NoServiceProxy();
      }
      case UNKNOWN -> new NoServiceProxy();
    };
  }

  /** All of a cluster's kube-proxies read one configuration (kubeadm's ConfigMap). */
  private Masquerading masquerading() {
    return view.nodes().stream()
        .map(n -> n.get(Section.KUBE_PROXY_CONFIG))
        .filter(Entries::isComplete)
        .flatMap(Entries::values)
        .filter(c -> c.problems().isEmpty())
        .findFirst()
        .map(Masquerading::of)
        .orElse(Masquerading.USUAL);
  }

  /** What the objects say comes before what the node itself does. */
  private List<IpPrefix> podSubnets(String node) {
    List<SubnetClaim> claims =
        view.podSubnets().stream()
            .filter(c -> c.node().equals(node) && c.subnet().family() == IpFamily.INET)
            .toList();
    for (SubnetOrigin origin : SubnetOrigin.values()) {
      List<IpPrefix> subnets =
          claims.stream()
              .filter(c -> c.origin() == preferred(origin))
              .map(SubnetClaim::subnet)
              .distinct()
              .toList();
      if (!subnets.isEmpty()) {
        return subnets;
      }
    }
    return List.of();
  }

  /** Calico's own record of a block before the route that the node has for it. */
  private static SubnetOrigin preferred(SubnetOrigin origin) {
    return switch (origin) {
      case OWN_BLOCK -> SubnetOrigin.BLOCK_AFFINITY;
      case BLOCK_AFFINITY -> SubnetOrigin.OWN_BLOCK;
      case POD_CIDR, SUBNET_ENV, BRIDGE -> origin;
    };
  }

  private IpPrefix podNetwork(List<NodeFacts> nodes) {
    Snapshot snapshot = view.snapshot();
    Stream<IpPrefix> said =
        Stream.of(
                snapshot.get(Section.FLANNEL_NETWORKS).values().flatMap(f -> f.network().stream()),
                snapshot.get(Section.IP_POOLS).values().map(IpPool::cidr),
                snapshot.get(Section.NETWORK_PLANS).values().flatMap(p -> p.podSubnets().stream()),
                view.nodes().stream()
                    .flatMap(n -> n.get(Section.SUBNET_ENV).values())
                    .map(SubnetEnv::network)
                    .flatMap(Optional::stream))
            .flatMap(s -> s);
    Optional<IpPrefix> network = said.filter(p -> p.family() == IpFamily.INET).findFirst();
    return network.orElseGet(() -> {
      List<IpPrefix> all = nodes.stream().flatMap(n -> n.podSubnets().stream()).toList();
      IpPrefix covering = covering(all);
      assumed.add("the pod network was not read; taken as " + covering);
      return covering;
    });
  }

  /** The smallest /16 or wider network that all of these are in. */
  private static IpPrefix covering(List<IpPrefix> subnets) {
    if (subnets.isEmpty()) {
      return IpPrefix.of("10.244.0.0/16");
    }
    IpAddress first = subnets.getFirst().address();
    for (int length = 16; length > 0; length--) {
      IpPrefix network = new IpPrefix(first, length);
      if (subnets.stream().allMatch(network::contains)) {
        return network;
      }
    }
    return new IpPrefix(first, 0);
  }

  private IpPrefix serviceNetwork() {
    return view.get(Section.NETWORK_PLANS)
        .values()
        .map(NetworkPlan::serviceSubnets)
        .flatMap(List::stream)
        .filter(p -> p.family() == IpFamily.INET)
        .findFirst()
        .orElse(USUAL_SERVICES);
  }

  /** A working cluster is one in which every node learns every block. */
  private ClusterFacts heard(ClusterFacts facts) {
    BgpSessions sessions = new BgpSessions(facts);
    boolean all =
        facts.nodes().stream()
            .allMatch(node ->
                sessions
                    .learned(node)
                    .keySet()
                    .containsAll(
                        facts.othersThan(node).stream()
                            .flatMap(o -> o.podSubnets().stream())
                            .toList()));
    if (all) {
      return facts;
    }
    assumed.add(
        "by the BGP configuration that was read not every node learns every block; the blueprint"
            + " has a full mesh");
    return facts.withNodes(NodeFacts::withoutClusterId).withBgp(BgpFacts.FULL_MESH);
  }

  private BgpFacts bgp() {
    Optional<BgpConfiguration> configuration =
        view.get(Section.BGP_CONFIGURATIONS)
            .values()
            .filter(c -> c.name().equals("default"))
            .findFirst();
    boolean mesh = configuration.flatMap(c -> c.nodeToNodeMesh().optional()).orElse(true);
    long number =
        configuration.flatMap(c -> c.asNumber().optional()).orElse(BgpFacts.FULL_MESH.asNumber());
    var peers = view.get(Section.BGP_PEERS).values().toList();
    return new BgpFacts(
        mesh,
        number,
        peers.stream()
            .filter(p -> p.node().isEmpty())
            .flatMap(p -> p.peerIp().stream())
            .distinct()
            .toList(),
        peers.stream().anyMatch(p -> p.peerSelector().isPresent()),
        peers.stream()
            .flatMap(p ->
                p.node().stream()
                    .flatMap(n -> p.peerIp().stream().map(ip -> new BgpFacts.NodePeer(n, ip))))
            .toList());
  }
}
