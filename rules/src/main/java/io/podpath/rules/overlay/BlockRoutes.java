package io.podpath.rules.overlay;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteType;
import io.podpath.core.rule.Evidence;
import io.podpath.core.snapshot.AddressPlan;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Devices;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.FibTable;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.TunnelEnds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where the tunnel route to a pod network should go, by the owners of the network and by what the
 * other nodes do.
 */
final class BlockRoutes {

  /**
   * @param owner the node whose pods live there
   * @param nextHop the address tunnel packets for it should be sent to
   * @param how how that is known, a phrase
   */
  record Answer(
      Optional<String> owner,
      Optional<IpAddress> nextHop,
      String how,
      List<Evidence> evidence,
      boolean disputed) {}

  private final ClusterView view;
  private final TunnelEnds ends;

  BlockRoutes(ClusterView view, TunnelEnds ends) {
    this.view = view;
    this.ends = ends;
  }

  /** Whether the address lies in a network of pods, so that no node can have it on the underlay. */
  Optional<Evidence> podAddress(IpAddress address, NodeState except) {
    if (!view.plan().ownersOf(address).isEmpty()) {
      return Optional.empty();
    }
    for (AddressPlan.SubnetClaim claim : view.podSubnets()) {
      if (claim.subnet().contains(address)) {
        return Optional.of(
            Evidence.raw(
                claim.from(),
                address + " lies in the pod network " + claim.subnet() + " of " + claim.node()));
      }
    }
    for (NodeState node : view.machines()) {
      if (node.name().equals(except.name())) {
        continue;
      }
      for (Fact<Route> fact : tunnelRoutes(node)) {
        if (fact.value().destination().contains(address)) {
          return Optional.of(
              Evidence.of(
                  fact,
                  address
                      + " lies in a pod network: "
                      + node.name()
                      + " sends it through the tunnel"));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Nodes whose pods live in the network. Calico lends single addresses of one node's block to pods
   * of another, which then announces a route of its own; so the block says nothing of a single
   * address, only the link to the pod does (or the tunnel device that has it).
   */
  Set<String> owners(IpPrefix network) {
    if (!network.isHost() || !view.fabric().isCalico()) {
      return view.podSubnetOwners(network);
    }
    Set<String> owners = ends.nodesAt(network.address());
    view.machines().stream()
        .filter(n ->
            n.host()
                .mainRoutes(network.family())
                .values()
                .anyMatch(r ->
                    r.destination().equals(network)
                        && r.gateway().isEmpty()
                        && r.device().filter(Devices::isPodLink).isPresent()))
        .map(NodeState::name)
        .forEach(owners::add);
    return owners;
  }

  /** What says so: the claim on the network, or the link to the one pod. */
  private void explain(IpPrefix network, Set<String> owners, List<Evidence> evidence) {
    if (!network.isHost() || !view.fabric().isCalico()) {
      view.podSubnets().stream()
          .filter(c -> c.subnet().contains(network))
          .findFirst()
          .ifPresent(
              c -> evidence.add(Evidence.raw(c.from(), network + " belongs to " + c.node())));
      return;
    }
    view.machines().stream()
        .filter(n -> owners.contains(n.name()))
        .flatMap(n -> n.host().mainRoutes(network.family()).stream())
        .filter(f -> f.value().destination().equals(network) && f.value().gateway().isEmpty())
        .findFirst()
        .ifPresent(f -> evidence.add(Evidence.of(f, "the pod " + network.address() + " is here")));
  }

  /** By the tunnel address of the node whose pods live there. */
  Answer expectedByTunnelAddress(IpPrefix network) {
    Set<String> owners = owners(network);
    Optional<String> owner = owners.size() == 1 ? owners.stream().findFirst() : Optional.empty();
    List<Evidence> evidence = new ArrayList<>();
    explain(network, owners, evidence);
    return new Answer(
        owner,
        owner.flatMap(o -> ends.of(o).stream().findFirst()).map(TunnelEnds.End::address),
        "the owner's tunnel address",
        evidence,
        owners.size() > 1);
  }

  Answer expected(NodeState node, IpPrefix network) {
    List<Evidence> evidence = new ArrayList<>();
    Set<String> owners = owners(network);
    if (owners.size() > 1) {
      return new Answer(Optional.empty(), Optional.empty(), "", evidence, true);
    }
    Optional<String> owner = owners.stream().findFirst();
    explain(network, owners, evidence);
    if (owner.isEmpty()) {
      Set<String> within = ends.nodesWithin(network);
      owner = within.size() == 1 ? within.stream().findFirst() : Optional.empty();
      ends.all().stream()
          .filter(e -> network.contains(e.address()))
          .findFirst()
          .ifPresent(e ->
              evidence.add(
                  Evidence.raw(
                      e.from(), "the tunnel address of " + e.node() + " lies in " + network)));
    }
    return byOthers(node, network, owner, evidence);
  }

  private Answer byOthers(
      NodeState node, IpPrefix network, Optional<String> owner, List<Evidence> evidence) {
    Map<IpAddress, List<Evidence>> votes = new LinkedHashMap<>();
    for (NodeState other : view.machines()) {
      if (other.name().equals(node.name()) || owner.filter(other.name()::equals).isPresent()) {
        continue;
      }
      for (Fact<Route> fact : tunnelRoutes(other)) {
        Route route = fact.value();
        Optional<IpAddress> gateway = route.gateway();
        boolean counts =
            route.destination().equals(network)
                && gateway.isPresent()
                && !isShadowed(other, fact)
                && !ends.nodesAt(gateway.get()).contains(other.name());
        if (counts && (owner.isEmpty() || agrees(gateway.get(), owner.get()))) {
          votes
              .computeIfAbsent(gateway.get(), g -> new ArrayList<>())
              .add(Evidence.of(fact, other.name() + " sends " + network + " to " + gateway.get()));
        }
      }
    }
    int most = votes.values().stream().mapToInt(List::size).max().orElse(0);
    List<IpAddress> winners =
        votes.keySet().stream()
            .filter(g -> votes.getOrDefault(g, List.of()).size() == most)
            .toList();
    if (winners.size() == 1) {
      IpAddress winner = winners.getFirst();
      evidence.addAll(votes.getOrDefault(winner, List.of()));
      Optional<String> known = owner.or(() -> view.plan().ownerOf(winner));
      return new Answer(
          known,
          Optional.of(winner),
          most == 1 ? "another node's route" : "the routes of " + most + " other nodes",
          evidence,
          false);
    }
    if (winners.size() > 1) {
      return new Answer(owner, Optional.empty(), "", evidence, true);
    }
    Optional<AddressPlan.AddressClaim> announced =
        owner.flatMap(o -> view.plan().announcedAddress(o, network.family()));
    announced.ifPresent(
        a -> evidence.add(Evidence.raw(a.from(), a.node() + " has " + a.address())));
    return new Answer(
        owner,
        announced.map(AddressPlan.AddressClaim::address),
        announced.isPresent() ? "the owner's own address" : "",
        evidence,
        false);
  }

  private boolean agrees(IpAddress gateway, String owner) {
    Set<String> nodes = view.plan().ownersOf(gateway);
    return nodes.isEmpty() || nodes.contains(owner);
  }

  /** Whether other routes of the node take every packet this one is for. */
  static boolean isShadowed(NodeState node, Fact<Route> fact) {
    return FibTable.main(node.host(), fact.value().destination().family()).isShadowed(fact);
  }

  /**
   * Routes with a next hop through a tunnel whose outer destination is that next hop (ipip) or
   * stands behind it (vxlan).
   */
  static List<Fact<Route>> tunnelRoutes(NodeState node) {
    return node.host()
        .mainRoutes(io.podpath.core.net.IpFamily.INET)
        .where(r ->
            r.type() == RouteType.UNICAST
                && r.gateway().isPresent()
                && !r.destination().isDefault()
                && r.device().filter(Devices::isTunnel).isPresent());
  }
}
