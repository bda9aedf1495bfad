package io.podpath.core.blueprint;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.LinkKind;
import java.util.Optional;

/**
 * Pods on a Linux bridge, as the CNI bridge plugin (containernetworking/plugins,
 * plugins/main/bridge/bridge.go) or Docker leaves them.
 *
 * @param bridge cni0 or docker0
 * @param hardwarePrefix of the pods' addresses: 0x0a58 for the plugin, 0x0242 for Docker
 * @param hairpin whether a pod can reach itself through its service; on a node of Kubernetes it can
 *     anyhow
 */
record BridgePods(String bridge, int mtu, int hardwarePrefix, boolean hairpin) {

  static BridgePods cni0(int mtu) {
    return new BridgePods("cni0", mtu, 0x0a58, true);
  }

  static BridgePods docker0(int mtu) {
    return new BridgePods("docker0", mtu, 0x0242, false);
  }

  /**
   * What the kubelet made of Docker's bridge as long as it started containers itself (until 1.6):
   * it set hairpin on their ports (pkg/kubelet/kubelet_network.go: effectiveHairpinMode; called
   * from dockertools/docker_manager.go).
   */
  BridgePods ofKubelet() {
    return new BridgePods(bridge, mtu, hardwarePrefix, true);
  }

  /** The bridge's own address: the first of the subnet. */
  static IpAddress gateway(IpPrefix subnet) {
    return subnet.address().plus(1);
  }

  /**
   * Lays the bridge and all pods of the node.
   *
   * @param podRoute a network the pods have a route to besides the default one
   */
  void lay(NodeFacts node, Optional<IpPrefix> podRoute, NodeDraft draft) {
    Optional<IpPrefix> subnet = node.podSubnet();
    if (subnet.isEmpty()) {
      return;
    }
    IpAddress gateway = gateway(subnet.get());
    String because = "the bridge of the pods in " + subnet.get();
    draft
        .host()
        .link(
            bridge,
            new LinkKind.Bridge(false, false, false),
            mtu,
            Optional.of(Hardware.ofIp(hardwarePrefix, gateway)),
            because);
    draft.host().address(bridge, gateway, subnet.get().length(), because);
    for (PodFacts pod : node.pods()) {
      lay(pod, subnet.get(), gateway, podRoute, draft);
    }
  }

  private void lay(
      PodFacts pod,
      IpPrefix subnet,
      IpAddress gateway,
      Optional<IpPrefix> podRoute,
      NodeDraft draft) {
    String device = Hardware.device("veth", 8, pod.netns());
    boolean turns = hairpin || draft.hasKubelet();
    draft.host().port(device, new LinkKind.Veth(), mtu, Hardware.mac(pod.netns()), bridge, turns);
    NamespaceDraft inside = draft.pod(pod, device);
    inside.link(
        "eth0",
        new LinkKind.Veth(),
        mtu,
        Optional.of(Hardware.ofIp(hardwarePrefix, pod.address())),
        "the pod's end of " + device);
    inside.address("eth0", pod.address(), subnet.length(), "the pod's address");
    inside.via(IpPrefix.of("0.0.0.0/0"), gateway, "eth0", "everything goes to the bridge");
    podRoute
        .filter(n -> !n.equals(subnet))
        .ifPresent(n -> inside.via(n, gateway, "eth0", "the cluster's pod network"));
  }
}
