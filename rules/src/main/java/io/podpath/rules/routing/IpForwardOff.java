package io.podpath.rules.routing;

import com.google.auto.service.AutoService;
import io.podpath.core.fix.Change;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.FixSafety;
import io.podpath.core.fix.ShellWord;
import io.podpath.core.net.IpFamily;
import io.podpath.core.node.Sysctl;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
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
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Disposition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A node does not forward packets, at all or not those that come in by a device pods use. */
@AutoService(Rule.class)
public final class IpForwardOff implements Rule {

  private static final String IPV4 = "net.ipv4.ip_forward";
  private static final String IPV6 = "net.ipv6.conf.all.forwarding";
  private static final String HEAD = "net.ipv4.conf.";
  private static final String TAIL = ".forwarding";
  private static final Set<String> OF_NO_DEVICE = Set.of("all", "default", "lo");

  @Override
  public String id() {
    return "ip-forward-off";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "A node with pods does not forward packets";
  }

  @Override
  public Needs needs() {
    return Needs.of(Need.IP_FORWARD);
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector out = new Outcome.Collector(this);
    for (NodeState node : view.nodes()) {
      for (IpFamily family : IpFamily.values()) {
        if (carriesPods(view, node, family)) {
          check(view, node, family, out);
        } else if (family == IpFamily.INET && mayCarryPods(view, node)) {
          // a router or a laptop may well have it off
          setting(node, IPV4)
              .filter(f -> isOff(f.value()))
              .ifPresent(f ->
                  out.notChecked(
                      node.name(),
                      f.value() + ", but nothing tells whether this node carries pods"));
        }
      }
    }
    return out.done();
  }

  private void check(ClusterView view, NodeState node, IpFamily family, Outcome.Collector out) {
    String key = family == IpFamily.INET ? IPV4 : IPV6;
    Optional<Fact<Sysctl>> all = setting(node, key);
    if (all.isEmpty()) {
      out.notChecked(
          node.name(),
          key
              + ": "
              + (node.get(Section.SYSCTLS).isComplete()
                  ? "not among the settings"
                  : node.get(Section.SYSCTLS).coverage().gap()));
    }
    boolean off = all.filter(f -> isOff(f.value())).isPresent();
    List<Fact<Sysctl>> devices = family == IpFamily.INET ? devices(node) : List.of();
    List<Fact<Sysctl>> offDevices = devices.stream().filter(f -> isOff(f.value())).toList();
    if (off && devices.isEmpty() && anyDeviceForwards(node, family)) {
      out.undecided(
          node.name(), key + " = 0, but devices forward; which of them pods use is not known");
    } else if (off && offDevices.size() == devices.size()) {
      // the switch sets every device, so it alone is named
      boolean sure = family == IpFamily.INET6 || !devices.isEmpty();
      out.found(finding(view, node, family, List.of(all.get()), sure));
    } else if (!offDevices.isEmpty()) {
      out.found(finding(view, node, family, offDevices, true));
    } else if (off && !node.get(Section.SYSCTLS).isComplete()) {
      out.undecided(node.name(), key + " = 0; not every device's own setting was recorded");
    }
  }

  private static Optional<Fact<Sysctl>> setting(NodeState node, String key) {
    return node.get(Section.SYSCTLS).where(s -> s.key().equals(key)).stream().findFirst();
  }

  private static boolean isOff(Sysctl setting) {
    return setting.value().strip().equals("0");
  }

  /**
   * Subnets of its own, or a place among the nodes of a cluster whose pods are not known to have
   * IPv6 addresses alone.
   */
  private static boolean carriesPods(ClusterView view, NodeState node, IpFamily family) {
    boolean subnets =
        view.podSubnets().stream()
            .anyMatch(c -> c.node().equals(node.name()) && c.subnet().family() == family);
    boolean ipv6Alone =
        !view.podSubnets().isEmpty()
            && view.podSubnets().stream().allMatch(c -> c.subnet().family() == IpFamily.INET6);
    return subnets
        || family == IpFamily.INET
            && !ipv6Alone
            && view.get(Section.NODES).values().anyMatch(n -> n.name().equals(node.name()));
  }

  /** Not known to be outside of the cluster: that is known only of a list of all its nodes. */
  private static boolean mayCarryPods(ClusterView view, NodeState node) {
    return !node.named() || !view.get(Section.NODES).isComplete();
  }

  /**
   * Settings of the devices that pod packets come in by. The kernel asks these alone
   * (net/ipv4/route.c: ip_route_input_slow, IN_DEV_FORWARD); net.ipv4.ip_forward sets them all when
   * it is written, and each may be set again afterwards.
   */
  private static List<Fact<Sysctl>> devices(NodeState node) {
    return ofDevices(node).stream().filter(f -> takesPodPackets(node, device(f))).toList();
  }

  private static List<Fact<Sysctl>> ofDevices(NodeState node) {
    return node.get(Section.SYSCTLS)
        .where(s ->
            s.key().startsWith(HEAD)
                && s.key().endsWith(TAIL)
                && s.key().length() > HEAD.length() + TAIL.length());
  }

  private static boolean anyDeviceForwards(NodeState node, IpFamily family) {
    return family == IpFamily.INET
        && ofDevices(node).stream()
            .filter(f -> !OF_NO_DEVICE.contains(device(f)))
            .anyMatch(f -> !isOff(f.value()));
  }

  /**
   * The pod bridge in use, Calico's links, tunnels, and the cards that routes to other pod subnets
   * use.
   */
  private static boolean takesPodPackets(NodeState node, String device) {
    boolean routed =
        node.host()
            .mainRoutes(IpFamily.INET)
            .values()
            .anyMatch(r ->
                r.device().filter(device::equals).isPresent()
                    && !r.destination().isDefault()
                    && (r.gateway().isPresent() || !Devices.isUnderlay(device, Optional.empty())));
    boolean carries =
        Devices.isPodBridge(device)
            || device.startsWith("cali")
            || Devices.isTunnel(device)
            || Devices.isUnderlay(device, Optional.empty());
    boolean idleDocker =
        device.equals("docker0")
            && node.host()
                .mainRoutes(IpFamily.INET)
                .values()
                .anyMatch(r ->
                    r.device().filter(d -> d.equals("cni0") || d.startsWith("cali")).isPresent());
    return routed && carries && !idleDocker;
  }

  private Finding finding(
      ClusterView view, NodeState node, IpFamily family, List<Fact<Sysctl>> off, boolean sure) {
    String name = node.name();
    Fact<Sysctl> first = off.getFirst();
    boolean whole = first.value().key().equals(IPV4) || first.value().key().equals(IPV6);
    FindingBuilder builder =
        new FindingBuilder(this, severity())
            .certainty(sure ? Certainty.PROVEN : Certainty.LIKELY)
            .title(
                whole
                    ? name + " forwards no packets: " + first.value()
                    : name
                        + " does not forward what comes in by "
                        + device(first)
                        + ": "
                        + first.value())
            .why(
                "A packet between pods of two nodes is routed on both: from the pod's link or bridge to the tunnel or card, and the other way."
                    + " With forwarding off the kernel drops what is not for the node itself, before any firewall rule sees it."
                    + (whole
                        ? " Pods of this node reach each other over their bridge and the node itself, nothing else."
                        : " Each device has a setting of its own, and the one the packet came in by counts."))
            .expected(first.value().key() + " = 1")
            .disposition(Disposition.NOT_FORWARDING)
            .seeByHand(
                "sysctl " + ShellWord.quoted(first.value().key()),
                "nstat -az IpInAddrErrors IpForwDatagrams");
    List<Change> changes = new ArrayList<>();
    for (Fact<Sysctl> fact : off) {
      builder.culprit(
          Culprit.wrong(
              name,
              EntryKind.SYSCTL,
              fact,
              fact.value().value(),
              "packets for others are dropped"));
      changes.add(
          new Change.SetSysctl(name, fact.value().key(), Optional.of(fact.value().value()), "1"));
    }
    if (node.named()) {
      view.podSubnets().stream()
          .filter(c -> c.subnet().family() == family)
          .map(AddressPlan.SubnetClaim::node)
          .distinct()
          .forEach(other -> builder.affectsBothWays(name, other));
    }
    return builder
        .fix(
            new Fix(
                FixSafety.SAFE,
                changes,
                "kubelet and kube-proxy do not set it; Docker sets it when it starts",
                "write "
                    + first.value().key()
                    + " = 1 into a file of /etc/sysctl.d that sorts behind the one which sets 0 (grep -r "
                    + ShellWord.quoted(first.value().key())
                    + " /etc/sysctl.conf /etc/sysctl.d /usr/lib/sysctl.d); a restart of the network service may set it back"))
        .build();
  }

  private static String device(Fact<Sysctl> fact) {
    String key = fact.value().key();
    return key.substring(HEAD.length(), key.length() - TAIL.length()).replace('/', '.');
  }
}
