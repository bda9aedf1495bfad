package io.podpath.core.cluster;

import io.podpath.core.net.IpPrefix;
import java.util.List;
import java.util.OptionalInt;

/**
 * What a cluster was told at its making: kubeadm's ClusterConfiguration, or the controller
 * manager's flags.
 *
 * @param nodeCidrMaskSize length of each node's pod CIDR
 */
public record NetworkPlan(
    String origin,
    List<IpPrefix> podSubnets,
    List<IpPrefix> serviceSubnets,
    OptionalInt nodeCidrMaskSize) {

  public NetworkPlan {
    podSubnets = List.copyOf(podSubnets);
    serviceSubnets = List.copyOf(serviceSubnets);
  }

  @Override
  public String toString() {
    return origin
        + " podSubnet "
        + podSubnets
        + (nodeCidrMaskSize.isPresent()
            ? " node-cidr-mask-size " + nodeCidrMaskSize.getAsInt()
            : "");
  }
}
