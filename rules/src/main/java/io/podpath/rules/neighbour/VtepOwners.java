package io.podpath.rules.neighbour;

import io.podpath.core.cluster.KubeNode;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.MacAddress;
import io.podpath.core.node.Link;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.TunnelEnds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which MAC address the VXLAN device of each node has, by the device itself and by what flanneld
 * announced.
 */
final class VtepOwners {

  private static final String ANNOTATION = "flannel.alpha.coreos.com/backend-data";

  /** Who says so. */
  enum Origin {
    LINK,
    ANNOTATION
  }

  record Vtep(String node, MacAddress mac, Origin origin, Provenance from) {}

  private final ClusterView view;
  private final TunnelEnds ends;
  private final List<Vtep> vteps = new ArrayList<>();

  VtepOwners(ClusterView view) {
    this.view = view;
    this.ends = TunnelEnds.of(view.snapshot());
    for (NodeState node : view.machines()) {
      for (Fact<Link> fact : node.get(Section.LINKS).facts()) {
        Link link = fact.value();
        if (isVtep(link.name()) && link.mac().isPresent()) {
          vteps.add(new Vtep(node.name(), link.mac().get(), Origin.LINK, fact.from()));
        }
      }
    }
    for (Fact<KubeNode> fact : view.get(Section.NODES).facts()) {
      fact.value()
          .annotation(ANNOTATION)
          .optional()
          .flatMap(VtepOwners::announced)
          .ifPresent(
              mac -> vteps.add(new Vtep(fact.value().name(), mac, Origin.ANNOTATION, fact.from())));
    }
  }

  /** {@code {"VNI":1,"VtepMAC":"9a:0f:6e:31:c2:03"}}; the value is the only MAC address in it. */
  static Optional<MacAddress> announced(String json) {
    int key = json.indexOf("\"VtepMAC\"");
    int open = key < 0 ? -1 : json.indexOf('"', key + "\"VtepMAC\"".length());
    int close = open < 0 ? -1 : json.indexOf('"', open + 1);
    return close < 0 ? Optional.empty() : MacAddress.parse(json.substring(open + 1, close));
  }

  static boolean isVtep(String device) {
    return device.equals("flannel.1")
        || device.equals("vxlan.calico")
        || device.equals("flannel-v6.1")
        || device.equals("vxlan-v6.calico");
  }

  /** What is said of one node, the device itself first. */
  Optional<Vtep> of(String node) {
    return vteps.stream().filter(v -> v.node().equals(node)).findFirst();
  }

  Optional<Vtep> of(String node, Origin origin) {
    return vteps.stream().filter(v -> v.node().equals(node) && v.origin() == origin).findFirst();
  }

  /**
   * The node whose VXLAN device has this MAC. A node's link counts more than its annotation, which
   * may be stale.
   */
  Optional<Vtep> with(MacAddress mac) {
    Optional<Vtep> byLink =
        vteps.stream().filter(v -> v.origin() == Origin.LINK && v.mac().equals(mac)).findFirst();
    return byLink.or(() ->
        vteps.stream()
            .filter(v ->
                v.origin() == Origin.ANNOTATION
                    && v.mac().equals(mac)
                    && of(v.node(), Origin.LINK).isEmpty())
            .findFirst());
  }

  /**
   * The node whose VXLAN device has this address: it has been seen there, or the pod subnet it lies
   * in is that node's.
   */
  Optional<String> nodeAt(IpAddress address) {
    Set<String> nodes = ends.nodesAt(address);
    if (nodes.size() == 1) {
      return nodes.stream().findFirst();
    }
    Set<String> owners = view.podSubnetOwners(address.toPrefix());
    return nodes.isEmpty() && owners.size() == 1 ? owners.stream().findFirst() : Optional.empty();
  }
}
