package io.podpath.rules.bgp;

import com.google.auto.service.AutoService;
import io.podpath.core.cluster.BgpPeer;
import io.podpath.core.cni.BgpSession;
import io.podpath.core.fix.Fix;
import io.podpath.core.net.IpAddress;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.Evidence;
import io.podpath.core.rule.FindingBuilder;
import io.podpath.core.rule.Need;
import io.podpath.core.rule.Needs;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.FabricKind;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Disposition;
import java.util.Optional;

/** A node is configured to peer with itself. */
@AutoService(Rule.class)
public final class BgpPeerIsSelf implements Rule {

  @Override
  public String id() {
    return "bgp-peer-is-self";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "a node is configured to peer with its own address";
  }

  @Override
  public Needs needs() {
    return Needs.of(Need.any("BGP sessions", Section.BGP_SESSIONS)).on(FabricKind::isCalico);
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector outcome = new Outcome.Collector(this);
    for (NodeState node : view.machines()) {
      for (Fact<BgpSession> fact : node.get(Section.BGP_SESSIONS).facts()) {
        Optional<IpAddress> peer = fact.value().peer();
        if (peer.isEmpty() || fact.value().isEstablished()) {
          continue;
        }
        boolean own = view.plan().ownersOf(peer.get()).contains(node.name());
        // RFC 4271, 6.2; BIRD sends it to an iBGP peer with its own identifier
        boolean sameIdentifier = fact.value().info().contains("Bad BGP identifier");
        if (own || sameIdentifier) {
          outcome.found(finding(view, node, fact, peer.get(), own));
        }
      }
    }
    return outcome.done();
  }

  private io.podpath.core.rule.Finding finding(
      ClusterView view, NodeState node, Fact<BgpSession> session, IpAddress peer, boolean own) {
    FindingBuilder finding =
        new FindingBuilder(this, Severity.ERROR)
            .certainty(own ? Certainty.PROVEN : Certainty.LIKELY)
            .title(
                node.name()
                    + " peers with "
                    + peer
                    + (own
                        ? ", its own address"
                        : ", which answers with the node's own BGP identifier: itself"))
            .why(
                "A BGP speaker refuses a peer that has its own identifier (\"Bad BGP identifier\"), and a session with the own address can never come up. The peers the node should have are not configured, so it learns no"
                    + " routes from them.")
            .expected(
                "a BGPPeer for " + node.name() + " with the address of another node or router")
            .culprit(
                Culprit.wrong(
                    node.name(),
                    EntryKind.BGP,
                    session,
                    peer.toString(),
                    own ? "the node's own address" : "Bad BGP identifier"))
            .disposition(Disposition.NO_ROUTE)
            .seeByHand(
                "calicoctl node status", "calicoctl get bgppeers -o wide", "ip addr | grep " + peer)
            .fix(
                Fix.advice(
                    "Calico's datastore; confd writes bird.cfg from it within seconds",
                    "give the node's BGPPeer the right peerIP, one object (one YAML document) per peer: of repeated keys in one document only the last counts"));
    boolean alone = node.get(Section.BGP_SESSIONS).values().noneMatch(BgpSession::isEstablished);
    if (alone) {
      view.machines().forEach(other -> finding.affectsBothWays(node.name(), other.name()));
    }
    for (Fact<BgpPeer> fact : view.get(Section.BGP_PEERS).facts()) {
      if (fact.value().peerIp().filter(peer::equals).isPresent()) {
        finding.culprit(
            Culprit.wrong(
                node.name(),
                EntryKind.OBJECT,
                fact,
                peer.toString(),
                own ? "the node's own address" : "configures it"));
        finding.evidence(Evidence.raw(fact.from(), "the object that configures the peer"));
      }
    }
    return finding.build();
  }
}
