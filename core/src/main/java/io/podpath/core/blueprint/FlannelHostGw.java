package io.podpath.core.blueprint;

import io.podpath.core.net.IpPrefix;
import io.podpath.core.snapshot.FabricKind;
import java.util.Optional;

/** flannel's host-gw backend: every pod subnet is a plain route to its node. */
public record FlannelHostGw() implements Fabric {

  @Override
  public String name() {
    return "flannel-host-gw";
  }

  @Override
  public FabricKind kind() {
    return FabricKind.FLANNEL_HOST_GW;
  }

  @Override
  public void lay(ClusterFacts cluster, NodeFacts node, NodeDraft draft) {
    Flannel.lay(cluster, node, node.card().mtu(), BridgePods.cni0(node.card().mtu()), draft);
    if (node.podSubnet().isEmpty()) {
      // flanneld ends when its node has no podCIDR
      return;
    }
    for (NodeFacts other : cluster.othersThan(node)) {
      Optional<Card> card = node.cardTowards(other.address());
      for (IpPrefix subnet : other.podSubnetsBeside(node)) {
        card.ifPresent(c ->
            draft.host().via(subnet, other.address(), c.device(), "pod subnet of " + other.name()));
      }
    }
  }
}
