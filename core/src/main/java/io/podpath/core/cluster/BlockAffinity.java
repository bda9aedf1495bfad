package io.podpath.core.cluster;

import io.podpath.core.net.IpPrefix;
import java.util.Optional;

/**
 * Which node a Calico IPAM block belongs to.
 *
 * @param state confirmed, pending, pendingDeletion
 */
public record BlockAffinity(IpPrefix cidr, String node, Optional<String> state, boolean deleted) {
  @Override
  public String toString() {
    return "BlockAffinity/" + node + " " + cidr + state.map(s -> " " + s).orElse("");
  }
}
