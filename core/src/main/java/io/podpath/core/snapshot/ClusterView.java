package io.podpath.core.snapshot;

import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.netfilter.Backend;
import io.podpath.core.netfilter.Chain;
import io.podpath.core.netfilter.ChainRule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A snapshot with what follows from it and several rules need: the address plan, and which fabric
 * and service proxy this is.
 */
public final class ClusterView {

  private final Snapshot snapshot;
  private final AddressPlan plan;
  private final FabricSigns signs;
  private final FabricKind fabric;
  private final ClusterParts parts;
  private final ServiceProxyKind serviceProxy;

  /** By the names of their nodes. */
  private final Map<String, NodeSigns> nodeSigns;

  private ClusterView(Snapshot snapshot, FabricKind otherwise, Map<String, NodeSigns> known) {
    this.snapshot = snapshot;
    this.nodeSigns = new LinkedHashMap<>();
    snapshot.nodes().values().parallelStream()
        .map(n ->
            Optional.ofNullable(known.get(n.name()))
                .filter(s -> s.node().equals(n))
                .orElseGet(() -> NodeSigns.of(n)))
        .toList()
        .forEach(s -> nodeSigns.put(s.node().name(), s));
    this.plan = AddressPlan.of(snapshot, nodeSigns.values());
    this.signs = new FabricSigns(snapshot, plan, nodeSigns.values());
    FabricKind seen = signs.kind();
    this.fabric = seen == FabricKind.UNKNOWN ? otherwise : seen;
    this.parts = ClusterParts.of(snapshot, plan, nodeSigns.values());
    this.serviceProxy = detectServiceProxy();
  }

  public static ClusterView of(Snapshot snapshot) {
    return new ClusterView(snapshot, FabricKind.UNKNOWN, Map.of());
  }

  /**
   * Another state of a cluster, earlier or with a fix applied: it keeps its fabric, also where that
   * state alone shows none because its first route is not set.
   */
  public static ClusterView ofSameCluster(Snapshot snapshot, ClusterView known) {
    return new ClusterView(snapshot, known.fabric, known.nodeSigns);
  }

  public Snapshot snapshot() {
    return snapshot;
  }

  public AddressPlan plan() {
    return plan;
  }

  public FabricKind fabric() {
    return fabric;
  }

  /**
   * The tunnel device that every node of this fabric has; empty where there is none. flannel names
   * its VXLAN device after the VNI: flannel.1, or flannel.4096 where Windows nodes join.
   */
  public Optional<String> tunnelDevice() {
    return switch (fabric) {
      case FLANNEL_VXLAN -> Optional.of(signs.flannelVtep().orElse("flannel.1"));
      case FLANNEL_IPIP -> Optional.of("flannel.ipip");
      case FLANNEL_UDP -> Optional.of("flannel0");
      case CALICO_VXLAN -> Optional.of("vxlan.calico");
      case FLANNEL_HOST_GW, CALICO_IPIP, CALICO_BGP, STATIC_ROUTES, OVS_GRE, UNKNOWN ->
          Optional.empty();
    };
  }

  /** Whether the input joins these nodes: only then may one be held against the other. */
  public boolean together(String node, String other) {
    return parts.together(node, other);
  }

  public ServiceProxyKind serviceProxy() {
    return serviceProxy;
  }

  public Collection<NodeState> nodes() {
    return snapshot.nodes().values();
  }

  public <T> Entries<T> get(Section<T> section) {
    return snapshot.get(section);
  }

  /**
   * Claims on pod subnets that count on this fabric. Calico's IPAM hands out blocks of its own
   * choice, whatever podCIDR the Node objects have; everywhere else a node's pods live in its
   * podCIDR.
   */
  public List<AddressPlan.SubnetClaim> podSubnets() {
    return plan.subnets().stream().filter(c -> counts(c.origin())).toList();
  }

  private boolean counts(AddressPlan.SubnetOrigin origin) {
    return switch (origin) {
      case OWN_BLOCK, BLOCK_AFFINITY -> fabric.isCalico() || fabric == FabricKind.UNKNOWN;
      case POD_CIDR, SUBNET_ENV, BRIDGE -> !fabric.isCalico();
    };
  }

  /**
   * Nodes whose pods live in a network that contains this prefix; more than one when they dispute
   * it.
   */
  public Set<String> podSubnetOwners(IpPrefix prefix) {
    return podSubnets().stream()
        .filter(c -> c.subnet().contains(prefix))
        .map(AddressPlan.SubnetClaim::node)
        .collect(java.util.stream.Collectors.toCollection(java.util.LinkedHashSet::new));
  }

  /**
   * Nodes of which the input says that all their outputs come from one machine: only there may two
   * outputs be held against each other.
   */
  public List<NodeState> machines() {
    return nodes().stream().filter(NodeState::named).toList();
  }

  /** A back end's listing of iptables or ip6tables on one node. */
  public record Listing(
      IpFamily family, Backend backend, Entries<Chain> chains, Entries<ChainRule> rules) {

    /** Rules of a chain, in order. */
    public List<Fact<ChainRule>> rulesOf(String table, String chain) {
      return rules.where(r -> r.table().equals(table) && r.chain().equals(chain));
    }

    /** The chain, when it was listed whole. */
    public Gathered<Fact<Chain>> chain(String table, String name) {
      return chains.find(c -> c.table().equals(table) && c.name().equals(name));
    }
  }

  /**
   * All listings of a family that were gathered on a node, at least in part; both back ends apply
   * at once.
   */
  public static List<Listing> iptables(Facts facts, IpFamily family) {
    List<Listing> listings = new ArrayList<>();
    for (Backend backend : Backend.values()) {
      Entries<Chain> chains = facts.get(Section.chains(family, backend));
      Entries<ChainRule> rules = facts.get(Section.chainRules(family, backend));
      if (!chains.isNotGathered() || !rules.isNotGathered()) {
        listings.add(new Listing(family, backend, chains, rules));
      }
    }
    return listings;
  }

  private ServiceProxyKind detectServiceProxy() {
    if (signs.hasDevice("kube-ipvs0"::equals)
        || nodeSigns.values().stream().anyMatch(NodeSigns::ipvs)) {
      return ServiceProxyKind.IPVS;
    }
    Optional<String> mode =
        nodeSigns.values().stream().flatMap(n -> n.proxyMode().stream()).findFirst();
    if (mode.isPresent()) {
      return switch (mode.get().toLowerCase(Locale.ROOT)) {
        case "ipvs" -> ServiceProxyKind.IPVS;
        case "iptables" -> ServiceProxyKind.IPTABLES;
        case "nftables" -> ServiceProxyKind.NFTABLES;
        default -> ServiceProxyKind.UNKNOWN;
      };
    }
    return nodeSigns.values().stream().anyMatch(NodeSigns::serviceChains)
        ? ServiceProxyKind.IPTABLES
        : ServiceProxyKind.UNKNOWN;
  }
}
