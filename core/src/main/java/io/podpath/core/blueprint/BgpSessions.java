package io.podpath.core.blueprint;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who peers with whom, and by iBGP's rules who learns which block from it: a speaker passes on to
 * its peers what is its own, a route reflector also what it heard from a client (RFC 4456).
 */
final class BgpSessions {

  private final ClusterFacts cluster;

  BgpSessions(ClusterFacts cluster) {
    this.cluster = cluster;
  }

  /**
   * A configured session.
   *
   * @param type as calicoctl prints it: node-to-node mesh, global, node specific
   * @param client whether the peer is a client of this reflector
   */
  record Peer(IpAddress address, String type, boolean client) {}

  /** What the node's BIRD is told to connect to. */
  List<Peer> of(NodeFacts node) {
    Map<IpAddress, Peer> peers = new LinkedHashMap<>();
    BgpFacts bgp = cluster.bgp();
    boolean reflector = node.clusterId().isPresent();
    for (NodeFacts other : cluster.othersThan(node)) {
      boolean clientOfMine = reflector && other.clusterId().isEmpty();
      // a node with a cluster id leaves the mesh (Calico, confd: bird.cfg.template)
      if (bgp.mesh()
          && !reflector
          && other.clusterId().isEmpty()
          // confd leaves out what it takes for the node itself
          && !other.address().equals(node.address())) {
        peers.putIfAbsent(
            other.address(), new Peer(other.address(), "node-to-node mesh", clientOfMine));
      }
      if (bgp.reflectorPeers() && (reflector || other.clusterId().isPresent())) {
        peers.putIfAbsent(
            other.address(), new Peer(other.address(), "node specific", clientOfMine));
      }
    }
    boolean isGlobalPeer = bgp.globalPeers().contains(node.address());
    for (IpAddress peer : bgp.globalPeers()) {
      if (!peer.equals(node.address())) {
        peers.putIfAbsent(peer, new Peer(peer, "global", false));
      }
    }
    if (isGlobalPeer) {
      // its end of what all others open; passive, or configured by hand
      for (NodeFacts other : cluster.othersThan(node)) {
        peers.putIfAbsent(other.address(), new Peer(other.address(), "global", reflector));
      }
    }
    bgp.nodePeers().stream()
        .filter(p -> p.node().equals(node.name()))
        .forEach(p -> peers.putIfAbsent(p.peer(), new Peer(p.peer(), "node specific", false)));
    return List.copyOf(peers.values());
  }

  /** Blocks of other nodes that the node learns, with their owners. */
  Map<IpPrefix, NodeFacts> learned(NodeFacts node) {
    Map<IpPrefix, NodeFacts> blocks = new LinkedHashMap<>();
    for (NodeFacts other : cluster.othersThan(node)) {
      if (hears(node, other)) {
        other.podSubnets().forEach(b -> blocks.put(b, other));
      }
    }
    return blocks;
  }

  /** Whether a route of {@code origin} comes to {@code node}, directly or through reflectors. */
  private boolean hears(NodeFacts node, NodeFacts origin) {
    Set<String> have = new LinkedHashSet<>();
    List<NodeFacts> news = new ArrayList<>();
    Map<String, String> from = new LinkedHashMap<>();
    have.add(origin.name());
    news.add(origin);
    while (!news.isEmpty()) {
      NodeFacts speaker = news.removeFirst();
      for (NodeFacts listener : cluster.othersThan(speaker)) {
        if (!have.contains(listener.name())
            && established(speaker, listener)
            && mayTell(origin, speaker, listener, from.get(speaker.name()))) {
          have.add(listener.name());
          from.put(listener.name(), speaker.name());
          news.add(listener);
        }
      }
    }
    return have.contains(node.name());
  }

  private boolean mayTell(
      NodeFacts origin,
      NodeFacts speaker,
      NodeFacts listener,
      @org.jspecify.annotations.Nullable String heardFrom) {
    if (speaker.name().equals(origin.name())) {
      return true;
    }
    boolean fromClient =
        heardFrom != null && cluster.node(heardFrom).filter(h -> isClient(speaker, h)).isPresent();
    return speaker.clusterId().isPresent() && (fromClient || isClient(speaker, listener));
  }

  private boolean isClient(NodeFacts reflector, NodeFacts node) {
    return of(reflector).stream().anyMatch(p -> p.client() && p.address().equals(node.address()));
  }

  private boolean established(NodeFacts a, NodeFacts b) {
    return of(a).stream().anyMatch(p -> p.address().equals(b.address()))
        && of(b).stream().anyMatch(p -> p.address().equals(a.address()));
  }
}
