package io.podpath.core.blueprint;

import io.podpath.core.cni.BgpSession;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.MacAddress;
import io.podpath.core.node.LinkKind;
import io.podpath.core.node.NextHop;
import io.podpath.core.node.Route;
import io.podpath.core.snapshot.FabricKind;
import io.podpath.core.snapshot.Section;
import java.util.Map;
import java.util.Optional;

/**
 * Calico with BIRD: each pod behind a link of its own, each node's blocks announced by BGP, with or
 * without IPIP between nodes.
 */
public record Calico(CalicoEncapsulation encapsulation) implements Fabric {

  static final String TUNNEL = "tunl0";

  /** The outer IPv4 header. */
  private static final int OVERHEAD = 20;

  /** Every cali link has the same address (felix, dataplane/linux/endpoint_mgr.go). */
  private static final MacAddress CALI_MAC = MacAddress.of("ee:ee:ee:ee:ee:ee");

  /** The gateway of every pod, which the cali link answers for by proxy ARP. */
  private static final IpAddress GATEWAY = IpAddress.of("169.254.1.1");

  @Override
  public String name() {
    return switch (encapsulation) {
      case ALWAYS -> "calico-ipip";
      case CROSS_SUBNET -> "calico-ipip-crosssubnet";
      case NEVER -> "calico-bgp";
    };
  }

  @Override
  public FabricKind kind() {
    return encapsulation.hasTunnel() ? FabricKind.CALICO_IPIP : FabricKind.CALICO_BGP;
  }

  @Override
  public void lay(ClusterFacts cluster, NodeFacts node, NodeDraft draft) {
    int mtu = node.card().mtu() - (encapsulation.hasTunnel() ? OVERHEAD : 0);
    NamespaceDraft host = draft.host();
    if (encapsulation.hasTunnel()) {
      host.link(
          TUNNEL,
          new LinkKind.Ipip(Optional.empty(), Optional.empty()),
          mtu,
          Optional.empty(),
          "the kernel's own IPIP device, which takes any outer address");
      tunnelAddress(node)
          .ifPresent(a -> host.address(TUNNEL, a, 32, "IPv4IPIPTunnelAddr of " + node.name()));
    }
    for (PodFacts pod : node.pods()) {
      pod(pod, mtu, draft);
    }
    routes(cluster, node, host);
    cniFile(node, mtu, draft);
    new Felix(cluster, node, encapsulation.hasTunnel()).lay(draft);
    for (BgpSessions.Peer peer : new BgpSessions(cluster).of(node)) {
      draft.row(
          Section.BGP_SESSIONS,
          new BgpSession(Optional.of(peer.address()), peer.type(), "up", "Established"),
          "a peer of " + node.name());
    }
    draft.daemon(new Daemon.Bird(new BirdConfig(cluster, node, encapsulation).text()));
  }

  static Optional<IpAddress> tunnelAddress(NodeFacts node) {
    return node.tunnelAddress().or(() -> node.podSubnet().map(IpPrefix::address));
  }

  private static void pod(PodFacts pod, int mtu, NodeDraft draft) {
    String device = Hardware.caliDevice(pod);
    NamespaceDraft host = draft.host();
    String because = "pod " + pod.namespace() + "/" + pod.name();
    host.link(device, new LinkKind.Veth(), mtu, Optional.of(CALI_MAC), because);
    host.dev(pod.address().toPrefix(), device, because);
    host.sysctl("net.ipv4.conf." + device + ".proxy_arp", "1", "the node answers for 169.254.1.1");
    host.sysctl("net.ipv4.conf." + device + ".rp_filter", "1", "a pod may not use another address");
    NamespaceDraft inside = draft.pod(pod, device);
    inside.link(
        "eth0",
        new LinkKind.Veth(),
        mtu,
        Optional.of(Hardware.mac(pod.netns())),
        "the pod's end of " + device);
    inside.address("eth0", pod.address(), 32, "the pod's address");
    inside.dev(GATEWAY.toPrefix(), "eth0", "the gateway that only proxy ARP knows");
    inside.via(IpPrefix.of("0.0.0.0/0"), GATEWAY, "eth0", "everything goes to the node");
  }

  private void routes(ClusterFacts cluster, NodeFacts node, NamespaceDraft host) {
    for (IpPrefix block : node.podSubnets()) {
      host.blackhole(block, "bird", "addresses of the own block that no pod has");
    }
    for (Map.Entry<IpPrefix, NodeFacts> learned :
        new BgpSessions(cluster).learned(node).entrySet()) {
      NodeFacts other = learned.getValue();
      String because = "block of " + other.name() + ", by BGP";
      if (encapsulation.tunnels(node, other)) {
        host.onlink(learned.getKey(), other.address(), TUNNEL, Optional.of("bird"), because);
      } else {
        IpAddress gateway =
            node.cardTowards(other.address()).isPresent()
                ? other.address()
                : node.card().gateway().orElse(other.address());
        host.route(
            Route.unicast(learned.getKey(), NextHop.via(gateway, node.card().device()))
                .withProtocol("bird"),
            because);
      }
    }
  }

  private static void cniFile(NodeFacts node, int mtu, NodeDraft draft) {
    draft.file(
        "/etc/cni/net.d/10-calico.conflist",
        """
        {
          "name": "k8s-pod-network",
          "cniVersion": "0.3.1",
          "plugins": [
            {
              "type": "calico",
              "log_level": "info",
              "datastore_type": "kubernetes",
              "nodename": "%s",
              "mtu": %d,
              "ipam": {
                "type": "calico-ipam"
              },
              "policy": {
                "type": "k8s"
              },
              "kubernetes": {
                "kubeconfig": "/etc/cni/net.d/calico-kubeconfig"
              }
            },
            {
              "type": "portmap",
              "snat": true,
              "capabilities": {"portMappings": true}
            }
          ]
        }
        """
            .formatted(node.name(), mtu));
  }
}
