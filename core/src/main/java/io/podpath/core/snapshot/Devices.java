package io.podpath.core.snapshot;

import io.podpath.core.node.Link;
import io.podpath.core.node.LinkKind;
import java.util.Optional;

/** What an interface is for, by the names the components give and, where known, by its kind. */
public final class Devices {

  private Devices() {}

  /**
   * An end of a pod's veth pair on the node: flannel's and docker's {@code veth…}, Calico's {@code
   * cali…}, Weave's.
   */
  public static boolean isPodLink(String device) {
    return device.startsWith("cali")
        || device.startsWith("veth")
        || device.startsWith("lxc")
        || device.startsWith("vethwe");
  }

  /** Bridges that pods hang on: cni0, docker0, cbr0, kube-bridge, Docker's {@code br-<id>}. */
  public static boolean isPodBridge(String device) {
    return device.equals("cni0")
        || device.equals("docker0")
        || device.equals("cbr0")
        || device.equals("kube-bridge")
        || device.equals("weave")
        || device.startsWith("br-") && device.length() > 10;
  }

  /** Tunnels and pseudo interfaces whose addresses no other node sends outer packets to. */
  public static boolean isOverlay(String device) {
    return device.startsWith("tunl")
        || device.startsWith("flannel")
        || device.equals("vxlan.calico")
        || device.equals("vxlan-v6.calico")
        || device.startsWith("wireguard.cali")
        || device.startsWith("gre")
        || device.startsWith("kube-ipvs")
        || device.equals("nodelocaldns");
  }

  /** An IPIP, VXLAN or TUN device that carries pod traffic between nodes. */
  public static boolean isTunnel(String device) {
    return device.startsWith("tunl")
        || device.startsWith("flannel")
        || device.startsWith("vxlan")
        || device.equals("vxlan.calico");
  }

  /** A VXLAN device of flannel or Calico; the part behind flannel's dot is the VNI. */
  public static boolean isVtep(String device) {
    if (device.equals("vxlan.calico") || device.equals("vxlan-v6.calico")) {
      return true;
    }
    String vni =
        device.startsWith("flannel.")
            ? device.substring(8)
            : device.startsWith("flannel-v6.") ? device.substring(11) : "";
    return !vni.isEmpty() && vni.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** Whether addresses on it are the node's own on the network between nodes. */
  public static boolean isUnderlay(String device, Optional<Link> link) {
    if (device.equals("lo")
        || isPodLink(device)
        || isPodBridge(device)
        || isOverlay(device)
        || device.startsWith("virbr")
        || device.startsWith("docker_gwbridge")
        || device.startsWith("lxdbr")) {
      return false;
    }
    Optional<LinkKind> kind = link.flatMap(Link::kind);
    return kind.isEmpty()
        || !(kind.get() instanceof LinkKind.Vxlan
            || kind.get() instanceof LinkKind.Ipip
            || kind.get() instanceof LinkKind.Gre
            || kind.get() instanceof LinkKind.Dummy
            || kind.get() instanceof LinkKind.Tun);
  }
}
