package io.podpath.rules.bgp;

import com.google.auto.service.AutoService;
import io.podpath.core.cluster.BgpPeer;
import io.podpath.core.cni.BgpSession;
import io.podpath.core.fix.Fix;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.Address;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.EntryState;
import io.podpath.core.rule.Evidence;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.FindingBuilder;
import io.podpath.core.rule.Need;
import io.podpath.core.rule.Needs;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.AddressPlan.AddressOrigin;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.FabricKind;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Disposition;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The mesh dials an address no node has: another node was announced with an address it does not
 * have any more.
 */
@AutoService(Rule.class)
public final class BgpPeerNotANode implements Rule {

  @Override
  public String id() {
    return "bgp-peer-not-a-node";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "a BGP session goes to an address that is no node's";
  }

  @Override
  public Needs needs() {
    return Needs.of(Need.any("BGP sessions", Section.BGP_SESSIONS, Section.BGP_PEERS))
        .on(FabricKind::isCalico);
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector outcome = new Outcome.Collector(this);
    for (NodeState node : view.machines()) {
      List<Fact<BgpSession>> mesh =
          node.get(Section.BGP_SESSIONS)
              .where(s -> s.type().contains("mesh") || s.type().startsWith("Mesh"));
      List<IpAddress> up =
          mesh.stream()
              .map(Fact::value)
              .filter(BgpSession::isEstablished)
              .flatMap(s -> s.peer().stream())
              .toList();
      for (Fact<BgpSession> fact : mesh) {
        Optional<IpAddress> peer = fact.value().peer();
        if (peer.isPresent()
            && !fact.value().isEstablished()
            && !seenOnNode(view, peer.get())
            && standsApart(peer.get(), up)) {
          outcome.found(finding(view, node, fact, peer.get(), up));
        }
      }
    }
    for (Fact<BgpPeer> configured : view.get(Section.BGP_PEERS).facts()) {
      configured
          .value()
          .peerIp()
          .flatMap(peer -> configuredPeer(view, configured, peer))
          .ifPresent(outcome::found);
    }
    return outcome.done();
  }

  /**
   * A configured peer that answers nobody, is no node's address though all of them are known, and
   * stands where the nodes stand: a router outside of their network may well be a peer.
   */
  private Optional<Finding> configuredPeer(
      ClusterView view, Fact<BgpPeer> configured, IpAddress peer) {
    List<NodeState> dialling =
        view.machines().stream()
            .filter(n ->
                n.get(Section.BGP_SESSIONS)
                    .values()
                    .anyMatch(s -> s.peer().filter(peer::equals).isPresent()))
            .toList();
    boolean answers =
        dialling.stream()
            .flatMap(n -> n.get(Section.BGP_SESSIONS).values())
            .anyMatch(BgpSession::isEstablished);
    List<IpAddress> nodes =
        view.get(Section.NODES).values().flatMap(n -> n.knownInternalIps().stream()).toList();
    boolean allKnown =
        view.get(Section.NODES).isComplete()
            && view.get(Section.NODES).values().noneMatch(n -> n.knownInternalIps().isEmpty());
    boolean amongThem =
        peer.isV4()
            && nodes.stream()
                .anyMatch(a -> a.isV4() && networksOf(view, a).anyMatch(n -> n.contains(peer)));
    if (dialling.isEmpty() || answers || !allKnown || !amongThem || seenOnNode(view, peer)) {
      return Optional.empty();
    }
    FindingBuilder finding =
        new FindingBuilder(this, Severity.ERROR)
            .certainty(Certainty.LIKELY)
            .title(configured.value() + " names an address no node has, and nobody answers there")
            .why(
                "A session needs an answer from the other end. One that goes to an address no node has never comes up, so no routes are learned or announced over it.")
            .expected("the address of a node, or of a router that speaks BGP with the nodes")
            .culprit(
                Culprit.of(
                    Optional.empty(),
                    EntryKind.OBJECT,
                    configured.value().toString(),
                    EntryState.WRONG,
                    configured.from(),
                    peer.toString(),
                    "no node has this address"))
            .disposition(Disposition.NO_ROUTE)
            .seeByHand(
                "calicoctl get bgppeers -o wide", "calicoctl get nodes -o wide", "ping -c1 " + peer)
            .fix(
                Fix.advice(
                    "Calico's datastore; confd writes bird.cfg from it within seconds",
                    "correct spec.peerIP of the BGPPeer to the address of a node, or let peerSelector choose the nodes"));
    for (NodeState node : dialling) {
      node.get(Section.BGP_SESSIONS).stream()
          .filter(f -> f.value().peer().filter(peer::equals).isPresent())
          .forEach(f -> finding.evidence(Evidence.of(f, node.name() + " dials it in vain")));
      view.machines().forEach(o -> finding.affectsBothWays(node.name(), o.name()));
    }
    return Optional.of(finding.build());
  }

  /** The network a machine says its address lies in; nobody's is taken to be narrower than /24. */
  private static Stream<IpPrefix> networksOf(ClusterView view, IpAddress address) {
    return Stream.concat(
        Stream.of(new IpPrefix(address, 24)),
        view.machines().stream()
            .flatMap(n -> n.get(Section.ADDRESSES).values())
            .filter(a -> a.local().equals(address))
            .map(Address::network));
  }

  private static boolean seenOnNode(ClusterView view, IpAddress address) {
    return view.plan().addresses().stream()
        .anyMatch(c ->
            c.address().equals(address)
                && (c.origin() == AddressOrigin.INTERFACE
                    || c.origin() == AddressOrigin.ROUTE_SOURCE
                    || c.origin() == AddressOrigin.INTERNAL_IP));
  }

  /**
   * At least two peers answer, all in one /24, and this one lies elsewhere, not even in the same
   * /16.
   */
  private static boolean standsApart(IpAddress peer, List<IpAddress> up) {
    if (up.size() < 2 || !peer.isV4()) {
      return false;
    }
    IpPrefix network = new IpPrefix(up.getFirst(), 24);
    return up.stream().allMatch(network::contains)
        && !new IpPrefix(up.getFirst(), 16).contains(peer);
  }

  private Finding finding(
      ClusterView view,
      NodeState node,
      Fact<BgpSession> session,
      IpAddress peer,
      List<IpAddress> up) {
    FindingBuilder finding =
        new FindingBuilder(this, Severity.ERROR)
            .certainty(Certainty.LIKELY)
            .title(
                node.name()
                    + " dials BGP peer "
                    + peer
                    + ", which is no known node's address; all peers that answer lie in "
                    + new IpPrefix(up.getFirst(), 24))
            .why(
                "Each node announces the address calico-node detected at its start. One that it detected on a stray or since deleted interface is dialled by all others in vain, and BIRD refuses the node's own"
                    + " connections because they come from an address nobody configured: no routes in either direction.")
            .expected("the address of that node on the network between the nodes")
            .culprit(
                Culprit.wrong(
                    node.name(),
                    EntryKind.BGP,
                    session,
                    peer.toString(),
                    "no node has this address; session " + session.value().info()))
            .disposition(Disposition.NO_ROUTE)
            .seeByHand(
                "calicoctl get nodes -o wide",
                "calicoctl node status",
                "ip addr    # on the node that is announced with it")
            .fix(
                Fix.advice(
                    "calico-node writes its node's address at its start, by autodetection unless IP is set",
                    "find the node announced with "
                        + peer
                        + " (calicoctl get nodes -o wide), set IP_AUTODETECTION_METHOD (kubernetes-internal-ip, or interface=eth0) and restart its calico-node"));
    // a node whose own sessions all fail is the one announced wrongly
    view.machines().stream()
        .filter(n -> !n.name().equals(node.name()))
        .filter(n ->
            !n.get(Section.BGP_SESSIONS).isEmpty()
                && n.get(Section.BGP_SESSIONS).values().noneMatch(BgpSession::isEstablished))
        .forEach(n -> {
          n.get(Section.BGP_SESSIONS)
              .first()
              .ifPresent(f ->
                  finding.evidence(
                      Evidence.of(
                          f,
                          n.name()
                              + " has no session that works: it is the one announced with "
                              + peer)));
          view.machines().forEach(o -> finding.affectsBothWays(n.name(), o.name()));
        });
    return finding.build();
  }
}
