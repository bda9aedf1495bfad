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
 * @param nodePeers BGPPeer objects for one node each
 */
public record BgpFacts(
    boolean mesh,
    long asNumber,
    List<IpAddress> globalPeers,
    boolean reflectorPeers,
    List<NodePeer> nodePeers) {

  /** A BGPPeer with {@code node} and {@code peerIP}. */
  public record NodePeer(String node, IpAddress peer) {}

  /** Calico's default. */
  public static final BgpFacts FULL_MESH = new BgpFacts(true, 64512, List.of(), false, List.of());

  public BgpFacts {
    globalPeers = List.copyOf(globalPeers);
    nodePeers = List.copyOf(nodePeers);
  }

  /** No mesh, and these peers in its place. */
  public BgpFacts withoutMesh(List<IpAddress> peersOfAll, List<NodePeer> peersOfOne) {
    return new BgpFacts(false, asNumber, peersOfAll, false, peersOfOne);
  }
}
