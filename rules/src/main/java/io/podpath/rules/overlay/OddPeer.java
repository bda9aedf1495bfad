package io.podpath.rules.overlay;

import io.podpath.core.cni.BgpSession;
import io.podpath.core.fix.Fix;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.Route;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.EntryState;
import io.podpath.core.rule.Evidence;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.FindingBuilder;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.AddressPlan;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Disposition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One BGP peer of the mesh that is known by an address of another network than all others, where
 * the nodes themselves were not recorded.
 *
 * @param odd the session with that peer
 * @param others sessions with the rest
 * @param twoNetworks a node that has addresses in both networks, where one was seen
 * @param tunnel a route that sends tunnel packets to the odd address
 */
record OddPeer(
    NodeState node,
    IpAddress address,
    Fact<BgpSession> odd,
    List<Fact<BgpSession>> others,
    IpPrefix network,
    IpPrefix oddNetwork,
    Optional<AddressPlan.AddressClaim> twoNetworks,
    Optional<Evidence> tunnel) {

  /** Fewer peers in one network do not make a rule that another breaks. */
  private static final int ENOUGH = 3;

  static Optional<OddPeer> find(ClusterView view) {
    for (NodeState node : view.nodes()) {
      Optional<OddPeer> found = find(view, node);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<OddPeer> find(ClusterView view, NodeState node) {
    Map<IpPrefix, List<Fact<BgpSession>>> byNetwork = new LinkedHashMap<>();
    for (Fact<BgpSession> fact : node.get(Section.BGP_SESSIONS).facts()) {
      String type = fact.value().type();
      boolean mesh = type.equals("node-to-node mesh") || type.startsWith("Mesh_");
      if (mesh && fact.value().isEstablished()) {
        fact.value()
            .peer()
            .filter(IpAddress::isV4)
            .ifPresent(p ->
                byNetwork
                    .computeIfAbsent(
                        AsymmetricTunnelSource.network(view, p).orElse(new IpPrefix(p, 24)),
                        n -> new ArrayList<>())
                    .add(fact));
      }
    }
    Optional<IpPrefix> odd =
        byNetwork.keySet().stream()
            .filter(n -> byNetwork.getOrDefault(n, List.of()).size() == 1)
            .findFirst();
    Optional<IpPrefix> rest =
        byNetwork.keySet().stream()
            .filter(n -> byNetwork.getOrDefault(n, List.of()).size() >= ENOUGH)
            .findFirst();
    if (byNetwork.size() != 2 || odd.isEmpty() || rest.isEmpty()) {
      return Optional.empty();
    }
    Fact<BgpSession> session = byNetwork.getOrDefault(odd.get(), List.of()).getFirst();
    IpAddress address = session.value().peer().orElseThrow();
    // A peer whose node was recorded is judged by that node's own routes and addresses.
    if (view.plan()
        .ownerOf(address)
        .flatMap(o -> view.snapshot().node(o))
        .filter(n -> OuterSources.canTell(n))
        .isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        new OddPeer(
            node,
            address,
            session,
            byNetwork.getOrDefault(rest.get(), List.of()),
            rest.get(),
            odd.get(),
            inBoth(view, rest.get(), odd.get()),
            tunnelTo(view, address)));
  }

  /**
   * A node with addresses in both networks: there the way to the odd address may have the wrong
   * source.
   */
  private static Optional<AddressPlan.AddressClaim> inBoth(
      ClusterView view, IpPrefix network, IpPrefix oddNetwork) {
    return view.plan().addresses().stream()
        .filter(c -> oddNetwork.contains(c.address()))
        .filter(c ->
            view.plan().addressesOf(c.node()).stream().anyMatch(o -> network.contains(o.address())))
        .findFirst();
  }

  private static Optional<Evidence> tunnelTo(ClusterView view, IpAddress address) {
    for (NodeState machine : view.machines()) {
      for (Fact<Route> fact : machine.host().mainRoutes(IpFamily.INET).facts()) {
        if (fact.value().gateway().filter(address::equals).isPresent()) {
          return Optional.of(
              Evidence.of(fact, machine.name() + " sends tunnel packets to " + address));
        }
      }
    }
    return Optional.empty();
  }

  Finding finding(Rule rule) {
    boolean likely = twoNetworks.isPresent();
    FindingBuilder builder =
        new FindingBuilder(rule, likely ? Severity.ERROR : Severity.WARNING)
            .certainty(likely ? Certainty.LIKELY : Certainty.POSSIBLE)
            .title(
                "One node is known as "
                    + address
                    + ", the "
                    + others.size()
                    + " others by addresses in "
                    + network)
            .why(
                "Nodes that also have an address in "
                    + oddNetwork
                    + " take that one as source of the tunnel packets they send to "
                    + address
                    + ", because the route to the outer destination chooses the source. Felix there accepts IPIP only from the addresses by which"
                    + " Calico knows the nodes (cali40all-hosts-net) and drops the rest: then this node reaches no other and no other reaches it."
                    + (likely
                        ? ""
                        : " Whether the nodes have addresses in both networks was not recorded; where nodes stand in routed networks of their own, this is normal."))
            .expected("one network for all nodes, here " + network)
            .disposition(Disposition.FILTERED)
            .culprit(
                Culprit.of(
                    node.named() ? Optional.of(node.name()) : Optional.empty(),
                    EntryKind.BGP,
                    odd.value().toString(),
                    EntryState.WRONG,
                    odd.from(),
                    address.toString(),
                    "not in " + network + " like the others"));
    others.forEach(o -> builder.evidence(Evidence.of(o, "in " + network)));
    tunnel.ifPresent(builder::evidence);
    twoNetworks.ifPresent(c ->
        builder.evidence(
            Evidence.raw(
                c.from(), c.node() + " has " + c.address() + " beside an address in " + network)));
    return builder
        .seeByHand(
            "ip route get "
                + address
                + "    # on each other node: src must be its address in "
                + network,
            "ipset list cali40all-hosts-net    # on the node with " + address,
            "iptables -L cali-INPUT -v -n    # there: does the drop counter of protocol 4 grow?")
        .fix(
            Fix.advice(
                "Calico detects the address when calico-node starts",
                "give the node an address in "
                    + network
                    + ", or set IP_AUTODETECTION_METHOD=cidr="
                    + network
                    + " and restart calico-node, so that all nodes are known in one network. Deleting the route to "
                    + oddNetwork
                    + " on another node heals only that pair"))
        .build();
  }
}
