package io.podpath.rules.bgp;

import com.google.auto.service.AutoService;
import io.podpath.core.cluster.CalicoNode;
import io.podpath.core.cni.BgpSession;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.ShellWord;
import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.Route;
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
import io.podpath.core.snapshot.AddressPlan.SubnetClaim;
import io.podpath.core.snapshot.AddressPlan.SubnetOrigin;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.FabricKind;
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
 * Nodes peer with one hub that does not pass their routes on, because it is an ordinary iBGP
 * speaker.
 */
@AutoService(Rule.class)
public final class IbgpRoutesNotReflected implements Rule {

  /** Calico's default for spec.asNumber of BGPConfiguration. */
  private static final long CALICO_AS = 64512;

  @Override
  public String id() {
    return "ibgp-routes-not-reflected";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "an iBGP peer that is no route reflector is expected to pass routes on";
  }

  /** A route that a node should have learned through the hub. */
  private record Missing(NodeState node, IpPrefix block, String owner, SubnetClaim claim) {}

  @Override
  public Needs needs() {
    return Needs.of(
            Need.any("BGP sessions", Section.BGP_SESSIONS),
            Need.any("routes", Section.routes(IpFamily.INET, Section.RouteScope.MAIN)))
        .on(FabricKind.CALICO_BGP, FabricKind.CALICO_IPIP);
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector outcome = new Outcome.Collector(this);
    if (view.fabric() != FabricKind.CALICO_BGP && view.fabric() != FabricKind.CALICO_IPIP) {
      return outcome.done();
    }
    Map<IpAddress, List<NodeState>> spokes = spokesByHub(view);
    spokes.forEach((hub, nodes) -> {
      // a hub of one node is expected to pass nothing on
      if (nodes.size() > 1) {
        checkHub(view, hub, nodes, outcome);
      }
    });
    return outcome.done();
  }

  /**
   * Nodes all of whose established sessions go to one address, and are not of the mesh, in which
   * everybody tells everybody.
   */
  private static Map<IpAddress, List<NodeState>> spokesByHub(ClusterView view) {
    Map<IpAddress, List<NodeState>> spokes = new LinkedHashMap<>();
    for (NodeState node : view.machines()) {
      Entries<BgpSession> sessions = node.get(Section.BGP_SESSIONS);
      List<BgpSession> up = sessions.values().filter(BgpSession::isEstablished).toList();
      boolean mesh =
          up.stream().anyMatch(s -> s.type().contains("mesh") || s.type().startsWith("Mesh"));
      List<IpAddress> peers = up.stream().flatMap(s -> s.peer().stream()).distinct().toList();
      if (sessions.isComplete() && !mesh && peers.size() == 1) {
        spokes.computeIfAbsent(peers.getFirst(), p -> new ArrayList<>()).add(node);
      }
    }
    return spokes;
  }

  private void checkHub(
      ClusterView view, IpAddress hub, List<NodeState> spokes, Outcome.Collector outcome) {
    Optional<String> hubName = view.plan().ownerOf(hub);
    Gathered<String> clusterId = reflectorId(view, hub, hubName);
    if (clusterId instanceof Gathered.Known) {
      return;
    }
    List<Missing> missing = missingRoutes(view, hubName, spokes, outcome);
    if (missing.isEmpty()) {
      return;
    }
    switch (sameAs(view, hub, hubName, spokes)) {
      case Gathered.Known<Boolean>(var same) when same -> {}
      case Gathered.Known<Boolean>(var same) -> {
        return;
      }
      case Gathered.Absent<Boolean>() -> {
        return;
      }
      case Gathered.NotGathered<Boolean>(var reason) -> {
        spokes.forEach(n -> outcome.notChecked(n.name(), reason));
        return;
      }
    }
    String hubText = hubName.map(n -> n + " (" + hub + ")").orElse(hub.toString());
    FindingBuilder finding =
        new FindingBuilder(this, Severity.ERROR)
            .certainty(clusterId.isAbsent() ? Certainty.PROVEN : Certainty.LIKELY)
            .title(
                hubText
                    + " is no route reflector, so the nodes that peer only with it do not learn each other's blocks")
            .why(
                "An iBGP speaker does not pass routes learned from one iBGP peer on to another (RFC 4271, 9.2); only a route reflector does (RFC 4456). All sessions"
                    + " are Established, yet the routes between the other nodes are missing.")
            .expected(
                "routeReflectorClusterID on the Node resource of "
                    + hubText
                    + ", or sessions between all nodes")
            .disposition(Disposition.NO_ROUTE)
            .seeByHand(
                "calicoctl node status",
                "ip route show proto bird",
                "calicoctl get node "
                    + hubName.map(ShellWord::quoted).orElse("HUB")
                    + " -o yaml | grep routeReflectorClusterID");
    for (NodeState node : spokes) {
      node.get(Section.BGP_SESSIONS).stream()
          .filter(f -> f.value().isEstablished())
          .forEach(f -> finding.evidence(Evidence.of(f, node.name() + ": its only session")));
    }
    hubName.ifPresent(name ->
        finding.culprit(
            Culprit.missing(
                name,
                EntryKind.BGP,
                "routeReflectorClusterID",
                view.get(Section.CALICO_NODES).where(n -> n.name().equals(name)).stream()
                    .findFirst()
                    .map(Fact::from),
                "so it passes on nothing that it learned by iBGP")));
    for (Missing gap : missing) {
      Entries<Route> routes = gap.node().host().mainRoutes(IpFamily.INET);
      finding.culprit(
          Culprit.missing(
              gap.node().name(),
              EntryKind.BGP,
              gap.block() + " learned from " + hub,
              routes.place(),
              "no route to the block of " + gap.owner()));
      finding.evidence(Evidence.raw(gap.claim().from(), "block of " + gap.owner()));
      finding.affectsBothWays(gap.node().name(), gap.owner());
    }
    finding.fix(
        Fix.advice(
            "Calico's datastore; confd writes bird.cfg from it within seconds",
            "make the hub a route reflector: calicoctl patch node "
                + hubName.map(ShellWord::quoted).orElse("HUB")
                + " -p '{\"spec\":{\"bgp\":{\"routeReflectorClusterID\":\"244.0.0.1\"}}}' and let a BGPPeer select it for all nodes (two reflectors, so that one may"
                + " fail); or switch the node-to-node mesh on"));
    outcome.found(finding.build());
  }

  /**
   * Whether the sessions are internal ones. A router of another AS, such as a top-of-rack switch,
   * passes routes on, or announces a default route and knows them itself.
   */
  private static Gathered<Boolean> sameAs(
      ClusterView view, IpAddress hub, Optional<String> hubName, List<NodeState> spokes) {
    Optional<Long> ours =
        spokes.stream()
            .flatMap(n -> asOf(view, n.name()).stream())
            .findFirst()
            .or(() -> asOfAll(view));
    if (hubName.isPresent()) {
      // nodes of one cluster have one AS unless their resources say otherwise
      Optional<Long> theirs = asOf(view, hubName.get());
      return Gathered.known(ours.isEmpty() || theirs.isEmpty() || theirs.equals(ours));
    }
    Optional<Long> theirs =
        view.get(Section.BGP_PEERS)
            .values()
            .filter(p -> p.peerIp().filter(hub::equals).isPresent())
            .flatMap(p -> p.asNumber().stream())
            .findFirst();
    return ours.isPresent() && theirs.isPresent()
        ? Gathered.known(theirs.equals(ours))
        : Gathered.notGathered("whether " + hub + " has the nodes' AS number");
  }

  private static Optional<Long> asOf(ClusterView view, String node) {
    return view.get(Section.CALICO_NODES)
        .values()
        .filter(n -> n.name().equals(node))
        .flatMap(n -> n.asNumber().optional().stream())
        .findFirst();
  }

  private static Optional<Long> asOfAll(ClusterView view) {
    return view.get(Section.BGP_CONFIGURATIONS)
        .values()
        .filter(c -> c.name().equals("default"))
        .map(c -> c.asNumber().isAbsent() ? Optional.of(CALICO_AS) : c.asNumber().optional())
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Gathered<String> reflectorId(
      ClusterView view, IpAddress hub, Optional<String> name) {
    for (Fact<CalicoNode> fact : view.get(Section.CALICO_NODES).facts()) {
      CalicoNode node = fact.value();
      boolean same =
          name.filter(node.name()::equals).isPresent()
              || node.bgpAddress().optional().filter(hub::equals).isPresent();
      if (same) {
        return node.routeReflectorClusterId();
      }
    }
    return Gathered.notGathered("the Node resource of the peer");
  }

  private static List<Missing> missingRoutes(
      ClusterView view, Optional<String> hub, List<NodeState> spokes, Outcome.Collector outcome) {
    List<Missing> missing = new ArrayList<>();
    for (NodeState node : spokes) {
      Entries<Route> routes = node.host().mainRoutes(IpFamily.INET);
      if (!routes.isComplete()) {
        outcome.notChecked(node.name(), "routes: " + routes.coverage().gap());
        continue;
      }
      for (SubnetClaim claim : view.plan().subnets()) {
        boolean block =
            claim.origin() == SubnetOrigin.OWN_BLOCK
                || claim.origin() == SubnetOrigin.BLOCK_AFFINITY;
        boolean another =
            !claim.node().equals(node.name()) && hub.filter(claim.node()::equals).isEmpty();
        boolean learned =
            routes
                .values()
                .anyMatch(r ->
                    (!r.destination().isDefault() || r.hasProtocol("bird"))
                        && r.destination().contains(claim.subnet()));
        boolean known =
            missing.stream()
                .anyMatch(m -> m.node().equals(node) && m.block().equals(claim.subnet()));
        if (block && another && !learned && !known) {
          missing.add(new Missing(node, claim.subnet(), claim.node(), claim));
        }
      }
    }
    return missing;
  }
}
