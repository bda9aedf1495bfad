package io.podpath.rules.routing;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.NextHop;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteType;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Outcome;
import io.podpath.core.snapshot.AddressPlan;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Devices;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.FibTable;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.TunnelEnds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Looks for the routes each node should have to the pods of each other. */
final class MissingRoutes {

  private static final Set<Long> STANDARD_RULES = Set.of(0L, 32766L, 32767L);

  private final ClusterView view;
  private final TunnelEnds ends;
  private final FabricMembers members;

  MissingRoutes(ClusterView view) {
    this.view = view;
    this.ends = TunnelEnds.of(view.snapshot());
    this.members = new FabricMembers(view);
  }

  List<MissingRoute> find(Outcome.Collector out) {
    List<MissingRoute> missing = new ArrayList<>();
    List<AddressPlan.SubnetClaim> wanted = undisputed(out);
    boolean reached = false;
    for (NodeState node : view.machines()) {
      if (!members.isNode(node)) {
        out.notChecked(node.name(), "nothing says that this machine is a node of the cluster");
        continue;
      }
      if (!members.stands(node)) {
        continue;
      }
      for (IpFamily family : IpFamily.values()) {
        List<AddressPlan.SubnetClaim> others =
            wanted.stream()
                .filter(c -> c.subnet().family() == family && !c.node().equals(node.name()))
                .toList();
        if (!others.isEmpty()) {
          reached |= find(node, family, others, missing, out);
        }
      }
    }
    if (reached || missing.isEmpty() || members.routesAreItsWay()) {
      return missing;
    }
    out.notChecked(
        "no node has a route to the pods of another: the ways are not on the nodes, or none is set");
    return List.of();
  }

  /** Whether the node has a route to the pods of any other. */
  private boolean find(
      NodeState node,
      IpFamily family,
      List<AddressPlan.SubnetClaim> others,
      List<MissingRoute> missing,
      Outcome.Collector out) {
    Entries<Route> routes = node.host().mainRoutes(family);
    List<AddressPlan.SubnetClaim> lacking =
        others.stream().filter(c -> !reaches(routes, c.subnet())).toList();
    boolean reached = lacking.size() < others.size();
    if (!routes.isComplete()) {
      if (!routes.isEmpty() || family == IpFamily.INET) {
        out.notChecked(node.name(), "routes: " + routes.coverage().gap());
      }
      return reached;
    }
    if (node.get(Section.ipRules(family))
        .values()
        .anyMatch(r -> !STANDARD_RULES.contains(r.priority()))) {
      out.notChecked(node.name(), "rules of policy routing choose between tables");
      return reached;
    }
    Optional<Fact<Route>> learned = defaultFromBird(routes);
    for (AddressPlan.SubnetClaim claim : lacking) {
      if (!view.together(node.name(), claim.node())) {
        out.notChecked(node.name(), "nothing says that it is of one cluster with " + claim.node());
      } else if (learned.isPresent()) {
        out.notChecked(
            node.name(),
            "the pods of "
                + claim.node()
                + " are reached by the default route that BIRD learned; what its sender knows was"
                + " not gathered");
      } else if (members.joined(claim, out)) {
        missing.add(missing(node, claim));
      }
    }
    return reached;
  }

  /** A router may announce a default route alone, and know every block itself. */
  private Optional<Fact<Route>> defaultFromBird(Entries<Route> routes) {
    return routes.where(r -> r.destination().isDefault() && r.hasProtocol("bird")).stream()
        .filter(f -> view.fabric().isCalico())
        .findFirst();
  }

  /**
   * One claim for each pod subnet that one node alone has, and that this node's other records agree
   * with.
   */
  private List<AddressPlan.SubnetClaim> undisputed(Outcome.Collector out) {
    Map<String, AddressPlan.SubnetClaim> claims = new LinkedHashMap<>();
    for (AddressPlan.SubnetClaim claim : view.podSubnets()) {
      boolean alone =
          view.podSubnets().stream()
              .allMatch(o ->
                  o.node().equals(claim.node())
                      || !o.subnet().overlaps(claim.subnet())
                      || !view.together(o.node(), claim.node()));
      if (alone && (view.fabric().isCalico() || agrees(claim))) {
        claims.putIfAbsent(claim.node() + " " + claim.subnet(), claim);
      } else {
        out.notChecked(
            claim.node(),
            alone
                ? "its records name different pod subnets; routes to them were not looked for"
                : claim.subnet() + " is another node's as well; routes to it were not looked for");
      }
    }
    return List.copyOf(claims.values());
  }

  /** Outside of Calico a node has one subnet of each family; two that differ are another fault. */
  private boolean agrees(AddressPlan.SubnetClaim claim) {
    return view.podSubnets().stream()
        .filter(
            o -> o.node().equals(claim.node()) && o.subnet().family() == claim.subnet().family())
        .allMatch(o -> o.subnet().equals(claim.subnet()));
  }

  static boolean reaches(Entries<Route> routes, IpPrefix subnet) {
    for (Fact<Route> fact : new FibTable(routes).covering(subnet)) {
      Route route = fact.value();
      boolean exact = route.destination().equals(subnet);
      // an exact route that forbids is the routing daemon's word on the next hop, not a missing one
      if (exact || route.type() == RouteType.UNICAST && !ownPods(route)) {
        return true;
      }
    }
    // parts of the subnet: another IPAM than we think has cut it into blocks
    return routes
        .values()
        .anyMatch(r ->
            subnet.contains(r.destination())
                && !r.destination().equals(subnet)
                && r.type() == RouteType.UNICAST);
  }

  /** An aggregate that ends on the node's own pod bridge leads to nobody else's pods. */
  private static boolean ownPods(Route route) {
    return route.gateway().isEmpty()
        && route.device().filter(d -> Devices.isPodBridge(d) || Devices.isPodLink(d)).isPresent();
  }

  private MissingRoute missing(NodeState node, AddressPlan.SubnetClaim claim) {
    IpPrefix subnet = claim.subnet();
    Optional<AddressPlan.AddressClaim> announced =
        view.plan().announcedAddress(claim.node(), subnet.family());
    boolean rulesRead = node.get(Section.ipRules(subnet.family())).isComplete();
    return new MissingRoute(
        node,
        claim,
        wanted(node, claim, announced.map(AddressPlan.AddressClaim::address)),
        announced,
        node.host().mainRoutes(subnet.family()).first().map(Fact::from),
        rulesRead ? Certainty.PROVEN : Certainty.LIKELY);
  }

  private Optional<Route> wanted(
      NodeState node, AddressPlan.SubnetClaim claim, Optional<IpAddress> address) {
    IpPrefix subnet = claim.subnet();
    return switch (view.fabric()) {
      case FLANNEL_VXLAN ->
          view.tunnelDevice()
              .map(d -> subnet.address().isV4() ? d : d.replace("flannel.", "flannel-v6."))
              .map(d -> onlink(subnet, subnet.address(), d));
      case CALICO_VXLAN ->
          ends.of(claim.node()).stream()
              .findFirst()
              .map(e -> onlink(subnet, e.address(), "vxlan.calico").withProtocol("80"));
      case FLANNEL_IPIP -> address.map(a -> onlink(subnet, a, "flannel.ipip"));
      case CALICO_IPIP -> address.map(a -> onlink(subnet, a, "tunl0").withProtocol("bird"));
      case CALICO_BGP ->
          address.flatMap(a -> direct(node, subnet, a)).map(r -> r.withProtocol("bird"));
      case FLANNEL_HOST_GW, STATIC_ROUTES -> address.flatMap(a -> direct(node, subnet, a));
      case FLANNEL_UDP, OVS_GRE, UNKNOWN -> Optional.empty();
    };
  }

  private static Route onlink(IpPrefix subnet, IpAddress gateway, String device) {
    return Route.unicast(
        subnet,
        new NextHop(
            Optional.of(gateway),
            Optional.of(device),
            OptionalInt.empty(),
            Set.of("onlink"),
            Optional.empty()));
  }

  /** By the card whose network has the other node. */
  private static Optional<Route> direct(NodeState node, IpPrefix subnet, IpAddress gateway) {
    return FibTable.main(node.host(), subnet.family())
        .bestSeen(gateway)
        .filter(f -> f.value().gateway().isEmpty())
        .flatMap(f -> f.value().device())
        .map(d -> Route.unicast(subnet, NextHop.via(gateway, d)));
  }
}
