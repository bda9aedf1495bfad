package io.podpath.rules.neighbour;

import io.podpath.core.cluster.KubeNode;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.MacAddress;
import io.podpath.core.node.Link;
import io.podpath.core.node.Neighbour;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Devices;
import io.podpath.core.snapshot.FabricKind;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.TunnelEnds;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The VXLAN devices of the nodes by their MAC addresses: what each has, and what it was announced
 * with. Every other node's neighbour and forwarding entries must agree with these.
 */
final class Vteps {

  /** Who says that a node's VXLAN device has a MAC address. */
  enum Origin {
    /** The device itself. */
    LINK,
    /** flannel's or Calico's annotation of the Node object, from which the others learn it. */
    ANNOTATION
  }

  /**
   * @param text the entry that says so
   */
  record Claim(
      String node, String device, MacAddress mac, Origin origin, String text, Provenance from) {}

  private static final String FLANNEL = "flannel.alpha.coreos.com/backend-data";
  private static final String FLANNEL6 = "flannel.alpha.coreos.com/backend-v6-data";
  private static final String CALICO = "projectcalico.org/VXLANTunnelMACAddr";
  private static final String CALICO6 = "projectcalico.org/VXLANTunnelMACAddrV6";

  private final ClusterView view;
  private final TunnelEnds ends;
  private final List<Claim> claims = new ArrayList<>();

  private Vteps(ClusterView view) {
    this.view = view;
    this.ends = TunnelEnds.of(view.snapshot());
  }

  static Vteps of(ClusterView view) {
    Vteps vteps = new Vteps(view);
    for (NodeState node : view.machines()) {
      node.get(Section.LINKS).facts().forEach(f -> vteps.claimLink(node.name(), f));
    }
    for (Fact<KubeNode> fact : view.get(Section.NODES).facts()) {
      vteps.claimAnnotation(fact, FLANNEL, "flannel.");
      vteps.claimAnnotation(fact, FLANNEL6, "flannel-v6.");
      vteps.claimAnnotation(fact, CALICO, "vxlan.calico");
      vteps.claimAnnotation(fact, CALICO6, "vxlan-v6.calico");
    }
    return vteps;
  }

  /** Whether the fabric is one of VXLAN devices that a daemon fills. */
  static boolean apply(ClusterView view) {
    return view.fabric() == FabricKind.FLANNEL_VXLAN || view.fabric() == FabricKind.CALICO_VXLAN;
  }

  private void claimLink(String node, Fact<Link> fact) {
    Link link = fact.value();
    if (Devices.isVtep(link.name()) && link.mac().filter(m -> !m.isZero()).isPresent()) {
      MacAddress mac = link.mac().get();
      String text = link.name() + " link/ether " + mac;
      claims.add(new Claim(node, link.name(), mac, Origin.LINK, text, fact.from()));
    }
  }

  private void claimAnnotation(Fact<KubeNode> fact, String key, String device) {
    Optional<String> text = fact.value().annotation(key).optional();
    Optional<MacAddress> mac = text.flatMap(Vteps::firstMac);
    if (mac.isPresent()) {
      String name = device.endsWith(".") ? device + vni(text.orElseThrow()) : device;
      String entry = key + ": " + text.orElseThrow();
      claims.add(
          new Claim(
              fact.value().name(),
              name,
              mac.get(),
              Origin.ANNOTATION,
              entry,
              view.snapshot().place(fact, key)));
    }
  }

  /** flannel writes {@code {"VNI":1,"VtepMAC":"…"}}, Calico the address alone. */
  private static Optional<MacAddress> firstMac(String text) {
    int colon = text.indexOf(':');
    for (; colon >= 0; colon = text.indexOf(':', colon + 1)) {
      int start = colon - 2;
      if (start >= 0 && start + 17 <= text.length()) {
        Optional<MacAddress> mac = MacAddress.parse(text.substring(start, start + 17));
        if (mac.isPresent()) {
          return mac;
        }
      }
    }
    return Optional.empty();
  }

  /** Before flannel 0.12 the annotation has no VNI; 1 is flannel's own choice. */
  private static String vni(String text) {
    int at = text.indexOf("\"VNI\":");
    if (at < 0) {
      return "1";
    }
    int start = at + 6;
    int end = start;
    while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
      end++;
    }
    return end > start && end - start < 9 ? text.substring(start, end) : "1";
  }

  List<Claim> claims() {
    return claims;
  }

  /** What the device of a node has, as far as its links were gathered. */
  Optional<Claim> link(String node, String device) {
    return claim(node, device, Origin.LINK);
  }

  Optional<Claim> annotation(String node, String device) {
    return claim(node, device, Origin.ANNOTATION);
  }

  /** What a node has or, where that was not gathered, was announced with. */
  Optional<Claim> truth(String node, String device) {
    return link(node, device).or(() -> annotation(node, device));
  }

  /** The same for the one flannel device a log speaks of without its name. */
  Optional<Claim> flannelTruth(String node) {
    List<Claim> own =
        claims.stream()
            .filter(c -> c.node().equals(node) && c.device().startsWith("flannel."))
            .toList();
    return own.stream().map(Claim::device).distinct().count() == 1
        ? truth(node, own.getFirst().device())
        : Optional.empty();
  }

  private Optional<Claim> claim(String node, String device, Origin origin) {
    return claims.stream()
        .filter(c -> c.node().equals(node) && c.device().equals(device) && c.origin() == origin)
        .findFirst();
  }

  /** Claims on a MAC address by one origin; of several nodes when machines were cloned. */
  List<Claim> holders(MacAddress mac, String device, Origin origin) {
    return claims.stream()
        .filter(c -> c.mac().equals(mac) && c.device().equals(device) && c.origin() == origin)
        .toList();
  }

  /** The node at the other end of the tunnel that has this inner address, when one only has it. */
  Optional<String> nodeBehind(IpAddress inner) {
    Set<String> atEnd = ends.nodesAt(inner);
    Set<String> nodes = atEnd.isEmpty() ? view.podSubnetOwners(inner.toPrefix()) : atEnd;
    return nodes.size() == 1 ? nodes.stream().findFirst() : Optional.empty();
  }

  /** Entries by which a node addresses other nodes through its VXLAN devices. */
  static List<Fact<Neighbour>> neighbours(NodeState node) {
    List<Fact<Neighbour>> all = new ArrayList<>();
    for (IpFamily family : IpFamily.values()) {
      all.addAll(
          node.get(Section.neighbours(family))
              .where(n ->
                  n.device().filter(Devices::isVtep).isPresent()
                      && n.mac().filter(m -> !m.isZero()).isPresent()
                      && !n.states().contains("FAILED")
                      && !n.states().contains("INCOMPLETE")));
    }
    return all;
  }

  /**
   * VXLAN devices that are known of a node by its links, neighbours, forwarding entries or routes.
   */
  static Set<String> devices(NodeState node) {
    Set<String> names = new LinkedHashSet<>();
    node.get(Section.LINKS).values().map(Link::name).filter(Devices::isVtep).forEach(names::add);
    neighbours(node).forEach(f -> f.value().device().ifPresent(names::add));
    node.get(Section.FDB)
        .values()
        .forEach(e -> e.device().filter(Devices::isVtep).ifPresent(names::add));
    for (IpFamily family : IpFamily.values()) {
      node.host()
          .mainRoutes(family)
          .values()
          .forEach(r -> r.device().filter(Devices::isVtep).ifPresent(names::add));
    }
    return names;
  }
}
