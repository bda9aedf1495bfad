package io.podpath.core.blueprint;

import io.podpath.core.net.IpPrefix;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * What a cluster is before any fabric is laid: machines, networks, pods and services.
 *
 * @param podNetwork the cluster CIDR that all pod subnets lie in
 * @param otherPools IPPools besides the one that is the pod network
 * @param serviceNetwork of ClusterIP addresses
 * @param segments networks that machines have their cards in
 * @param bgp who shall peer with whom; without effect for fabrics without BGP
 */
public record ClusterFacts(
    IpPrefix podNetwork,
    List<IpPrefix> otherPools,
    IpPrefix serviceNetwork,
    List<Segment> segments,
    List<NodeFacts> nodes,
    List<ServiceFacts> services,
    BgpFacts bgp) {

  public ClusterFacts {
    otherPools = List.copyOf(otherPools);
    segments = List.copyOf(segments);
    nodes = List.copyOf(nodes);
    services = List.copyOf(services);
  }

  public Optional<NodeFacts> node(String name) {
    return nodes.stream().filter(n -> n.name().equals(name)).findFirst();
  }

  /** All nodes but this one, in their order. */
  public List<NodeFacts> othersThan(NodeFacts node) {
    return nodes.stream().filter(n -> !n.name().equals(node.name())).toList();
  }

  /** All pods with the node they are on. */
  public Stream<PodFacts> pods() {
    return nodes.stream().flatMap(n -> n.pods().stream());
  }

  public ClusterFacts withBgp(BgpFacts other) {
    return new ClusterFacts(
        podNetwork, otherPools, serviceNetwork, segments, nodes, services, other);
  }

  public ClusterFacts withOtherPools(List<IpPrefix> pools) {
    return new ClusterFacts(podNetwork, pools, serviceNetwork, segments, nodes, services, bgp);
  }

  public ClusterFacts withNodes(UnaryOperator<NodeFacts> change) {
    return new ClusterFacts(
        podNetwork,
        otherPools,
        serviceNetwork,
        segments,
        nodes.stream().map(change).toList(),
        services,
        bgp);
  }

  public ClusterFacts withServices(UnaryOperator<ServiceFacts> change) {
    return new ClusterFacts(
        podNetwork,
        otherPools,
        serviceNetwork,
        segments,
        nodes,
        services.stream().map(change).toList(),
        bgp);
  }
}
