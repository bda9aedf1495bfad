package io.podpath.rules.overlay;

import com.google.auto.service.AutoService;
import io.podpath.core.fix.Change;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.FixSafety;
import io.podpath.core.fix.ShellWord;
import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpFamily;
import io.podpath.core.node.Link;
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
import io.podpath.core.snapshot.AddressPlan;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Devices;
import io.podpath.core.snapshot.FabricKind;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Disposition;
import java.util.List;
import java.util.Optional;

/** A node lacks flannel's device, which the others have. */
@AutoService(Rule.class)
public final class FlannelDaemonNotRunning implements Rule {

  @Override
  public String id() {
    return "flannel-daemon-not-running";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "flanneld does not run on a node, or never came up there";
  }

  @Override
  public Needs needs() {
    return Needs.of(
            Need.any(
                "links", Section.LINKS, Section.routes(IpFamily.INET, Section.RouteScope.MAIN)))
        .on(FabricKind.FLANNEL_UDP, FabricKind.FLANNEL_VXLAN, FabricKind.FLANNEL_IPIP);
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector out = new Outcome.Collector(this);
    Optional<String> own = view.tunnelDevice().filter(d -> view.fabric().isFlannel());
    if (own.isEmpty()) {
      return out.done();
    }
    String device = own.get();
    for (NodeState node : view.machines()) {
      boolean hasPods =
          !node.get(Section.SUBNET_ENV).isEmpty()
              || view.podSubnets().stream().anyMatch(c -> c.node().equals(node.name()));
      if (!hasPods || routesAround(view, node) || otherBackend(view)) {
        continue;
      }
      switch (node.get(Section.LINKS).find(l -> l.name().equals(device))) {
        case Gathered.Known<Fact<Link>>(var link) -> {}
        case Gathered.Absent<Fact<Link>>() -> out.found(finding(view, node, device));
        case Gathered.NotGathered<Fact<Link>>(var reason) -> {
          if (route(node, device).isEmpty()) {
            out.notChecked(node.name(), "links, for " + device + ": " + reason);
          }
        }
      }
    }
    return out.done();
  }

  /**
   * A node that reaches other pod subnets by gateways on its cards works by host-gw; the device on
   * another node is then left from a backend of before.
   */
  private static boolean routesAround(ClusterView view, NodeState node) {
    return node.host()
        .mainRoutes(IpFamily.INET)
        .values()
        .filter(r -> r.gateway().isPresent() && !r.destination().isDefault())
        .filter(r -> r.device().filter(d -> Devices.isUnderlay(d, Optional.empty())).isPresent())
        .anyMatch(r ->
            view.podSubnets().stream()
                .anyMatch(
                    c -> !c.node().equals(node.name()) && c.subnet().equals(r.destination())));
  }

  /** net-conf.json names another backend than the device found stands for. */
  private static boolean otherBackend(ClusterView view) {
    String backend =
        switch (view.fabric()) {
          case FLANNEL_UDP -> "udp";
          case FLANNEL_IPIP -> "ipip";
          case FLANNEL_VXLAN,
              FLANNEL_HOST_GW,
              CALICO_IPIP,
              CALICO_VXLAN,
              CALICO_BGP,
              STATIC_ROUTES,
              OVS_GRE,
              UNKNOWN ->
              "vxlan";
        };
    return view.get(Section.FLANNEL_NETWORKS)
        .values()
        .flatMap(n -> n.backend().stream())
        .anyMatch(b -> !b.equalsIgnoreCase(backend));
  }

  private Finding finding(ClusterView view, NodeState node, String device) {
    boolean udp = view.fabric() == FabricKind.FLANNEL_UDP;
    String name = node.name();
    FindingBuilder builder =
        new FindingBuilder(this, severity())
            .certainty(udp ? Certainty.PROVEN : Certainty.LIKELY)
            .title("flanneld does not run on " + name + ": " + device + " is missing there")
            .why(
                udp
                    ? "flannel0 is a TUN device that belongs to the flanneld process: when the"
                        + " process ends, the kernel removes the device and the route through it."
                        + " Packets for other nodes then take the default route, and the UDP"
                        + " packets of the others are answered with port unreachable."
                    : "flanneld makes "
                        + device
                        + " when it has got a subnet, and leaves it when it ends. Without the"
                        + " device the node has no way to the pods of others, and the others cannot"
                        + " reach its pods. flanneld has never come up here, or somebody removed"
                        + " the device.")
            .expected(device + " and the routes through it, as on the other nodes")
            .disposition(Disposition.NO_ROUTE)
            .explainedBy(
                "agent-cannot-reach-service",
                "pod-subnet-mismatch",
                "node-cidr-mask-too-wide",
                "kube-proxy-without-api-server",
                "cni-config-not-read")
            .culprit(
                Culprit.missing(
                    name,
                    EntryKind.LINK,
                    device,
                    node.get(Section.LINKS).first().map(Fact::from),
                    "flanneld of " + name + " is not running"));
    node.get(Section.SUBNET_ENV)
        .first()
        .ifPresent(e -> builder.evidence(Evidence.of(e, "flanneld has run here and had a subnet")));
    Optional<NodeState> other =
        view.machines().stream()
            .filter(n -> n.get(Section.LINKS).values().map(Link::name).anyMatch(device::equals))
            .findFirst();
    other
        .flatMap(o -> o.get(Section.LINKS).where(l -> l.name().equals(device)).stream().findFirst())
        .ifPresent(
            l -> builder.evidence(Evidence.of(l, other.orElseThrow().name() + " has the device")));
    other
        .flatMap(o -> route(o, device))
        .filter(r -> udp && node.host().mainRoutes(IpFamily.INET).isComplete())
        .ifPresent(r ->
            builder.culprit(
                Culprit.missing(
                    name,
                    EntryKind.ROUTE,
                    r.value().toString(),
                    node.host().mainRoutes(IpFamily.INET).first().map(Fact::from),
                    "went with the device")));
    view.podSubnets().stream()
        .map(AddressPlan.SubnetClaim::node)
        .distinct()
        .forEach(o -> builder.affectsBothWays(name, o));
    return builder
        .seeByHand(
            "pgrep -a flanneld",
            "ip link show " + ShellWord.quoted(device),
            "journalctl -u flanneld    # or: kubectl -n kube-flannel logs -l app=flannel")
        .fix(
            new Fix(
                FixSafety.SAFE,
                List.of(
                    new Change.Instruction(
                        name, "systemctl restart flanneld", "systemctl stop flanneld")),
                "flanneld makes device and routes when it starts",
                "read its log for why it ended; where it runs as a pod: kubectl -n kube-flannel"
                    + " delete pod -l app=flannel --field-selector spec.nodeName="
                    + ShellWord.quoted(name)))
        .build();
  }

  /** flannel's one route for the whole pod network. */
  private static Optional<Fact<Route>> route(NodeState node, String device) {
    return node
        .host()
        .mainRoutes(IpFamily.INET)
        .where(r -> r.device().filter(device::equals).isPresent() && !r.destination().isHost())
        .stream()
        .findFirst();
  }
}
