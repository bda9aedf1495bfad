package io.podpath.rules.routing;

import com.google.auto.service.AutoService;
import io.podpath.core.fix.Change;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.FixSafety;
import io.podpath.core.net.IpFamily;
import io.podpath.core.node.Link;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteType;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.Evidence;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.FindingBuilder;
import io.podpath.core.rule.Need;
import io.podpath.core.rule.Needs;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Devices;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Disposition;
import java.util.List;
import java.util.Optional;

/** Beside the route of its pod bridge a node has a second one to the same subnet. */
@AutoService(Rule.class)
public final class RouteToOwnSubnet implements Rule {

  @Override
  public String id() {
    return "route-to-own-subnet";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "A node has two routes to its own pod subnet";
  }

  @Override
  public Needs needs() {
    return Needs.of(Need.any("routes", Section.routes(IpFamily.INET, Section.RouteScope.MAIN)));
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector out = new Outcome.Collector(this);
    for (NodeState node : view.machines()) {
      for (IpFamily family : IpFamily.values()) {
        List<Fact<Route>> routes = node.host().mainRoutes(family).facts();
        for (Fact<Route> bridge : routes) {
          if (!isPodBridge(bridge.value())) {
            continue;
          }
          routes.stream()
              .filter(other -> competes(other, bridge))
              .findFirst()
              .ifPresent(other -> judge(view, node, bridge, other, routes, out));
        }
      }
    }
    return out.done();
  }

  private static boolean isPodBridge(Route route) {
    return route.type() == RouteType.UNICAST
        && route.gateway().isEmpty()
        && !route.destination().isHost()
        // every link has fe80::/64, and the device is told apart by the zone
        && !route.destination().address().isLinkLocal()
        && !route.destination().address().isMulticast()
        && route.device().filter(Devices::isPodBridge).isPresent();
  }

  /** Another route to the very subnet; of two bridges the pair is reported once, from the first. */
  private static boolean competes(Fact<Route> other, Fact<Route> bridge) {
    Route route = other.value();
    boolean same =
        !other.equals(bridge)
            && route.type() == RouteType.UNICAST
            && route.destination().equals(bridge.value().destination());
    return same && !(isPodBridge(route) && route.device().equals(bridge.value().device()));
  }

  private void judge(
      ClusterView view,
      NodeState node,
      Fact<Route> bridge,
      Fact<Route> other,
      List<Fact<Route>> routes,
      Outcome.Collector out) {
    if (isPodBridge(other.value())) {
      Optional<Fact<Route>> idle = idle(node, bridge, other);
      if (idle.isEmpty()) {
        out.notChecked(
            node.name(),
            bridge.value().device().orElse("")
                + " and "
                + other.value().device().orElse("")
                + " have one network; which of them the pods hang on was not recorded");
      } else if (idle.get().equals(other)) {
        out.found(finding(view, node, bridge, other, first(bridge, other, routes).equals(other)));
      }
      return;
    }
    out.found(finding(view, node, bridge, other, first(bridge, other, routes).equals(other)));
  }

  /** The one the kernel takes: the lower metric, then the first listed. */
  private static Fact<Route> first(Fact<Route> a, Fact<Route> b, List<Fact<Route>> routes) {
    int byMetric = Long.compare(a.value().metric().orElse(0), b.value().metric().orElse(0));
    boolean aFirst = byMetric != 0 ? byMetric < 0 : routes.indexOf(a) < routes.indexOf(b);
    return aFirst ? a : b;
  }

  /** Of two bridges the one without ports, or the one whose link is down. */
  private static Optional<Fact<Route>> idle(NodeState node, Fact<Route> a, Fact<Route> b) {
    boolean aUsed = used(node, a.value());
    boolean bUsed = used(node, b.value());
    return aUsed == bUsed ? Optional.empty() : Optional.of(aUsed ? b : a);
  }

  private static boolean used(NodeState node, Route route) {
    String device = route.device().orElse("");
    boolean ports =
        node.get(Section.LINKS)
            .values()
            .map(Link::master)
            .anyMatch(m -> m.filter(device::equals).isPresent());
    boolean bridged =
        node.get(Section.BRIDGE_PORTS).values().anyMatch(p -> p.bridge().equals(device));
    boolean down = route.nextHops().stream().anyMatch(h -> h.flags().contains("linkdown"));
    return (ports || bridged) && !down;
  }

  private Finding finding(
      ClusterView view, NodeState node, Fact<Route> bridge, Fact<Route> other, boolean wins) {
    String name = node.name();
    String subnet = bridge.value().destination().toString();
    String device = bridge.value().device().orElse("the pod bridge");
    boolean own =
        other.value().gateway().filter(g -> view.plan().ownersOf(g).contains(name)).isPresent();
    String goes =
        other
            .value()
            .gateway()
            .map(g -> "via " + g + (own ? ", its own address" : ""))
            .orElseGet(() -> "by " + other.value().device().orElse("another device"));
    FindingBuilder builder =
        new FindingBuilder(this, wins ? Severity.ERROR : Severity.WARNING)
            .title(
                name
                    + " has a second route to its own pod subnet "
                    + subnet
                    + ", "
                    + goes
                    + (wins ? ", which comes before the one of " + device : ""))
            .why(
                "Of two routes to one subnet with the same metric the kernel takes the first listed. "
                    + (wins
                        ? "Packets for the node's own pods leave by "
                            + other.value().device().orElse("another device")
                            + " instead of "
                            + device
                            + ", and the pods get nothing, neither from other nodes nor from this one."
                        : "The one of "
                            + device
                            + " comes first here, so this one does nothing yet; when the link of "
                            + device
                            + " goes down and up again, the order turns."))
            .expected(bridge.value() + " alone")
            .disposition(wins ? Disposition.LOOP : Disposition.DELIVERED)
            .culprit(
                Culprit.extra(
                    name,
                    EntryKind.ROUTE,
                    other,
                    other
                        .value()
                        .gateway()
                        .map(g -> "via " + g)
                        .orElseGet(() -> "dev " + other.value().device().orElse("")),
                    own
                        ? "the node's own subnet via its own address"
                        : "the subnet of the pods on " + device))
            .evidence(Evidence.of(bridge, "the way to the pods"))
            .seeByHand(
                "ip route show " + subnet,
                "ip route get " + bridge.value().destination().address().plus(2));
    if (wins) {
      view.podSubnets().stream()
          .map(c -> c.node())
          .distinct()
          .forEach(o -> builder.affectsBothWays(name, o));
    }
    return builder
        .fix(
            new Fix(
                FixSafety.SAFE,
                List.of(new Change.DeleteSecondRoute(name, other.value(), wins)),
                "flanneld writes routes to other nodes' subnets; one for its own lease comes from an old release that did not know its own",
                other.value().gateway().isEmpty()
                    ? "remove the unused bridge: ip link del " + other.value().device().orElse("")
                    : "upgrade flannel, and start it before the pod bridge comes up"))
        .build();
  }
}
