package io.podpath.core.blueprint;

import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.LinkKind;
import io.podpath.core.snapshot.FabricKind;
import java.util.Optional;

/** flannel's ipip backend (flannel, pkg/backend/ipip/ipip.go). */
public record FlannelIpip() implements Fabric {

  private static final String DEVICE = "flannel.ipip";

  /** The outer IPv4 header. */
  private static final int OVERHEAD = 20;

  @Override
  public String name() {
    return "flannel-ipip";
  }

  @Override
  public FabricKind kind() {
    return FabricKind.FLANNEL_IPIP;
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
    // with a local address it is told from tunl0, which takes what no other device wants
    host.link(
        DEVICE,
        new LinkKind.Ipip(Optional.of(node.address()), Optional.empty()),
        mtu,
        Optional.empty(),
        "flannel's device");
    host.address(DEVICE, own.get().address(), 32, "the first address of " + own.get());
    for (NodeFacts other : cluster.othersThan(node)) {
      for (IpPrefix subnet : other.podSubnetsBeside(node)) {
        host.onlink(
            subnet, other.address(), DEVICE, Optional.empty(), "pod subnet of " + other.name());
      }
    }
  }
}
