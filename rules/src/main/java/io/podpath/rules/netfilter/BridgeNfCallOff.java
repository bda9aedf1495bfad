package io.podpath.rules.netfilter;

import com.google.auto.service.AutoService;
import io.podpath.core.fix.Change;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.FixSafety;
import io.podpath.core.net.IpFamily;
import io.podpath.core.node.Link;
import io.podpath.core.node.LinkKind;
import io.podpath.core.node.Route;
import io.podpath.core.node.Sysctl;
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
import io.podpath.core.snapshot.Devices;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.ServiceProxyKind;
import io.podpath.core.walk.Disposition;
import java.util.List;
import java.util.Optional;

/**
 * Frames between pods of one bridge bypass the firewall, so the answer of a service's endpoint is
 * not translated back.
 */
@AutoService(Rule.class)
public final class BridgeNfCallOff implements Rule {

  private static final String PREFIX = "net.bridge.bridge-nf-call-";

  @Override
  public String id() {
    return "bridge-nf-call-off";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "packets between pods of one bridge bypass iptables";
  }

  @Override
  public Needs needs() {
    return Needs.of(Need.sysctl(key(IpFamily.INET)));
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector outcome = new Outcome.Collector(this);
    for (NodeState node : view.nodes()) {
      for (IpFamily family : IpFamily.values()) {
        check(view, node, family, outcome);
      }
    }
    return outcome.done();
  }

  /** What is known of a bridge that joins pods of this family on the node. */
  private sealed interface PodBridge {

    /** One that does not ask the sysctl, for want of a flag of its own. */
    record There(Fact<?> fact, String name) implements PodBridge {}

    record None() implements PodBridge {}

    record NotGathered(String reason) implements PodBridge {}
  }

  private void check(ClusterView view, NodeState node, IpFamily family, Outcome.Collector outcome) {
    Entries<Sysctl> settings = node.get(Section.SYSCTLS);
    String key = key(family);
    Optional<Fact<Sysctl>> setting = settings.where(s -> s.key().equals(key)).stream().findFirst();
    if (setting.filter(s -> !s.value().value().strip().equals("0")).isPresent()) {
      return;
    }
    boolean notLoaded = setting.isEmpty() && settings.isComplete();
    switch (podBridge(view, node, family)) {
      case PodBridge.None() -> {}
      case PodBridge.There(var fact, var name) -> {
        if (setting.isEmpty() && !notLoaded) {
          outcome.notChecked(
              node.name(),
              key + ": " + (settings.isNotGathered() ? settings.coverage().gap() : "not shown"));
        } else {
          boolean proxied = view.serviceProxy() != ServiceProxyKind.UNKNOWN;
          outcome.found(
              describe(
                      node,
                      family,
                      setting,
                      proxied ? Severity.ERROR : Severity.WARNING,
                      proxied ? Certainty.PROVEN : Certainty.LIKELY)
                  .title(
                      "frames between the pods of "
                          + node.name()
                          + " on "
                          + name
                          + " bypass iptables")
                  .evidence(Evidence.of(fact, "joins the pods of this node"))
                  .build());
        }
      }
      case PodBridge.NotGathered(var reason) -> {
        // who looked at this very setting and at nothing else had a reason to
        if (setting.isPresent() && family == IpFamily.INET) {
          outcome.found(
              describe(node, family, setting, Severity.WARNING, Certainty.POSSIBLE)
                  .title(
                      "bridged frames of "
                          + node.name()
                          + " bypass iptables, which breaks services if its pods hang on a bridge ("
                          + reason
                          + ")")
                  .build());
        }
      }
    }
  }

  private static String key(IpFamily family) {
    return PREFIX + (family == IpFamily.INET ? "iptables" : "ip6tables");
  }

  private static PodBridge podBridge(ClusterView view, NodeState node, IpFamily family) {
    if (family == IpFamily.INET6
        && view.podSubnets().stream()
            .noneMatch(c -> c.node().equals(node.name()) && c.subnet().family() == family)) {
      return new PodBridge.None();
    }
    Entries<Link> links = node.get(Section.LINKS);
    for (Fact<Link> fact : links.facts()) {
      Link link = fact.value();
      if (Devices.isPodBridge(link.name()) && joinsPods(links, link)) {
        boolean own =
            link.kind().orElse(null) instanceof LinkKind.Bridge bridge
                && bridge.callsFirewall(family);
        return own ? new PodBridge.None() : new PodBridge.There(fact, link.name());
      }
    }
    if (links.isComplete()) {
      return new PodBridge.None();
    }
    Entries<Route> routes = node.host().mainRoutes(family);
    for (Fact<Route> fact : routes.facts()) {
      Optional<String> device = fact.value().device().filter(Devices::isPodBridge);
      boolean used =
          fact.value().nextHops().stream().noneMatch(h -> h.flags().contains("linkdown"));
      if (device.isPresent() && used && links.isNotGathered() && node.named()) {
        return new PodBridge.There(fact, device.get());
      }
    }
    return routes.isComplete()
        ? new PodBridge.None()
        : new PodBridge.NotGathered("its links are not in the input");
  }

  /**
   * A bridge with no port that is up, such as docker0 on a node of another fabric, joins nobody.
   */
  private static boolean joinsPods(Entries<Link> links, Link bridge) {
    return bridge.isUp()
        && links
            .values()
            .anyMatch(l -> l.master().filter(bridge.name()::equals).isPresent() && l.isUp());
  }

  private FindingBuilder describe(
      NodeState node,
      IpFamily family,
      Optional<Fact<Sysctl>> setting,
      Severity severity,
      Certainty certainty) {
    String key = key(family);
    FindingBuilder builder =
        new FindingBuilder(this, severity)
            .certainty(certainty)
            .why(
                "A pod that calls a service is sent to an endpoint by DNAT. Where that endpoint hangs on the same bridge, its answer goes from port to port of the bridge;"
                    + " unless bridged frames pass iptables, nobody puts the service address back in, and the caller gets an answer from an address it never called."
                    + " A service with endpoints on several nodes then works now and then. Network policies between pods of one bridge are not enforced either.")
            .expected(key + " = 1")
            .disposition(Disposition.REPLY_LOST)
            .seeByHand("sysctl " + key, "lsmod | grep br_netfilter", "ip -d link show type bridge");
    String lasting =
        "load br_netfilter at boot (a file of /etc/modules-load.d) and write "
            + key
            + " = 1 into a file of /etc/sysctl.d";
    if (setting.isEmpty()) {
      return builder
          .culprit(
              Culprit.missing(
                  node.name(),
                  EntryKind.SYSCTL,
                  key + " = 1",
                  node.get(Section.SYSCTLS).place(),
                  "not there: br_netfilter is not loaded"))
          .fix(Fix.advice("", "modprobe br_netfilter, which sets it to 1; " + lasting));
    }
    Fact<Sysctl> fact = setting.get();
    return builder
        .culprit(
            Culprit.wrong(
                node.name(),
                EntryKind.SYSCTL,
                fact,
                fact.value().value(),
                "bridged frames bypass iptables"))
        .fix(
            new Fix(
                FixSafety.SAFE,
                List.of(
                    new Change.SetSysctl(node.name(), key, Optional.of(fact.value().value()), "1")),
                "kubelet and kube-proxy do not set it",
                lasting));
  }
}
