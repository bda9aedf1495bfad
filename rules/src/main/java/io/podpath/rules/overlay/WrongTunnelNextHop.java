package io.podpath.rules.overlay;

import com.google.auto.service.AutoService;
import io.podpath.core.fix.Change;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.FixSafety;
import io.podpath.core.fix.ShellWord;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.node.NextHop;
import io.podpath.core.node.Route;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.Finding;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** A route to a pod network whose next hop is not the node that has these pods. */
@AutoService(Rule.class)
public final class WrongTunnelNextHop implements Rule {

  @Override
  public String id() {
    return "wrong-tunnel-next-hop";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "A route to a pod network goes to an address that is not its node's";
  }

  @Override
  public Needs needs() {
    return Needs.of(
            Need.any(
                "routes",
                Section.routes(IpFamily.INET, Section.RouteScope.MAIN),
                Section.ROUTE_LOOKUPS))
        .on(
            FabricKind.CALICO_IPIP,
            FabricKind.CALICO_VXLAN,
            FabricKind.FLANNEL_VXLAN,
            FabricKind.FLANNEL_IPIP);
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector out = new Outcome.Collector(this);
    NextHopJudge judge = new NextHopJudge(view);
    Map<List<Object>, List<NextHopFault>> byRoute = new LinkedHashMap<>();
    for (NodeState node : view.machines()) {
      for (NextHopFault fault : judge.faults(node)) {
        Route route = fault.route().value();
        byRoute
            .computeIfAbsent(
                List.of(route.destination(), route.gateway(), fault.kind()), k -> new ArrayList<>())
            .add(fault);
      }
    }
    byRoute.values().forEach(faults -> out.found(finding(faults)));
    LookupsPastTunnel.find(view).forEach(l -> out.found(l.finding(this)));
    return out.done();
  }

  private Finding finding(List<NextHopFault> faults) {
    NextHopFault first = faults.getFirst();
    Route route = first.route().value();
    IpAddress gateway = route.gateway().orElseThrow();
    FindingBuilder builder =
        new FindingBuilder(this, severity())
            .certainty(first.certainty())
            .title(headline(faults))
            .why(why(first))
            .expected(expected(first))
            .disposition(
                first.kind() == NextHopFault.Kind.PAST_THE_TUNNEL
                    ? Disposition.NO_SUCH_NODE
                    : Disposition.WRONG_TUNNEL_ENDPOINT)
            .explainedBy("ipam-block-on-two-nodes", "node-address-claimed-twice");
    List<Change> changes = new ArrayList<>();
    for (NextHopFault fault : faults) {
      String node = fault.node().name();
      builder.culprit(
          Culprit.wrong(node, EntryKind.ROUTE, fault.route(), "via " + gateway, label(fault)));
      fault.evidence().forEach(builder::evidence);
      fault.expected().evidence().forEach(builder::evidence);
      fault.expected().owner().ifPresent(o -> builder.affectsBothWays(node, o));
      fault
          .expected()
          .nextHop()
          .ifPresent(right ->
              changes.add(
                  new Change.ReplaceRoute(
                      node, fault.route().value(), mended(fault.route(), right))));
    }
    String network = route.destination().toRouteString();
    builder.seeByHand(
        "ip route get "
            + route.destination().address().plus(route.destination().isHost() ? 0 : 1)
            + "    # no via: the packet is not encapsulated",
        "ip -s link show " + ShellWord.quoted(tunnel(route)) + "    # TX errors grow");
    String owner =
        route.hasProtocol("bird") || bird(route)
            ? "BIRD owns proto bird routes; it leaves a route of another protocol alone, and keeps this one once it is proto bird again"
            : "the fabric's daemon owns the route";
    String lasting =
        "find out who wrote the route to "
            + network
            + "; restarting calico-node on the node makes BIRD write all its routes again";
    return builder
        .fix(
            changes.isEmpty()
                ? Fix.advice(owner, lasting)
                : new Fix(FixSafety.SAFE, changes, owner, lasting))
        .build();
  }

  private static boolean bird(Route route) {
    return route.device().filter(d -> d.startsWith("tunl") || d.equals("vxlan.calico")).isPresent();
  }

  private static String tunnel(Route route) {
    return route
        .device()
        .filter(d -> d.startsWith("tunl") || d.startsWith("flannel") || d.startsWith("vxlan"))
        .orElse("tunl0");
  }

  /** The route as the daemon would write it. */
  private static Route mended(Fact<Route> wrong, IpAddress right) {
    Route route = wrong.value();
    boolean past = route.device().filter(d -> !d.equals(tunnel(route))).isPresent();
    NextHop hop =
        new NextHop(
            Optional.of(right),
            Optional.of(past ? "tunl0" : tunnel(route)),
            OptionalInt.empty(),
            Set.of("onlink"),
            Optional.empty());
    boolean calico = past || bird(route);
    Route bare =
        new Route(
            route.type(),
            route.destination(),
            route.table(),
            route.protocol(),
            Optional.empty(),
            past ? Optional.empty() : route.preferredSource(),
            route.metric(),
            List.of(hop),
            route.metrics(),
            route.attributes());
    return calico ? bare.withProtocol(tunnel(route).equals("vxlan.calico") ? "80" : "bird") : bare;
  }

  private static String headline(List<NextHopFault> faults) {
    NextHopFault first = faults.getFirst();
    Route route = first.route().value();
    String who =
        faults.size() == 1
            ? first.node().name() + " sends"
            : faults.size()
                + " nodes ("
                + first.node().name()
                + ", "
                + faults.get(1).node().name()
                + (faults.size() > 2 ? " …) send" : ") send");
    String network = " traffic for " + route.destination().toRouteString();
    if (first.kind() == NextHopFault.Kind.PAST_THE_TUNNEL) {
      return who
          + network
          + " past the tunnel, to "
          + route.gateway().orElseThrow()
          + " by "
          + route.device().orElse("a card");
    }
    return who + network + " to " + route.gateway().orElseThrow() + ", " + first.what();
  }

  private static String label(NextHopFault fault) {
    String right = fault.expected().nextHop().map(n -> "; right is " + n).orElse("");
    return switch (fault.kind()) {
      case OWN_ADDRESS -> fault.what() + right;
      case NO_NODE, OTHER_NODE -> fault.what() + right;
      case PAST_THE_TUNNEL ->
          "should go through tunl0" + fault.expected().nextHop().map(n -> " to " + n).orElse("");
    };
  }

  private static String why(NextHopFault fault) {
    return switch (fault.kind()) {
      case OWN_ADDRESS ->
          "A next hop that is the node's own address gives the route scope host: the packet is handed to "
              + tunnel(fault.route().value())
              + " without an outer destination, and the tunnel drops it there (TX errors) instead of encapsulating it."
              + " Requests from the other node still arrive and are decapsulated, but their answers are lost, so the pair is cut both ways.";
      case NO_NODE ->
          "The next hop becomes the destination of the outer packet. No node has this address on the network between the nodes, so the"
              + " tunnelled packets reach nobody.";
      case OTHER_NODE ->
          "The next hop decides which node gets the tunnelled packet. That node does not have these pods: it drops the packet or sends it on"
              + " without knowing better.";
      case PAST_THE_TUNNEL ->
          "The packet leaves with pod addresses on the underlay, where nobody has a route for them; requests may arrive through the tunnel,"
              + " but this direction is lost.";
    };
  }

  private static String expected(NextHopFault fault) {
    Route route = fault.route().value();
    Optional<IpAddress> right = fault.expected().nextHop();
    if (right.isEmpty()) {
      return fault
          .expected()
          .owner()
          .map(o -> route.destination() + " belongs to " + o + "; its address was not recorded")
          .orElse("");
    }
    return mended(fault.route(), right.get())
        + "    ("
        + fault.expected().how()
        + fault.expected().owner().map(o -> "; " + right.get() + " is " + o).orElse("")
        + ")";
  }
}
