package io.podpath.core.blueprint;

import io.podpath.core.net.IpAddress;
import java.util.List;

/**
 * Who peers with whom by BGP.
 *
 * @param mesh BGPConfiguration nodeToNodeMeshEnabled
 * @param globalPeers addresses of BGPPeer objects without a node
 * @param reflectorPeers whether every node peers with the nodes that have a cluster id (a BGPPeer
 *     with a peer selector)
 */
public record BgpFacts(
    boolean mesh, long asNumber, List<IpAddress> globalPeers, boolean reflectorPeers) {

  /** Calico's default. */
  public static final BgpFacts FULL_MESH = new BgpFacts(true, 64512, List.of(), false);

  public BgpFacts {
    globalPeers = List.copyOf(globalPeers);
  }
}
