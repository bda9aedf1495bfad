package io.podpath.core.cni;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.Mtu;
import java.util.Optional;

/**
 * {@code /run/flannel/subnet.env}: what flanneld tells the flannel CNI plug-in.
 *
 * @param gateway the address of FLANNEL_SUBNET, which the bridge gets
 * @param subnet the network of FLANNEL_SUBNET
 */
public record SubnetEnv(
    Optional<IpPrefix> network,
    IpAddress gateway,
    IpPrefix subnet,
    Optional<Mtu> mtu,
    Optional<Boolean> ipMasq) {
  @Override
  public String toString() {
    return "FLANNEL_SUBNET=" + gateway + "/" + subnet.length();
  }
}
