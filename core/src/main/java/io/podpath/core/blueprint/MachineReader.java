package io.podpath.core.blueprint;

import io.podpath.core.cluster.CalicoNode;
import io.podpath.core.cluster.HostPort;
import io.podpath.core.cluster.KubeNode;
import io.podpath.core.cluster.Pod;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.MacAddress;
import io.podpath.core.net.Mtu;
import io.podpath.core.node.Address;
import io.podpath.core.node.Link;
import io.podpath.core.node.Neighbour;
import io.podpath.core.node.Route;
import io.podpath.core.snapshot.AddressPlan.AddressClaim;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Devices;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Machines with their cards and pods, as far as a snapshot tells of them. */
final class MachineReader {

  private static final Pattern MAC = Pattern.compile("(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}");
  private static final int USUAL_LENGTH = 24;

  private final ClusterView view;
  private final Map<IpPrefix, Segment> segments = new LinkedHashMap<>();
  private final List<String> assumed = new ArrayList<>();

  MachineReader(ClusterView view) {
    this.view = view;
    // networks that a machine itself names, before those of machines nobody has read
    view.nodes().forEach(n -> addresses(n).forEach(a -> segment(a.network(), gateway(n, a))));
  }

  List<Segment> segments() {
    return List.copyOf(segments.values());
  }

  List<String> assumed() {
    return List.copyOf(assumed);
  }

  /** Empty where no address of the machine is known. */
  Optional<NodeFacts> node(String name, List<IpPrefix> podSubnets) {
    Optional<IpAddress> address =
        view.plan()
            .announcedAddress(name, IpFamily.INET)
            .map(AddressClaim::address)
            .or(() -> reachedAt(name, podSubnets))
            .or(() -> firstOwn(name));
    return address.map(a ->
        new NodeFacts(
            name,
            cards(name, a),
            a,
            podSubnets,
            pods(name),
            tunnelMac(name, podSubnets),
            tunnelAddress(name),
            clusterId(name)));
  }

  /** Of several addresses the one that most other nodes send packets for its pods to. */
  private Optional<IpAddress> reachedAt(String name, List<IpPrefix> podSubnets) {
    Set<IpAddress> own =
        view.snapshot().node(name).stream()
            .flatMap(this::addresses)
            .map(Address::local)
            .collect(Collectors.toSet());
    Map<IpAddress, Long> used =
        view.nodes().stream()
            .filter(n -> !n.name().equals(name))
            .flatMap(n -> n.host().mainRoutes(IpFamily.INET).values())
            .filter(r -> podSubnets.contains(r.destination()))
            .map(Route::gateway)
            .flatMap(Optional::stream)
            .filter(own::contains)
            .collect(Collectors.groupingBy(g -> g, TreeMap::new, Collectors.counting()));
    return used.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
  }

  private Optional<IpAddress> firstOwn(String name) {
    return view.snapshot().node(name).stream()
        .flatMap(this::addresses)
        .map(Address::local)
        .findFirst();
  }

  /** IPv4 addresses on cards. */
  private Stream<Address> addresses(NodeState node) {
    return node.get(Section.ADDRESSES)
        .values()
        .filter(a -> a.local().isV4() && !a.local().isLinkLocal())
        .filter(a -> view.podSubnetOwners(a.local().toPrefix()).isEmpty())
        .filter(a -> Devices.isUnderlay(a.device(), link(node, a.device())));
  }

  private static Optional<Link> link(NodeState node, String name) {
    return node.get(Section.LINKS).values().filter(l -> l.name().equals(name)).findFirst();
  }

  private static Optional<IpAddress> gateway(NodeState node, Address address) {
    return node.host()
        .mainRoutes(IpFamily.INET)
        .values()
        .filter(r -> r.destination().isDefault())
        .filter(r -> r.device().filter(address.device()::equals).isPresent())
        .map(Route::gateway)
        .flatMap(Optional::stream)
        .filter(address.network()::contains)
        .findFirst();
  }

  private Segment segment(IpPrefix network, Optional<IpAddress> gateway) {
    Segment known = segments.get(network);
    if (known == null) {
      known =
          new Segment(
              "net" + (segments.size() + 1), network, gateway.orElseGet(() -> free(network)));
      segments.put(network, known);
    }
    return known;
  }

  /** An address of the network that no node has, from its end. */
  private IpAddress free(IpPrefix network) {
    long size = 1L << Math.min(16, 32 - network.length());
    for (long i = size - 2; i > 0; i--) {
      IpAddress address = network.address().plus(i);
      if (view.plan().ownersOf(address).isEmpty()) {
        return address;
      }
    }
    return network.address().plus(1);
  }

  private List<Card> cards(String name, IpAddress announced) {
    Optional<NodeState> node = view.snapshot().node(name);
    List<Card> cards = new ArrayList<>();
    node.ifPresent(n ->
        addresses(n)
            .forEach(a -> {
              Optional<Link> link = link(n, a.device());
              Segment segment =
                  Objects.requireNonNull(segments.get(a.network()), "read in the constructor");
              cards.add(
                  new Card(
                      a.device(),
                      segment.name(),
                      a.local(),
                      a.prefixLength(),
                      link.flatMap(Link::mac).orElseGet(() -> Hardware.mac(name + a.device())),
                      link.flatMap(Link::mtu).map(Mtu::bytes).orElse(Card.ETHERNET_MTU),
                      gateway(n, a)));
            }));
    if (cards.isEmpty()) {
      cards.add(unread(name, announced));
    }
    return cards;
  }

  /** The card of a machine whose addresses were not read: in a network that another one names. */
  private Card unread(String name, IpAddress address) {
    IpPrefix network =
        segments.keySet().stream()
            .filter(s -> s.contains(address))
            .findFirst()
            .orElse(new IpPrefix(address, USUAL_LENGTH));
    Segment segment = segment(network, Optional.empty());
    return new Card(
        device(name, address).orElse("eth0"),
        segment.name(),
        address,
        network.length(),
        Hardware.mac("card " + name),
        Optional.of(segment.gateway()));
  }

  /** The kernel's own routes name the device of each of its addresses. */
  private Optional<String> device(String name, IpAddress address) {
    return view.snapshot().node(name).stream()
        .flatMap(n ->
            Stream.concat(
                n.host().mainRoutes(IpFamily.INET).values(),
                n.host().localRoutes(IpFamily.INET).values()))
        .filter(r -> r.hasProtocol("kernel"))
        .filter(r -> r.preferredSource().filter(address::equals).isPresent())
        .flatMap(r -> r.device().stream())
        .findFirst();
  }

  private List<PodFacts> pods(String node) {
    List<PodFacts> pods = new ArrayList<>();
    AttachmentReader attachments = new AttachmentReader(view.snapshot().node(node));
    // a pod on its node's own network has the address the node is known by
    Optional<IpAddress> own =
        view.plan().announcedAddress(node, IpFamily.INET).map(AddressClaim::address);
    for (Pod pod : view.get(Section.PODS).values().toList()) {
      boolean here = pod.node().filter(node::equals).isPresent();
      boolean apart = !pod.hostNetwork().orElse(false) && !pod.isEnded();
      pod.ips().stream()
          .filter(IpAddress::isV4)
          .filter(a -> here && apart && own.filter(a::equals).isEmpty())
          .findFirst()
          .ifPresent(a -> {
            List<HostPort> ports = pod.hostPorts().optional().orElseGet(List::of);
            pods.add(new PodFacts(pod.namespace(), pod.name(), a, ports, attachments.of(a, ports)));
          });
    }
    if (view.get(Section.PODS).isNotGathered()) {
      view.snapshot().node(node).stream()
          .flatMap(n -> n.pods().entrySet().stream())
          .forEach(e -> read(e.getKey(), e.getValue()).ifPresent(pods::add));
    }
    return pods;
  }

  private static Optional<PodFacts> read(String netns, Facts facts) {
    int end = netns.indexOf('_');
    return facts
        .get(Section.ADDRESSES)
        .values()
        .filter(a -> a.local().isV4() && !a.local().isLoopback())
        .findFirst()
        .filter(a -> end > 0)
        .map(a -> new PodFacts(netns.substring(0, end), netns.substring(end + 1), a.local()));
  }

  /** As announced, else as the device has it, else as another node's neighbour entry says. */
  private Optional<MacAddress> tunnelMac(String name, List<IpPrefix> podSubnets) {
    Optional<MacAddress> announced =
        object(name)
            .flatMap(n -> n.annotation("flannel.alpha.coreos.com/backend-data").optional())
            .map(MAC::matcher)
            .filter(Matcher::find)
            .map(Matcher::group)
            .flatMap(MacAddress::parse);
    return announced
        .or(() ->
            view.snapshot().node(name).stream()
                .flatMap(n -> n.get(Section.LINKS).values())
                .filter(l -> Devices.isVtep(l.name()))
                .flatMap(l -> l.mac().stream())
                .findFirst())
        .or(() ->
            view.nodes().stream()
                .flatMap(n -> n.get(Section.NEIGHBOURS).values())
                .filter(n -> n.device().filter(Devices::isVtep).isPresent())
                .filter(n -> podSubnets.stream().anyMatch(s -> s.address().equals(n.address())))
                .map(Neighbour::mac)
                .flatMap(Optional::stream)
                .findFirst());
  }

  private Optional<KubeNode> object(String name) {
    return view.get(Section.NODES).values().filter(n -> n.name().equals(name)).findFirst();
  }

  private Optional<CalicoNode> calico(String name) {
    return view.get(Section.CALICO_NODES).values().filter(n -> n.name().equals(name)).findFirst();
  }

  private Optional<IpAddress> tunnelAddress(String name) {
    return calico(name)
        .flatMap(c -> c.tunnelAddress().optional())
        .or(() ->
            view.snapshot().node(name).stream()
                .flatMap(n -> n.get(Section.ADDRESSES).values())
                .filter(a -> a.device().equals("tunl0") && a.local().isV4())
                .map(Address::local)
                .findFirst());
  }

  private Optional<IpAddress> clusterId(String name) {
    return calico(name)
        .flatMap(c -> c.routeReflectorClusterId().optional())
        .filter(id -> !id.isEmpty())
        .flatMap(IpAddress::parse);
  }
}
