package io.podpath.core.blueprint;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.MacAddress;
import io.podpath.core.net.Port;
import io.podpath.core.net.Vni;
import io.podpath.core.node.LinkKind;
import io.podpath.core.snapshot.FabricKind;
import java.util.Optional;

/**
 * flannel's vxlan backend: per node one route, one neighbour and one forwarding entry, all
 * permanent (flannel, pkg/backend/vxlan/vxlan_network.go: handleSubnetEvents).
 *
 * @param directRouting whether nodes of one network are reached without encapsulation
 */
public record FlannelVxlan(boolean directRouting) implements Fabric {

  private static final String DEVICE = "flannel.1";
  private static final int PORT = 8472;

  /** The outer IPv4, UDP and VXLAN headers and the inner Ethernet header. */
  private static final int OVERHEAD = 50;

  @Override
  public String name() {
    return directRouting ? "flannel-vxlan-directrouting" : "flannel-vxlan";
  }

  @Override
  public FabricKind kind() {
    return FabricKind.FLANNEL_VXLAN;
  }

  @Override
  public void lay(ClusterFacts cluster, NodeFacts node, NodeDraft draft) {
    int mtu = node.card().mtu() - OVERHEAD;
    Flannel.lay(cluster, node, mtu, BridgePods.cni0(mtu), draft);
    Optional<IpPrefix> own = node.podSubnet();
    if (own.isEmpty()) {
      return;
    }
    NamespaceDraft host = draft.host();
    host.link(
        DEVICE,
        new LinkKind.Vxlan(
            Optional.of(new Vni(1)),
            Optional.of(node.address()),
            Optional.empty(),
            Optional.of(node.card().device()),
            Optional.of(new Port(PORT)),
            false),
        mtu,
        Optional.of(mac(node)),
        "flannel's device");
    host.address(DEVICE, own.get().address(), 32, "the first address of " + own.get());
    for (NodeFacts other : cluster.othersThan(node)) {
      for (IpPrefix subnet : other.podSubnetsBeside(node)) {
        lay(node, other, subnet, host);
      }
    }
  }

  private void lay(NodeFacts node, NodeFacts other, IpPrefix subnet, NamespaceDraft host) {
    String because = "pod subnet of " + other.name();
    Optional<Card> direct = directRouting ? node.cardTowards(other.address()) : Optional.empty();
    if (direct.isPresent()) {
      host.via(subnet, other.address(), direct.get().device(), because);
      return;
    }
    IpAddress gateway = subnet.address();
    host.onlink(subnet, gateway, DEVICE, Optional.empty(), because);
    host.permanentNeighbour(
        gateway, DEVICE, mac(other), "VtepMAC in backend-data of " + other.name());
    host.fdb(mac(other), DEVICE, other.address(), "public-ip of " + other.name());
  }

  static MacAddress mac(NodeFacts node) {
    return node.tunnelMac().orElseGet(() -> Hardware.mac(DEVICE + node.name()));
  }
}
