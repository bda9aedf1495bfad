package io.podpath.core.cluster;

import io.podpath.core.net.IpPrefix;
import java.util.Optional;

/**
 * flannel's net-conf.json.
 *
 * @param backend vxlan, host-gw, udp, ipip …
 */
public record FlannelNetwork(
    Optional<IpPrefix> network, Optional<String> backend, boolean directRouting) {
  @Override
  public String toString() {
    return "net-conf.json"
        + network.map(n -> " Network " + n).orElse("")
        + backend.map(b -> " Backend " + b).orElse("");
  }
}
