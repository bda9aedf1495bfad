package io.podpath.rules.routing;

import com.google.auto.service.AutoService;
import io.podpath.core.fix.Change;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.FixSafety;
import io.podpath.core.net.IpFamily;
import io.podpath.core.node.Route;
import io.podpath.core.rule.Certainty;
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
import io.podpath.core.snapshot.FabricKind;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Disposition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A node has no route to the pods of another. */
@AutoService(Rule.class)
public final class RouteToNodeMissing implements Rule {

  /** Protocols of Quagga's and FRR's zebra. */
  private static final Set<String> TOLD = Set.of("zebra", "ospf", "rip");

  @Override
  public String id() {
    return "route-to-node-missing";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "A node has no route to the pods of another node";
  }

  @Override
  public Needs needs() {
    return Needs.of(Need.any("routes", Section.routes(IpFamily.INET, Section.RouteScope.MAIN)))
        .on(FabricKind::routesEachSubnet);
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector out = new Outcome.Collector(this);
    if (view.fabric().routesEachSubnet()) {
      List<MissingRoute> missing = new MissingRoutes(view).find(out);
      grouped(missing).forEach(group -> out.found(finding(view, group)));
    } else if (view.fabric() == FabricKind.UNKNOWN
        && view.podSubnets().stream().map(c -> c.node()).distinct().count() > 1) {
      out.notChecked("the pod network was not recognised, so no way between nodes was looked for");
    }
    return out.done();
  }

  /**
   * By the node that nobody has a route to, when several lack it; else by the node that lacks
   * routes.
   */
  private static List<List<MissingRoute>> grouped(List<MissingRoute> missing) {
    Map<String, Long> lacking =
        missing.stream().collect(Collectors.groupingBy(MissingRoute::owner, Collectors.counting()));
    Map<String, List<MissingRoute>> groups = new LinkedHashMap<>();
    for (MissingRoute route : missing) {
      boolean several = lacking.getOrDefault(route.owner(), 0L) > 1;
      groups
          .computeIfAbsent(
              several ? "to " + route.owner() : "on " + route.node().name(), k -> new ArrayList<>())
          .add(route);
    }
    return List.copyOf(groups.values());
  }

  private Finding finding(ClusterView view, List<MissingRoute> group) {
    MissingRoute first = group.getFirst();
    boolean leaves = group.stream().anyMatch(m -> defaultRoute(m).isPresent());
    FindingBuilder builder =
        new FindingBuilder(this, severity())
            .certainty(
                group.stream()
                    .map(MissingRoute::certainty)
                    .min(Certainty::compareTo)
                    .orElse(Certainty.LIKELY))
            .title(headline(group))
            .why(
                "Pods of a node live behind that node's address, so every other node needs a route to their subnet. Without it "
                    + (leaves
                        ? "the packets take the default route and leave the cluster by the gateway, which does not know pod addresses."
                        : "the kernel answers with network unreachable.")
                    + " Requests that come the other way still arrive; their answers are lost here.")
            .disposition(leaves ? Disposition.LEFT_THE_CLUSTER : Disposition.NO_ROUTE)
            .explainedBy(
                "agent-cannot-reach-service",
                "flannel-daemon-not-running",
                "bgp-mesh-disabled-without-peers",
                "ibgp-routes-not-reflected",
                "bgp-peer-is-self",
                "bgp-peer-not-a-node",
                "bgp-connect-from-unknown-address",
                "node-address-claimed-twice",
                "pod-subnet-mismatch",
                "duplicate-pod-cidr",
                "ipam-block-on-two-nodes",
                "node-cidr-mask-too-wide");
    List<Change> changes = new ArrayList<>();
    for (MissingRoute route : group) {
      String node = route.node().name();
      builder.culprit(
          Culprit.missing(
              node,
              EntryKind.ROUTE,
              route.wanted().map(Route::toString).orElse(route.subnet().subnet().toString()),
              route.table(),
              "the way to the pods of " + route.owner()));
      builder.evidence(
          Evidence.raw(
              route.subnet().from(), route.subnet().subnet() + " belongs to " + route.owner()));
      defaultRoute(route)
          .ifPresent(d -> builder.evidence(Evidence.of(d, "takes these packets instead")));
      builder.affectsBothWays(node, route.owner());
      route.wanted().ifPresent(w -> changes.add(new Change.AddRoute(node, w)));
    }
    first
        .announced()
        .ifPresent(a -> builder.evidence(Evidence.raw(a.from(), a.node() + " has " + a.address())));
    return builder
        .expected(
            first
                .wanted()
                .map(w ->
                    w
                        + "    ("
                        + first.owner()
                        + (first.announced().isPresent()
                            ? " is " + first.announced().get().address()
                            : "")
                        + ")")
                .orElse("a route to " + first.subnet().subnet()))
        .seeByHand(
            "ip route get " + first.subnet().subnet().address().plus(1),
            "ip route show " + first.subnet().subnet())
        .fix(fix(view, changes))
        .build();
  }

  private static Optional<Fact<Route>> defaultRoute(MissingRoute route) {
    IpFamily family = route.subnet().subnet().family();
    return route.node().host().mainRoutes(family).facts().stream()
        .filter(f -> f.value().destination().isDefault() && f.value().gateway().isPresent())
        .findFirst();
  }

  /** Whether nodes tell each other these routes, by Quagga or FRR. */
  private static boolean areTold(ClusterView view) {
    return view.machines().stream()
        .flatMap(n -> n.host().mainRoutes(IpFamily.INET).values())
        .anyMatch(r -> r.protocol().filter(TOLD::contains).isPresent());
  }

  private static Fix fix(ClusterView view, List<Change> changes) {
    FabricKind fabric = view.fabric();
    if (fabric == FabricKind.STATIC_ROUTES && areTold(view)) {
      String told =
          "zebra owns these routes and sets what its routing daemon learns; a route by hand stays when the other node goes";
      String ask =
          "look whether both nodes' daemons run and see each other (vtysh -c 'show ip ospf neighbor'), and what the other one announces";
      return changes.isEmpty()
          ? Fix.advice(told, ask)
          : new Fix(FixSafety.SAFE, changes, told, ask);
    }
    String owner =
        switch (fabric) {
          case FLANNEL_HOST_GW ->
              "flanneld owns these routes and puts missing ones back every 10 s: when one stays away, flanneld does not run on this node or does not know the other";
          case FLANNEL_VXLAN, FLANNEL_IPIP ->
              "flanneld writes the route when it learns of the other node, and not again";
          case CALICO_IPIP, CALICO_BGP ->
              "BIRD owns these routes; a route by hand is replaced or left alone, it does not mend BGP";
          case CALICO_VXLAN -> "Felix owns these routes and puts them back when it runs";
          case STATIC_ROUTES -> "nobody: the routes were made by hand";
          case FLANNEL_UDP, OVS_GRE, UNKNOWN -> "";
        };
    String lasting =
        switch (fabric) {
          case FLANNEL_HOST_GW, FLANNEL_VXLAN, FLANNEL_IPIP ->
              "restart flanneld on the node and read its log";
          case CALICO_IPIP, CALICO_BGP ->
              "look at the BGP sessions of both nodes (calicoctl node status); restart calico-node where they are up";
          case CALICO_VXLAN -> "restart calico-node on the node and read its log";
          case STATIC_ROUTES ->
              "write the route where the system keeps its routes (netplan, /etc/sysconfig/network-scripts/route-…, /etc/network/interfaces), or it is gone after a reboot";
          case FLANNEL_UDP, OVS_GRE, UNKNOWN -> "";
        };
    return changes.isEmpty()
        ? Fix.advice(owner, lasting)
        : new Fix(FixSafety.SAFE, changes, owner, lasting);
  }

  private static String headline(List<MissingRoute> group) {
    MissingRoute first = group.getFirst();
    List<String> nodes = group.stream().map(m -> m.node().name()).distinct().toList();
    List<String> owners = group.stream().map(MissingRoute::owner).distinct().toList();
    String who =
        nodes.size() == 1
            ? nodes.getFirst() + " has"
            : nodes.size()
                + " nodes ("
                + nodes.get(0)
                + ", "
                + nodes.get(1)
                + (nodes.size() > 2 ? " …)" : ")")
                + " have";
    return owners.size() == 1
        ? who
            + " no route to the pods of "
            + first.owner()
            + " ("
            + group.stream()
                .map(m -> m.subnet().subnet().toString())
                .distinct()
                .collect(Collectors.joining(", "))
            + ")"
        : who + " no routes to the pods of " + owners.size() + " other nodes";
  }
}
