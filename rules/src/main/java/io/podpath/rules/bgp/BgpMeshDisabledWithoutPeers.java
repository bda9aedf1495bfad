package io.podpath.rules.bgp;

import com.google.auto.service.AutoService;
import io.podpath.core.cluster.BgpConfiguration;
import io.podpath.core.cluster.BgpPeer;
import io.podpath.core.cni.BgpSession;
import io.podpath.core.fix.Fix;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.EntryState;
import io.podpath.core.rule.Evidence;
import io.podpath.core.rule.FindingBuilder;
import io.podpath.core.rule.Need;
import io.podpath.core.rule.Needs;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.FabricKind;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Disposition;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** No BGP session at all: the node-to-node mesh is off, and nothing stands in its place. */
@AutoService(Rule.class)
public final class BgpMeshDisabledWithoutPeers implements Rule {

  @Override
  public String id() {
    return "bgp-mesh-disabled-without-peers";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "Calico nodes have no BGP session at all: the mesh is off and there are no peers";
  }

  @Override
  public Needs needs() {
    return Needs.of(Need.any("BGP sessions", Section.BGP_SESSIONS))
        .on(FabricKind.CALICO_BGP, FabricKind.CALICO_IPIP);
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector outcome = new Outcome.Collector(this);
    if (view.fabric() != FabricKind.CALICO_BGP && view.fabric() != FabricKind.CALICO_IPIP) {
      return outcome.done();
    }
    List<NodeState> silent =
        view.nodes().stream().filter(BgpMeshDisabledWithoutPeers::hasNoSession).toList();
    view.machines().stream()
        .filter(n -> n.get(Section.BGP_SESSIONS).isNotGathered())
        .forEach(n ->
            outcome.notChecked(
                n.name(), "BGP sessions: " + n.get(Section.BGP_SESSIONS).coverage().gap()));
    if (silent.isEmpty()) {
      return outcome.done();
    }
    Set<String> others = otherNodes(view);
    Optional<Fact<BgpConfiguration>> meshOff = meshOff(view);
    boolean peersExist =
        view.get(Section.BGP_PEERS).values().anyMatch(BgpMeshDisabledWithoutPeers::mayConcernAll);
    if (others.size() < 2 || peersExist) {
      // one node needs no session; with peers configured it is another fault that keeps them away
      return outcome.done();
    }
    FindingBuilder finding =
        new FindingBuilder(this, Severity.ERROR)
            .certainty(meshOff.isPresent() ? Certainty.PROVEN : Certainty.LIKELY)
            .title(
                meshOff.isPresent()
                    ? "the node-to-node mesh is switched off and no BGP peer is configured: "
                        + names(silent)
                        + " learned no route"
                    : names(silent) + " have no BGP session with any other node")
            .why(
                "With nodeToNodeMeshEnabled: false Calico makes a session only for a BGPPeer. Without one BIRD learns no block of another node and takes"
                    + " its `proto bird` routes out of the kernel; only the node's own blackhole and cali* routes stay, so pods of different nodes cannot"
                    + " reach each other.")
            .expected(
                "a session per other node (mesh), or sessions with route reflectors that BGPPeer objects name")
            .disposition(Disposition.NO_ROUTE)
            .seeByHand(
                "calicoctl node status",
                "calicoctl get bgpconfiguration default -o yaml",
                "calicoctl get bgppeers -o wide",
                "ip route show proto bird");
    meshOff.ifPresent(f ->
        finding.culprit(
            Culprit.of(
                Optional.empty(),
                EntryKind.OBJECT,
                "nodeToNodeMeshEnabled: false",
                EntryState.WRONG,
                f.from(),
                "false",
                "no mesh, and no BGPPeer takes its place")));
    for (NodeState node : silent) {
      Entries<BgpSession> sessions = node.get(Section.BGP_SESSIONS);
      finding.culprit(
          Culprit.missing(
              node.name(),
              EntryKind.BGP,
              "a BGP session with another node",
              sessions.place(),
              "the list of sessions is empty"));
      sessions
          .place()
          .ifPresent(p -> finding.evidence(Evidence.raw(p, node.name() + " lists no BGP session")));
      others.forEach(o -> finding.affectsBothWays(node.name(), o));
    }
    finding.fix(
        Fix.advice(
            "Calico's datastore; confd writes bird.cfg from it within seconds",
            meshOff.isPresent()
                ? "switch the mesh on again: calicoctl patch bgpconfiguration default -p '{\"spec\":{\"nodeToNodeMeshEnabled\":true}}'; or create BGPPeer"
                    + " objects that select route reflectors for all nodes, before the mesh goes off"
                : "look at calicoctl get bgpconfiguration default and bgppeers: switch the mesh on, or create the BGPPeer objects; when both are right,"
                    + " look at the log of calico-node (confd, BIRD)"));
    return outcome.found(finding.build()).done();
  }

  private static boolean hasNoSession(NodeState node) {
    Entries<BgpSession> sessions = node.get(Section.BGP_SESSIONS);
    return node.named() && sessions.isComplete() && sessions.isEmpty();
  }

  private static Set<String> otherNodes(ClusterView view) {
    Set<String> names = new TreeSet<>();
    view.machines().forEach(n -> names.add(n.name()));
    view.get(Section.NODES).values().forEach(n -> names.add(n.name()));
    view.get(Section.CALICO_NODES).values().forEach(n -> names.add(n.name()));
    return names;
  }

  private static Optional<Fact<BgpConfiguration>> meshOff(ClusterView view) {
    return view.get(Section.BGP_CONFIGURATIONS).stream()
        .filter(f -> f.value().name().equals("default"))
        .filter(f -> f.value().nodeToNodeMesh().optional().filter(m -> !m).isPresent())
        .findFirst();
  }

  private static boolean mayConcernAll(BgpPeer peer) {
    return peer.node().isEmpty();
  }

  private static String names(List<NodeState> nodes) {
    return String.join(", ", nodes.stream().map(NodeState::name).toList());
  }
}
