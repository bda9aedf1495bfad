package io.podpath.core.snapshot;

import io.podpath.core.cluster.BgpConfiguration;
import io.podpath.core.cluster.BgpPeer;
import io.podpath.core.cluster.BlockAffinity;
import io.podpath.core.cluster.CalicoNode;
import io.podpath.core.cluster.EndpointSlice;
import io.podpath.core.cluster.FlannelNetwork;
import io.podpath.core.cluster.Host;
import io.podpath.core.cluster.IpPool;
import io.podpath.core.cluster.KubeEvent;
import io.podpath.core.cluster.KubeNode;
import io.podpath.core.cluster.NetworkPlan;
import io.podpath.core.cluster.NodeAnnotation;
import io.podpath.core.cluster.Pod;
import io.podpath.core.cluster.Service;
import io.podpath.core.cni.BgpSession;
import io.podpath.core.cni.BirdRoute;
import io.podpath.core.cni.CniConfig;
import io.podpath.core.cni.DirectoryEntry;
import io.podpath.core.cni.DockerOptions;
import io.podpath.core.cni.InterfaceStanza;
import io.podpath.core.cni.KubeProxyConfig;
import io.podpath.core.cni.LogEvent;
import io.podpath.core.cni.OvsFlow;
import io.podpath.core.cni.OvsPort;
import io.podpath.core.cni.SubnetEnv;
import io.podpath.core.cni.UfwStatus;
import io.podpath.core.net.IpFamily;
import io.podpath.core.netfilter.Backend;
import io.podpath.core.netfilter.Chain;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.ConntrackEntry;
import io.podpath.core.netfilter.IpSet;
import io.podpath.core.netfilter.IpSetMember;
import io.podpath.core.netfilter.NftChain;
import io.podpath.core.netfilter.NftRule;
import io.podpath.core.netfilter.VirtualServer;
import io.podpath.core.node.Address;
import io.podpath.core.node.BridgePort;
import io.podpath.core.node.BridgeVlan;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.node.IpRule;
import io.podpath.core.node.Link;
import io.podpath.core.node.Neighbour;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteLookup;
import io.podpath.core.node.RouteTable;
import io.podpath.core.node.SeenPacket;
import io.podpath.core.node.Socket;
import io.podpath.core.node.Sysctl;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/**
 * A table that can be gathered, typed by its rows. Sections of scope NETNS exist once per network
 * namespace, NODE once per node, CLUSTER once. Their names are stable: they stand in JSON and in
 * "not gathered" lists.
 */
public final class Section<T> {

  /** Where a table belongs. */
  public enum Scope {
    NETNS,
    NODE,
    CLUSTER
  }

  /**
   * The tables of routes: main and local apart, because the plain {@code ip route} shows only main.
   */
  public enum RouteScope {
    MAIN,
    LOCAL,
    OTHER;

    public static RouteScope of(RouteTable table) {
      return table.equals(RouteTable.MAIN) ? MAIN : table.equals(RouteTable.LOCAL) ? LOCAL : OTHER;
    }
  }

  private final String name;
  private final Scope scope;
  private final Function<T, Object> key;
  private final BinaryOperator<T> complete;
  private final boolean completesRows;

  private Section(
      String name,
      Scope scope,
      Function<T, Object> key,
      BinaryOperator<T> complete,
      boolean completesRows) {
    this.name = name;
    this.scope = scope;
    this.key = key;
    this.complete = complete;
    this.completesRows = completesRows;
  }

  private static <T> Section<T> section(String name, Scope scope, Function<T, Object> key) {
    return new Section<>(name, scope, key, (mine, theirs) -> mine, false);
  }

  private static <T> Section<T> completed(
      String name, Scope scope, Function<T, Object> key, BinaryOperator<T> complete) {
    return new Section<>(name, scope, key, complete, true);
  }

  public static final Section<Link> LINKS =
      completed("links", Scope.NETNS, Link::name, Section::completeLink);
  public static final Section<Address> ADDRESSES =
      section("addresses", Scope.NETNS, a -> List.of(a.device(), a.local(), a.prefixLength()));
  public static final Section<RouteLookup> ROUTE_LOOKUPS =
      section("route-lookups", Scope.NETNS, r -> r);

  /** IPv4 neighbours: {@code arp} and {@code ip -4 neigh} show these only. */
  public static final Section<Neighbour> NEIGHBOURS =
      section("neighbours", Scope.NETNS, n -> List.of(n.address(), n.device()));

  /** IPv6 neighbours. */
  public static final Section<Neighbour> NEIGHBOURS6 =
      section("ipv6-neighbours", Scope.NETNS, n -> List.of(n.address(), n.device()));

  public static final Section<FdbEntry> FDB =
      section(
          "fdb",
          Scope.NETNS,
          f ->
              List.of(
                  f.mac(),
                  f.device(),
                  f.vlan(),
                  f.destination(),
                  f.master(),
                  f.flags().contains("self")));
  public static final Section<BridgePort> BRIDGE_PORTS =
      section("bridge-ports", Scope.NETNS, BridgePort::port);
  public static final Section<BridgeVlan> BRIDGE_VLANS =
      section("bridge-vlans", Scope.NETNS, v -> v);
  public static final Section<Sysctl> SYSCTLS = section("sysctls", Scope.NETNS, Sysctl::key);
  public static final Section<Socket> SOCKETS = section("sockets", Scope.NETNS, s -> s);

  /**
   * Sockets that wait for TCP connections: a listing of them alone is whole where all are shown.
   */
  public static final Section<Socket> TCP_LISTENERS = section("tcp-listeners", Scope.NETNS, s -> s);

  public static final Section<IpSet> IPSETS = section("ipsets", Scope.NETNS, IpSet::name);
  public static final Section<IpSetMember> IPSET_MEMBERS =
      section("ipset-members", Scope.NETNS, m -> m);
  public static final Section<VirtualServer> IPVS =
      section(
          "ipvs", Scope.NETNS, v -> List.of(v.protocol(), v.address(), v.port(), v.firewallMark()));
  public static final Section<ConntrackEntry> CONNTRACK = section("conntrack", Scope.NETNS, c -> c);
  public static final Section<NftChain> NFT_CHAINS =
      section("nft-chains", Scope.NETNS, c -> List.of(c.family(), c.table(), c.name()));
  public static final Section<NftRule> NFT_RULES = section("nft-rules", Scope.NETNS, r -> r);
  public static final Section<SeenPacket> PACKETS = section("packets", Scope.NETNS, p -> p);

  private static final Map<Key, Section<Route>> ROUTES = new HashMap<>();
  private static final Map<Key, Section<IpRule>> IP_RULES = new HashMap<>();
  private static final Map<Key, Section<Chain>> CHAINS = new HashMap<>();
  private static final Map<Key, Section<ChainRule>> CHAIN_RULES = new HashMap<>();

  /** What tells the tables of one kind apart. */
  private record Key(IpFamily family, Enum<?> which) {}

  static {
    for (IpFamily family : IpFamily.values()) {
      String ip = family == IpFamily.INET ? "ipv4" : "ipv6";
      IP_RULES.put(new Key(family, family), section(ip + "-rules", Scope.NETNS, r -> r));
      for (RouteScope table : RouteScope.values()) {
        ROUTES.put(
            new Key(family, table),
            section(
                ip + "-routes-" + table.name().toLowerCase(Locale.ROOT),
                Scope.NETNS,
                r -> List.of(r.table(), r.type(), r.destination(), r.metric(), r.nextHops())));
      }
      for (Backend backend : Backend.values()) {
        String tool = iptables(family, backend);
        CHAINS.put(
            new Key(family, backend),
            section(tool + "-chains", Scope.NETNS, c -> List.of(c.table(), c.name())));
        // Equal rules may stand twice in one chain and both count, and their order matters:
        // readings are joined chain by chain, never
        // rule by rule.
        CHAIN_RULES.put(
            new Key(family, backend),
            section(tool + "-rules", Scope.NETNS, r -> List.of(r.table(), r.chain())));
      }
    }
  }

  public static final Section<CniConfig> CNI_CONFIGS = section("cni-configs", Scope.NODE, c -> c);
  public static final Section<DirectoryEntry> DIRECTORY = section("directory", Scope.NODE, d -> d);
  public static final Section<SubnetEnv> SUBNET_ENV = section("subnet-env", Scope.NODE, s -> s);
  public static final Section<DockerOptions> DOCKER_OPTIONS =
      section("docker-options", Scope.NODE, d -> d);
  public static final Section<KubeProxyConfig> KUBE_PROXY_CONFIG =
      section("kube-proxy-config", Scope.NODE, k -> k);
  public static final Section<LogEvent> LOGS = section("logs", Scope.NODE, e -> e);
  public static final Section<BgpSession> BGP_SESSIONS =
      section("bgp-sessions", Scope.NODE, s -> s.peer().isPresent() ? s.peer() : s.type());
  public static final Section<BirdRoute> BIRD_ROUTES = section("bird-routes", Scope.NODE, r -> r);
  public static final Section<OvsPort> OVS_PORTS =
      section("ovs-ports", Scope.NODE, p -> List.of(p.bridge(), p.port(), p.interfaceName()));
  public static final Section<OvsFlow> OVS_FLOWS = section("ovs-flows", Scope.NODE, f -> f);
  public static final Section<UfwStatus> UFW = section("ufw", Scope.NODE, u -> "ufw");
  public static final Section<InterfaceStanza> INTERFACE_STANZAS =
      section("interfaces-file", Scope.NODE, InterfaceStanza::device);

  public static final Section<KubeNode> NODES =
      completed("nodes", Scope.CLUSTER, KubeNode::name, KubeNode::or);

  /** Annotations line by line; their values are in {@link #NODES} as well. */
  public static final Section<NodeAnnotation> NODE_ANNOTATIONS =
      section("node-annotations", Scope.CLUSTER, a -> List.of(a.node(), a.key()));

  public static final Section<Pod> PODS =
      completed("pods", Scope.CLUSTER, p -> List.of(p.namespace(), p.name()), Pod::or);
  public static final Section<Service> SERVICES =
      section("services", Scope.CLUSTER, s -> List.of(s.namespace(), s.name()));
  public static final Section<EndpointSlice> ENDPOINT_SLICES =
      section("endpoint-slices", Scope.CLUSTER, s -> List.of(s.namespace(), s.name()));
  public static final Section<IpPool> IP_POOLS =
      completed("ip-pools", Scope.CLUSTER, IpPool::name, IpPool::or);
  public static final Section<BgpConfiguration> BGP_CONFIGURATIONS =
      section("bgp-configurations", Scope.CLUSTER, BgpConfiguration::name);
  public static final Section<BgpPeer> BGP_PEERS = section("bgp-peers", Scope.CLUSTER, p -> p);
  public static final Section<CalicoNode> CALICO_NODES =
      completed("calico-nodes", Scope.CLUSTER, CalicoNode::name, CalicoNode::or);
  public static final Section<BlockAffinity> BLOCK_AFFINITIES =
      section("block-affinities", Scope.CLUSTER, b -> List.of(b.cidr(), b.node()));
  public static final Section<NetworkPlan> NETWORK_PLANS =
      section("network-plans", Scope.CLUSTER, p -> p);
  public static final Section<FlannelNetwork> FLANNEL_NETWORKS =
      section("flannel-networks", Scope.CLUSTER, f -> f);
  public static final Section<KubeEvent> EVENTS = section("events", Scope.CLUSTER, e -> e);
  public static final Section<Host> HOSTS = section("hosts", Scope.CLUSTER, h -> h);

  /** Routes of one family and one kind of table. */
  public static Section<Route> routes(IpFamily family, RouteScope table) {
    return Objects.requireNonNull(ROUTES.get(new Key(family, table)));
  }

  /** Neighbours of one family. */
  public static Section<Neighbour> neighbours(IpFamily family) {
    return family == IpFamily.INET ? NEIGHBOURS : NEIGHBOURS6;
  }

  /** Rules of policy routing of one family. */
  public static Section<IpRule> ipRules(IpFamily family) {
    return Objects.requireNonNull(IP_RULES.get(new Key(family, family)));
  }

  /** Chains of iptables or ip6tables in one back end. */
  public static Section<Chain> chains(IpFamily family, Backend backend) {
    return Objects.requireNonNull(CHAINS.get(new Key(family, backend)));
  }

  /** Chain rules of iptables or ip6tables in one back end. */
  public static Section<ChainRule> chainRules(IpFamily family, Backend backend) {
    return Objects.requireNonNull(CHAIN_RULES.get(new Key(family, backend)));
  }

  private static String iptables(IpFamily family, Backend backend) {
    String tool = family == IpFamily.INET ? "iptables" : "ip6tables";
    return switch (backend) {
      case LEGACY -> tool + "-legacy";
      case NFT -> tool + "-nft";
      case UNSTATED -> tool;
    };
  }

  private static Link completeLink(Link mine, Link theirs) {
    return new Link(
        mine.name(),
        mine.index().or(theirs::index),
        mine.flags().isEmpty() ? theirs.flags() : mine.flags(),
        mine.mtu().or(theirs::mtu),
        mine.operState().or(theirs::operState),
        mine.master().or(theirs::master),
        mine.peer().or(theirs::peer),
        mine.linkType().isEmpty() ? theirs.linkType() : mine.linkType(),
        mine.mac().or(theirs::mac),
        mine.kind().or(theirs::kind));
  }

  public String name() {
    return name;
  }

  public Scope scope() {
    return scope;
  }

  Object key(T row) {
    return key.apply(row);
  }

  /** Whether a row may be known better by joining several readings, even of whole tables. */
  boolean completesRows() {
    return completesRows;
  }

  T complete(T mine, T theirs) {
    return complete.apply(mine, theirs);
  }

  @Override
  public String toString() {
    return name;
  }
}
