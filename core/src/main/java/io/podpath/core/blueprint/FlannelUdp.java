package io.podpath.core.blueprint;

import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.LinkKind;
import io.podpath.core.snapshot.FabricKind;
import java.util.List;
import java.util.Optional;

/**
 * flannel's udp backend: one route to the whole pod network, and a process that carries packets
 * between flannel0 and UDP port 8285 (flannel, pkg/backend/udp). Pods hang on docker0, as in the
 * years it was used in.
 */
public record FlannelUdp() implements Fabric {

  private static final String DEVICE = "flannel0";

  /** The outer IPv4 and UDP headers. */
  private static final int OVERHEAD = 28;

  @Override
  public String name() {
    return "flannel-udp";
  }

  @Override
  public FabricKind kind() {
    return FabricKind.FLANNEL_UDP;
  }

  @Override
  public void lay(ClusterFacts cluster, NodeFacts node, NodeDraft draft) {
    int mtu = node.card().mtu() - OVERHEAD;
    Flannel.lay(cluster, node, mtu, BridgePods.docker0(mtu).ofKubelet(), draft);
    Optional<IpPrefix> own = node.podSubnet();
    if (own.isEmpty()) {
      return;
    }
    NamespaceDraft host = draft.host();
    host.link(DEVICE, new LinkKind.Tun(), mtu, Optional.empty(), "flannel's device");
    host.address(DEVICE, own.get().address(), 32, "the first address of " + own.get());
    host.dev(cluster.podNetwork(), DEVICE, "the whole pod network goes through flanneld");
    List<Daemon.FlannelUdp.Peer> peers =
        cluster.othersThan(node).stream()
            .flatMap(o ->
                o.podSubnetsBeside(node).stream()
                    .map(s -> new Daemon.FlannelUdp.Peer(s, o.address())))
            .toList();
    draft.daemon(
        new Daemon.FlannelUdp(
            DEVICE, node.address(), own.get().address(), cluster.podNetwork(), peers));
  }
}
