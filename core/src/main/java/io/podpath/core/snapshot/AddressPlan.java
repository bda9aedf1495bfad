package io.podpath.core.snapshot;

import io.podpath.core.cluster.BlockAffinity;
import io.podpath.core.cluster.CalicoNode;
import io.podpath.core.cluster.KubeNode;
import io.podpath.core.cni.SubnetEnv;
import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.Address;
import io.podpath.core.node.Link;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteLookup;
import io.podpath.core.node.RouteType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who owns which address and which pod subnet, according to whom. The same thing is usually claimed
 * by several sources, and a failure is often nothing but two of them that do not agree; so claims
 * are kept apart, each with its place.
 */
public final class AddressPlan {

  /** Who says that a node has an address. */
  public enum AddressOrigin {
    /** On an underlay interface of the node itself. */
    INTERFACE,
    /**
     * {@code src} of a connected route of the node itself, or of its own answer to {@code ip route
     * get}.
     */
    ROUTE_SOURCE,
    /** status.addresses of the Node object. */
    INTERNAL_IP,
    /** flannel.alpha.coreos.com/public-ip. */
    FLANNEL_PUBLIC_IP,
    /** Calico's node resource or the projectcalico.org/IPv4Address annotation. */
    CALICO_BGP
  }

  public record AddressClaim(
      String node, IpAddress address, AddressOrigin origin, Provenance from) {

    /** The claim in the words of the place it stands in. */
    public String text() {
      return switch (origin) {
        case INTERFACE -> (address.isV4() ? "inet " : "inet6 ") + address;
        case ROUTE_SOURCE -> "src " + address;
        case INTERNAL_IP -> "InternalIP " + address;
        case FLANNEL_PUBLIC_IP -> "flannel.alpha.coreos.com/public-ip: " + address;
        case CALICO_BGP -> "BGP address " + address;
      };
    }
  }

  /** Who says that a node has a pod subnet. */
  public enum SubnetOrigin {
    /** spec.podCIDR of the Node object. */
    POD_CIDR,
    /** /run/flannel/subnet.env of the node. */
    SUBNET_ENV,
    /** Network of the bridge its pods hang on. */
    BRIDGE,
    /** A blackhole route of BIRD or Felix: the node's own Calico block. */
    OWN_BLOCK,
    /** Calico's block affinity. */
    BLOCK_AFFINITY
  }

  public record SubnetClaim(String node, IpPrefix subnet, SubnetOrigin origin, Provenance from) {}

  /** An annotation of a Node object, by its name: {@link Snapshot#place} of many. */
  private record Annotation(String node, String key) {}

  private final List<AddressClaim> addresses;
  private final List<SubnetClaim> subnets;
  private final Map<IpAddress, Set<String>> owners;

  private AddressPlan(List<AddressClaim> addresses, List<SubnetClaim> subnets) {
    this.addresses = List.copyOf(addresses);
    this.subnets = List.copyOf(subnets);
    this.owners = new LinkedHashMap<>();
    for (AddressClaim claim : addresses) {
      owners.computeIfAbsent(claim.address(), a -> new LinkedHashSet<>()).add(claim.node());
    }
  }

  public static AddressPlan of(Snapshot snapshot) {
    return of(snapshot, snapshot.nodes().values().stream().map(NodeSigns::of).toList());
  }

  /**
   * @param nodes all of the snapshot, in its order
   */
  static AddressPlan of(Snapshot snapshot, Collection<NodeSigns> nodes) {
    List<AddressClaim> addresses = new ArrayList<>();
    List<SubnetClaim> subnets = new ArrayList<>();
    for (NodeSigns node : nodes) {
      addresses.addAll(node.addresses());
      subnets.addAll(node.subnets());
    }
    Map<Annotation, Provenance> annotations = new HashMap<>();
    snapshot.get(Section.NODE_ANNOTATIONS).stream()
        .forEach(f ->
            annotations.putIfAbsent(new Annotation(f.value().node(), f.value().key()), f.from()));
    for (Fact<KubeNode> fact : snapshot.get(Section.NODES).facts()) {
      KubeNode node = fact.value();
      node.knownInternalIps()
          .forEach(a ->
              addresses.add(
                  new AddressClaim(node.name(), a, AddressOrigin.INTERNAL_IP, fact.from())));
      node.knownPodCidrs()
          .forEach(p ->
              subnets.add(new SubnetClaim(node.name(), p, SubnetOrigin.POD_CIDR, fact.from())));
      annotated(node, "flannel.alpha.coreos.com/public-ip")
          .ifPresent(a ->
              addresses.add(
                  new AddressClaim(
                      node.name(),
                      a,
                      AddressOrigin.FLANNEL_PUBLIC_IP,
                      annotations.getOrDefault(
                          new Annotation(node.name(), "flannel.alpha.coreos.com/public-ip"),
                          fact.from()))));
      annotated(node, "projectcalico.org/IPv4Address")
          .ifPresent(a ->
              addresses.add(
                  new AddressClaim(
                      node.name(),
                      a,
                      AddressOrigin.CALICO_BGP,
                      annotations.getOrDefault(
                          new Annotation(node.name(), "projectcalico.org/IPv4Address"),
                          fact.from()))));
    }
    for (Fact<CalicoNode> fact : snapshot.get(Section.CALICO_NODES).facts()) {
      fact.value()
          .bgpAddress()
          .optional()
          .ifPresent(a ->
              addresses.add(
                  new AddressClaim(fact.value().name(), a, AddressOrigin.CALICO_BGP, fact.from())));
    }
    snapshot.get(Section.BLOCK_AFFINITIES).facts().stream()
        .filter(f -> isOfNode(f.value(), snapshot))
        .forEach(f ->
            subnets.add(
                new SubnetClaim(
                    f.value().node(), f.value().cidr(), SubnetOrigin.BLOCK_AFFINITY, f.from())));
    return new AddressPlan(addresses, subnets);
  }

  /**
   * A list shows only names of affinities, {@code bar-1-192-168-168-64-26}: what stands before the
   * block is not always the node's own name. Where the block's objects are there, they tell; the
   * name then counts only for a node that is known otherwise.
   */
  private static boolean isOfNode(BlockAffinity affinity, Snapshot snapshot) {
    List<BlockAffinity> objects =
        snapshot.get(Section.BLOCK_AFFINITIES).values().filter(a -> a.state().isPresent()).toList();
    return affinity.state().isPresent()
        || objects.stream().noneMatch(a -> a.cidr().equals(affinity.cidr()))
        || snapshot.nodes().containsKey(affinity.node())
        || objects.stream().anyMatch(a -> a.node().equals(affinity.node()))
        || snapshot.get(Section.NODES).values().anyMatch(n -> n.name().equals(affinity.node()));
  }

  private static Optional<IpAddress> annotated(KubeNode node, String key) {
    return switch (node.annotation(key)) {
      case Gathered.Known<String>(var text) -> {
        int slash = text.indexOf('/');
        yield IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
      }
      case Gathered.Absent<String>() -> Optional.empty();
      case Gathered.NotGathered<String>(var reason) -> Optional.empty();
    };
  }

  static void claimInterfaces(NodeState node, List<AddressClaim> claims) {
    Map<String, Link> links =
        node.get(Section.LINKS).values().collect(Collectors.toMap(Link::name, l -> l, (a, b) -> a));
    for (Fact<Address> fact : node.get(Section.ADDRESSES).facts()) {
      Address address = fact.value();
      boolean counts =
          Devices.isUnderlay(address.device(), Optional.ofNullable(links.get(address.device())))
              && !address.local().isLinkLocal()
              && !address.local().isLoopback();
      if (counts) {
        claims.add(
            new AddressClaim(node.name(), address.local(), AddressOrigin.INTERFACE, fact.from()));
      }
    }
    for (Fact<Route> fact : node.host().mainRoutes(IpFamily.INET).facts()) {
      Route route = fact.value();
      boolean connected =
          route.hasProtocol("kernel")
              && route.gateway().isEmpty()
              && route.preferredSource().isPresent();
      Optional<String> device = route.device();
      if (connected
          && device.isPresent()
          && Devices.isUnderlay(device.get(), Optional.ofNullable(links.get(device.get())))) {
        claims.add(
            new AddressClaim(
                node.name(),
                route.preferredSource().get(),
                AddressOrigin.ROUTE_SOURCE,
                fact.from()));
      }
    }
    for (Fact<RouteLookup> fact : node.get(Section.ROUTE_LOOKUPS).facts()) {
      RouteLookup lookup = fact.value();
      boolean byCard =
          lookup.type() == RouteType.UNICAST
              && lookup
                  .device()
                  .filter(d -> Devices.isUnderlay(d, Optional.ofNullable(links.get(d))))
                  .isPresent();
      if (byCard && lookup.source().isPresent()) {
        claims.add(
            new AddressClaim(
                node.name(), lookup.source().get(), AddressOrigin.ROUTE_SOURCE, fact.from()));
      }
    }
  }

  static void claimSubnets(NodeState node, List<SubnetClaim> claims) {
    for (Fact<SubnetEnv> fact : node.get(Section.SUBNET_ENV).facts()) {
      claims.add(
          new SubnetClaim(
              node.name(), fact.value().subnet(), SubnetOrigin.SUBNET_ENV, fact.from()));
    }
    boolean calico =
        node.host()
            .mainRoutes(IpFamily.INET)
            .values()
            .anyMatch(r -> r.device().filter(d -> d.startsWith("cali")).isPresent());
    boolean cni0 =
        node.get(Section.ADDRESSES).values().anyMatch(a -> a.device().equals("cni0"))
            || node.host()
                .mainRoutes(IpFamily.INET)
                .values()
                .anyMatch(r -> r.device().filter("cni0"::equals).isPresent());
    for (Fact<Address> fact : node.get(Section.ADDRESSES).facts()) {
      Address address = fact.value();
      if (carriesPods(address.device(), address.network(), cni0, calico)
          && !address.local().isLinkLocal()) {
        claims.add(
            new SubnetClaim(node.name(), address.network(), SubnetOrigin.BRIDGE, fact.from()));
      }
    }
    for (Fact<Route> fact : node.host().mainRoutes(IpFamily.INET).facts()) {
      Route route = fact.value();
      boolean connected =
          route.type() == RouteType.UNICAST
              && route.gateway().isEmpty()
              && !route.destination().isDefault()
              // a route somebody added is no address of the bridge; net-tools print neither word
              && (route.hasProtocol("kernel")
                  || route.protocol().isEmpty() && route.scope().isEmpty());
      if (connected
          && route
              .device()
              .filter(d -> carriesPods(d, route.destination(), cni0, calico))
              .isPresent()) {
        claims.add(
            new SubnetClaim(node.name(), route.destination(), SubnetOrigin.BRIDGE, fact.from()));
      }
      // Felix writes its blackholes with protocol 80
      boolean own =
          route.type() == RouteType.BLACKHOLE
              && (route.hasProtocol("bird") || route.hasProtocol("80"));
      if (own && !route.destination().isHost()) {
        claims.add(
            new SubnetClaim(node.name(), route.destination(), SubnetOrigin.OWN_BLOCK, fact.from()));
      }
    }
  }

  /**
   * docker0 stands idle on most nodes: it counts only where nothing else carries pods and it left
   * Docker's own default network.
   */
  private static boolean carriesPods(
      String device, IpPrefix network, boolean cni0, boolean calico) {
    return switch (device) {
      case "cni0", "cbr0", "kube-bridge" -> true;
      case "docker0" ->
          !cni0 && !calico && !DOCKER_DEFAULT.equals(network) && network.length() > 16;
      default -> false;
    };
  }

  private static final IpPrefix DOCKER_DEFAULT = IpPrefix.of("172.17.0.0/16");

  public List<AddressClaim> addresses() {
    return addresses;
  }

  public List<SubnetClaim> subnets() {
    return subnets;
  }

  /** Nodes that have this address by anybody's account. */
  public Set<String> ownersOf(IpAddress address) {
    return owners.getOrDefault(address, Set.of());
  }

  /** The node with this address, when nobody disputes it. */
  public Optional<String> ownerOf(IpAddress address) {
    Set<String> all = ownersOf(address);
    return all.size() == 1 ? all.stream().findFirst() : Optional.empty();
  }

  /** Claims on addresses of a node, in the order of their reading. */
  public List<AddressClaim> addressesOf(String node) {
    return addresses.stream().filter(c -> c.node().equals(node)).toList();
  }

  /** Claims on pod subnets of a node. */
  public List<SubnetClaim> subnetsOf(String node) {
    return subnets.stream().filter(c -> c.node().equals(node)).toList();
  }

  /** Nodes with a pod subnet that contains this prefix. */
  public Set<String> podSubnetOwners(IpPrefix prefix) {
    return subnets.stream()
        .filter(c -> c.subnet().contains(prefix))
        .map(SubnetClaim::node)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** The node whose pod subnet contains this prefix, when there is one only. */
  public Optional<String> podSubnetOwner(IpPrefix prefix) {
    Set<String> all = podSubnetOwners(prefix);
    return all.size() == 1 ? all.stream().findFirst() : Optional.empty();
  }

  /**
   * Whether the address lies in somebody's pod subnet, so that it is no node's address on the
   * underlay.
   */
  public boolean isPodAddress(IpAddress address) {
    return subnets.stream().anyMatch(c -> c.subnet().contains(address));
  }

  /**
   * The address by which other nodes should reach a node: what the fabric's own record says, else
   * the Node object, else the only underlay address it has.
   */
  public Optional<AddressClaim> announcedAddress(String node, IpFamily family) {
    for (AddressOrigin origin :
        List.of(
            AddressOrigin.CALICO_BGP, AddressOrigin.FLANNEL_PUBLIC_IP, AddressOrigin.INTERNAL_IP)) {
      for (AddressClaim claim : addresses) {
        if (claim.node().equals(node)
            && claim.origin() == origin
            && claim.address().family() == family) {
          return Optional.of(claim);
        }
      }
    }
    List<AddressClaim> own =
        addressesOf(node).stream().filter(c -> c.address().family() == family).toList();
    boolean one = own.stream().map(AddressClaim::address).distinct().count() == 1;
    return one ? Optional.of(own.getFirst()) : Optional.empty();
  }
}
