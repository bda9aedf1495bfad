package io.podpath.rules.overlay;

import io.podpath.core.fix.Fix;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.RouteLookup;
import io.podpath.core.node.RouteType;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.Evidence;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.FindingBuilder;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Devices;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Disposition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Two answers of {@code ip route get} that do not fit: one node reaches the other's pod through
 * tunl0, the other sends its answer by a card to an address that is no node.
 *
 * @param back the answer that leaves by a card
 * @param there the other node's way here, through the tunnel
 */
record LookupsPastTunnel(
    NodeState node,
    Fact<RouteLookup> back,
    NodeState peer,
    Fact<RouteLookup> there,
    Certainty certainty) {

  static List<LookupsPastTunnel> find(ClusterView view) {
    List<LookupsPastTunnel> found = new ArrayList<>();
    for (NodeState node : view.machines()) {
      for (Fact<RouteLookup> fact : node.get(Section.ROUTE_LOOKUPS).facts()) {
        if (leavesByCard(view, fact.value())) {
          tunnelHere(view, node, fact.value())
              .ifPresent(l ->
                  found.add(
                      new LookupsPastTunnel(
                          node, fact, l.peer, l.fact, certainty(view, fact.value()))));
        }
      }
    }
    return found;
  }

  private static boolean leavesByCard(ClusterView view, RouteLookup lookup) {
    return lookup.type() == RouteType.UNICAST
        && lookup.destination().isV4()
        && lookup.source().isPresent()
        && lookup.gateway().filter(g -> view.plan().ownersOf(g).isEmpty()).isPresent()
        && view.plan().ownersOf(lookup.destination()).isEmpty()
        && lookup.device().filter(d -> Devices.isUnderlay(d, Optional.empty())).isPresent();
  }

  private record PeerLookup(NodeState peer, Fact<RouteLookup> fact) {}

  /**
   * A look-up of another node that goes through tunl0 to this node's very address, between pod
   * addresses of one network.
   */
  private static Optional<PeerLookup> tunnelHere(
      ClusterView view, NodeState node, RouteLookup back) {
    for (NodeState peer : view.machines()) {
      if (peer.name().equals(node.name())) {
        continue;
      }
      for (Fact<RouteLookup> fact : peer.get(Section.ROUTE_LOOKUPS).facts()) {
        RouteLookup there = fact.value();
        boolean toHere =
            there.device().filter(d -> d.startsWith("tunl")).isPresent()
                && there.gateway().equals(back.source());
        if (toHere
            && there
                .source()
                .filter(s -> samePool(view, s, there.destination(), back.destination()))
                .isPresent()) {
          return Optional.of(new PeerLookup(peer, fact));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The pool is rarely in the input; Calico's default pools are a /16, and pods of one cluster
   * share it.
   */
  private static boolean samePool(ClusterView view, IpAddress a, IpAddress b, IpAddress c) {
    Optional<IpPrefix> pool =
        view.get(Section.IP_POOLS)
            .values()
            .map(io.podpath.core.cluster.IpPool::cidr)
            .filter(p -> p.contains(c))
            .findFirst();
    IpPrefix network = pool.orElse(new IpPrefix(c, 16));
    return network.contains(a) && network.contains(b);
  }

  private static Certainty certainty(ClusterView view, RouteLookup back) {
    boolean always =
        view.get(Section.IP_POOLS)
            .values()
            .anyMatch(p ->
                p.cidr().contains(back.destination())
                    && p.ipipMode().optional().filter("Always"::equals).isPresent());
    return always ? Certainty.PROVEN : Certainty.LIKELY;
  }

  Finding finding(Rule rule) {
    RouteLookup lookup = back.value();
    String pod = lookup.destination().toString();
    String gateway = lookup.gateway().map(IpAddress::toString).orElse("");
    return new FindingBuilder(rule, Severity.ERROR)
        .certainty(certainty)
        .title(
            node.name()
                + " sends traffic for "
                + pod
                + " past the tunnel, to "
                + gateway
                + " by "
                + lookup.device().orElse("a card"))
        .why(
            peer.name()
                + " reaches the pods of "
                + node.name()
                + " through tunl0, but the answers leave "
                + node.name()
                + " with pod addresses on the underlay, where no node is "
                + gateway
                + " and a router has no route for them.")
        .expected(
            "a route to the block of "
                + pod
                + " via the address of "
                + peer.name()
                + " dev tunl0 proto bird onlink")
        .culprit(
            Culprit.wrong(
                node.name(),
                EntryKind.ROUTE,
                back,
                "via " + gateway + " dev " + lookup.device().orElse(""),
                "should go through tunl0 to " + peer.name()))
        .evidence(
            Evidence.of(there, peer.name() + " sends to " + node.name() + " through the tunnel"))
        .affectsBothWays(node.name(), peer.name())
        .disposition(Disposition.NO_SUCH_NODE)
        .seeByHand("ip route get " + pod, "ip route show proto bird")
        .fix(
            Fix.advice(
                "BIRD owns the block routes",
                "delete the block's route on "
                    + node.name()
                    + " when there is one that does not use tunl0; BIRD writes it again through tunl0. If there is none, restart calico-node there"))
        .build();
  }
}
