package io.podpath.rules.routing;

import io.podpath.core.cluster.KubeNode;
import io.podpath.core.cni.BgpSession;
import io.podpath.core.net.IpFamily;
import io.podpath.core.rule.Outcome;
import io.podpath.core.snapshot.AddressPlan;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Devices;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.FabricKind;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import java.util.Locale;
import java.util.Optional;

/** Which machines take part in the fabric, so that routes to them and on them may be missed. */
final class FabricMembers {

  private final ClusterView view;

  FabricMembers(ClusterView view) {
    this.view = view;
  }

  /** Pods, a Node object, or a device or file that only nodes have. */
  boolean isNode(NodeState node) {
    return view.plan().subnets().stream().anyMatch(c -> c.node().equals(node.name()))
        || view.get(Section.NODES).values().anyMatch(n -> n.name().equals(node.name()))
        || view.get(Section.CALICO_NODES).values().anyMatch(n -> n.name().equals(node.name()))
        || !node.get(Section.SUBNET_ENV).isEmpty()
        || !node.get(Section.CNI_CONFIGS).isEmpty()
        || !node.get(Section.BGP_SESSIONS).isEmpty()
        || node.get(Section.LINKS).values().anyMatch(l -> isFabrics(l.name()))
        || node.get(Section.ADDRESSES).values().anyMatch(a -> isFabrics(a.device()))
        || node.host()
            .mainRoutes(IpFamily.INET)
            .values()
            .anyMatch(r -> r.device().filter(FabricMembers::isFabrics).isPresent());
  }

  private static boolean isFabrics(String device) {
    return Devices.isTunnel(device)
        || device.startsWith("cali")
        || device.equals("cni0")
        || device.equals("kube-ipvs0");
  }

  /**
   * A sign that this fabric writes routes on the nodes, though no node has one: the tunnel device
   * all nodes have for them, a backend named host-gw, or routes that BIRD knows and the kernel does
   * not. Calico's own links alone are none: its blocks may be announced to a router only.
   */
  boolean routesAreItsWay() {
    return switch (view.fabric()) {
      case FLANNEL_HOST_GW, FLANNEL_VXLAN, FLANNEL_IPIP, CALICO_VXLAN, STATIC_ROUTES -> true;
      case CALICO_IPIP, CALICO_BGP ->
          view.machines().stream()
              .anyMatch(n ->
                  n.get(Section.BGP_SESSIONS)
                          .values()
                          .anyMatch(s -> s.isEstablished() && isOfMesh(s))
                      || n.get(Section.BIRD_ROUTES)
                          .values()
                          .anyMatch(r ->
                              r.gateway().isPresent()
                                  && view.podSubnetOwners(r.destination()).stream()
                                      .anyMatch(o -> !o.equals(n.name()))));
      case FLANNEL_UDP, OVS_GRE, UNKNOWN -> false;
    };
  }

  /** calicoctl says node-to-node mesh, BIRD names the protocol Mesh_10_0_0_2. */
  private static boolean isOfMesh(BgpSession session) {
    return session.type().toLowerCase(Locale.ROOT).contains("mesh");
  }

  /**
   * Whether the other node takes part in the fabric: its tunnel stands, or, when only its Node
   * object was read, it is not known to be down and somebody in the fabric knows it. The controller
   * gives a podCIDR to every Node object, also to one whose agent never ran.
   */
  boolean joined(AddressPlan.SubnetClaim claim, Outcome.Collector out) {
    Optional<NodeState> machine = view.snapshot().node(claim.node());
    if (machine.isPresent()) {
      return stands(machine.get());
    }
    Optional<KubeNode> object =
        view.get(Section.NODES).values().filter(n -> n.name().equals(claim.node())).findFirst();
    boolean down = object.flatMap(n -> n.ready().optional()).filter(r -> !r).isPresent();
    boolean known =
        claim.origin() == AddressPlan.SubnetOrigin.BLOCK_AFFINITY
            || object.stream()
                .flatMap(n -> n.annotations().optional().stream())
                .anyMatch(a ->
                    a.keySet().stream().anyMatch(k -> k.startsWith("flannel.alpha.coreos.com/")))
            || view.machines().stream()
                .anyMatch(n ->
                    MissingRoutes.reaches(
                        n.host().mainRoutes(claim.subnet().family()), claim.subnet()));
    if (down || !known) {
      out.notChecked(claim.node(), "nothing says that it has joined the pod network");
    }
    return !down && known;
  }

  /** Whether the node can have routes at all. */
  boolean stands(NodeState node) {
    return hasDevice(node) && !withoutSessions(node);
  }

  /** A node without the tunnel device has no fabric at all, which is not a matter of one route. */
  private boolean hasDevice(NodeState node) {
    return view.tunnelDevice()
        .filter(d -> node.get(Section.LINKS).find(l -> l.name().equals(d)).isAbsent())
        .isEmpty();
  }

  /** Without a BGP session no route can come; why there is none is another finding's matter. */
  private boolean withoutSessions(NodeState node) {
    boolean bgp = view.fabric() == FabricKind.CALICO_BGP || view.fabric() == FabricKind.CALICO_IPIP;
    Entries<BgpSession> sessions = node.get(Section.BGP_SESSIONS);
    return bgp && sessions.isComplete() && sessions.values().noneMatch(BgpSession::isEstablished);
  }
}
