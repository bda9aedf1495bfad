package io.podpath.rules.bgp;

import com.google.auto.service.AutoService;
import io.podpath.core.cni.BgpSession;
import io.podpath.core.fix.Fix;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.Evidence;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.FindingBuilder;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.AddressPlan.AddressOrigin;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Disposition;
import java.util.List;
import java.util.Optional;

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
    return "the BGP mesh dials an address that is no node's";
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
    return outcome.done();
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
