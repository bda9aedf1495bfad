package io.podpath.core.cni;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;

/**
 * Options that flannel's mk-docker-opts.sh wrote for dockerd.
 *
 * @param bridgeAddress of {@code --bip}
 * @param subnet its network
 */
public record DockerOptions(IpAddress bridgeAddress, IpPrefix subnet) {
  @Override
  public String toString() {
    return "--bip=" + bridgeAddress + "/" + subnet.length();
  }
}
