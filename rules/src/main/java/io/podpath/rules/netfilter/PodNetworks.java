package io.podpath.rules.netfilter;

import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.snapshot.AddressPlan;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Networks that a node must forward for its pods: the cluster's pod network where the input states
 * it, else the node's own subnets, which every packet of its pods has on one side.
 */
final class PodNetworks {

  private PodNetworks() {}

  static List<IpPrefix> of(ClusterView view, NodeState node, IpFamily family) {
    List<IpPrefix> own =
        view.podSubnets().stream()
            .filter(c -> c.node().equals(node.name()) && c.subnet().family() == family)
            .map(AddressPlan.SubnetClaim::subnet)
            .distinct()
            .toList();
    List<IpPrefix> stated =
        stated(view, node)
            .filter(p -> p.family() == family)
            .filter(p -> own.stream().allMatch(p::contains))
            .distinct()
            .toList();
    return stated.isEmpty() ? own : List.of(stated.getFirst());
  }

  private static Stream<IpPrefix> stated(ClusterView view, NodeState node) {
    List<IpPrefix> all = new ArrayList<>();
    view.get(Section.FLANNEL_NETWORKS)
        .values()
        .flatMap(n -> n.network().stream())
        .forEach(all::add);
    node.get(Section.SUBNET_ENV).values().flatMap(e -> e.network().stream()).forEach(all::add);
    view.get(Section.NETWORK_PLANS)
        .values()
        .flatMap(p -> p.podSubnets().stream())
        .forEach(all::add);
    view.get(Section.IP_POOLS).values().forEach(p -> all.add(p.cidr()));
    view.nodes().stream()
        .flatMap(n -> n.get(Section.KUBE_PROXY_CONFIG).values())
        .flatMap(c -> c.clusterCidrs().stream())
        .forEach(all::add);
    accepted(view).ifPresent(all::add);
    return all.stream();
  }

  /** The network which another node's FORWARD chain accepts as source and as destination. */
  private static Optional<IpPrefix> accepted(ClusterView view) {
    return view.machines().stream()
        .flatMap(n -> ClusterView.iptables(n.host(), IpFamily.INET).stream())
        .flatMap(l -> AcceptedNetwork.in(l).stream())
        .map(AcceptedNetwork::network)
        .findFirst();
  }
}
