package io.podpath.core.cluster;

import io.podpath.core.net.IpAddress;
import java.util.Optional;

/**
 * Calico's BGPPeer.
 *
 * @param node the one node it is for; empty for all or for a selector
 * @param nodeSelector which nodes peer, such as {@code all()}
 * @param peerIp the address to peer with
 * @param peerSelector which nodes to peer with instead of an address
 */
public record BgpPeer(
    String name,
    Optional<String> node,
    Optional<String> nodeSelector,
    Optional<IpAddress> peerIp,
    Optional<String> peerSelector,
    Optional<Long> asNumber) {
  @Override
  public String toString() {
    return "BGPPeer/"
        + name
        + node.map(n -> " node " + n).orElse("")
        + peerIp.map(p -> " peerIP " + p).orElse("")
        + peerSelector.map(p -> " peerSelector " + p).orElse("");
  }
}
