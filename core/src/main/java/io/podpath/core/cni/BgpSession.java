package io.podpath.core.cni;

import io.podpath.core.net.IpAddress;
import java.util.Optional;

/**
 * A BGP session as calicoctl or BIRD shows it.
 *
 * @param peer the other side's address
 * @param type node-to-node mesh, global, node specific; for BIRD the protocol's name
 * @param state up, start, down
 * @param info Established, Idle, Active, Connect … and the last error
 */
public record BgpSession(Optional<IpAddress> peer, String type, String state, String info) {

  public boolean isEstablished() {
    return info.startsWith("Established");
  }

  @Override
  public String toString() {
    return peer.map(p -> p + " ").orElse("") + type + " " + state + " " + info;
  }
}
