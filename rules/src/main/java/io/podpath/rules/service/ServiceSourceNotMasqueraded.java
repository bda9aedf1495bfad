package io.podpath.rules.service;

import com.google.auto.service.AutoService;
import io.podpath.core.cni.LogEvent;
import io.podpath.core.fix.Fix;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Match;
import io.podpath.core.netfilter.Target;
import io.podpath.core.node.Route;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.Evidence;
import io.podpath.core.rule.FindingBuilder;
import io.podpath.core.rule.Needs;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.ClusterView.Listing;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.ServiceProxyKind;
import io.podpath.core.walk.Disposition;
import java.util.List;
import java.util.Optional;

/**
 * The node's own connections to a service keep the service address as their source, because nothing
 * masquerades them.
 */
@AutoService(Rule.class)
public final class ServiceSourceNotMasqueraded implements Rule {

  @Override
  public String id() {
    return "service-source-not-masqueraded";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "connections of the node itself to a service keep the service address as their source";
  }

  private enum Masquerade {
    THERE,
    MISSING,
    NOT_GATHERED
  }

  @Override
  public Needs needs() {
    return Needs.of(ServiceAddresses.NAT).with(ServiceProxyKind.IPVS);
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector outcome = new Outcome.Collector(this);
    for (NodeState node : view.nodes()) {
      List<Fact<Route>> local = ServiceAddresses.localRoutes(node);
      boolean onDevice = !ServiceAddresses.addresses(node).isEmpty();
      if (local.isEmpty() && !onDevice) {
        continue;
      }
      switch (masquerade(node)) {
        case THERE -> {}
        case MISSING -> proven(node, local, markRule(view), outcome);
        case NOT_GATHERED -> {
          if (!suspected(view, node, local, outcome)) {
            outcome.notChecked(node.name(), "nat table of iptables: not recorded whole");
          }
        }
      }
    }
    return outcome.done();
  }

  /** kube-proxy's rule for KUBE-CLUSTER-IP, and a masquerade behind its mark. */
  private static Masquerade masquerade(NodeState node) {
    Masquerade result = Masquerade.NOT_GATHERED;
    for (Listing listing : ClusterView.iptables(node.host(), IpFamily.INET)) {
      boolean marks =
          listing.rules().values().anyMatch(ServiceSourceNotMasqueraded::marksClusterIp);
      boolean masquerades =
          listing
              .rules()
              .values()
              .anyMatch(r ->
                  r.table().equals("nat")
                      && r.chain().equals("KUBE-POSTROUTING")
                      && r.target() instanceof Target.Masquerade);
      if (marks && masquerades) {
        return Masquerade.THERE;
      }
      boolean whole =
          listing.chains().isComplete()
              && listing.chains().values().anyMatch(c -> c.table().equals("nat"));
      if (whole) {
        result = Masquerade.MISSING;
      }
    }
    return result;
  }

  private static boolean marksClusterIp(ChainRule rule) {
    boolean clusterIp =
        rule.matches().stream()
            .anyMatch(m ->
                m instanceof Match.InSet(var negated, var name, var directions)
                    && name.equals("KUBE-CLUSTER-IP")
                    && !negated);
    return rule.table().equals("nat")
        && clusterIp
        && rule.target() instanceof Target.Jump(var chain)
        && chain.equals("KUBE-MARK-MASQ");
  }

  /** As another node has it: kube-proxy leaves pods out only where it knows their network. */
  private static String markRule(ClusterView view) {
    return "-t nat "
        + view.nodes().stream()
            .flatMap(n -> ClusterView.iptables(n.host(), IpFamily.INET).stream())
            .flatMap(l -> l.rules().values())
            .filter(ServiceSourceNotMasqueraded::marksClusterIp)
            .map(ChainRule::toString)
            .findFirst()
            .orElse(
                "-A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j KUBE-MARK-MASQ");
  }

  private void proven(
      NodeState node, List<Fact<Route>> local, String markRule, Outcome.Collector outcome) {
    FindingBuilder finding =
        describe(node, Severity.ERROR, Certainty.PROVEN)
            .title(
                node.name()
                    + " does not masquerade its own connections to services: they keep the service address as their source")
            .culprit(
                Culprit.missing(
                    node.name(),
                    EntryKind.IPTABLES,
                    markRule,
                    natPlace(node),
                    "without it nobody changes the source"));
    local.stream()
        .limit(3)
        .forEach(f ->
            finding.evidence(
                Evidence.of(f, "makes the service address local, so that it is taken as source")));
    outcome.found(finding.build());
  }

  private static Optional<io.podpath.core.snapshot.Provenance> natPlace(NodeState node) {
    return ClusterView.iptables(node.host(), IpFamily.INET).stream()
        .flatMap(l -> l.rules().place().stream())
        .findFirst();
  }

  /**
   * The rules were not shown, but the entry was, and in the same text an agent times out at that
   * very address.
   */
  private boolean suspected(
      ClusterView view, NodeState node, List<Fact<Route>> local, Outcome.Collector outcome) {
    for (Fact<Route> route : local) {
      IpAddress address = route.value().destination().address();
      Optional<Fact<LogEvent>> timeout = timeoutTo(view, node, address);
      if (timeout.isEmpty()) {
        continue;
      }
      outcome.found(
          describe(node, Severity.ERROR, Certainty.POSSIBLE)
              .title(
                  "the service address "
                      + address
                      + " is local on kube-ipvs0, and the node's own connections to it time out")
              .culprit(
                  Culprit.wrong(
                      node.name(),
                      EntryKind.ROUTE,
                      route,
                      "src " + address,
                      "processes on the node take "
                          + address
                          + " as their source; needed by ipvs, do not delete"))
              .evidence(
                  Evidence.raw(
                      timeout.get().from(), "an agent's connection to that address times out"))
              .expected(
                  "kube-proxy's rule for KUBE-CLUSTER-IP in the nat table (not in the input), which masquerades such connections")
              .build());
      return true;
    }
    return false;
  }

  private static Optional<Fact<LogEvent>> timeoutTo(
      ClusterView view, NodeState node, IpAddress address) {
    return view.nodes().stream()
        // an unnamed terminal's outputs and the log of a pod whose node is not told may be of one
        // machine
        .filter(n -> n.name().equals(node.name()) || !n.named() && !node.named())
        .flatMap(n -> AgentLog.of(n).unhealedDials(Optional.empty()).stream())
        .filter(f ->
            f.value() instanceof LogEvent.DialFailed(var c, var to, var p, var error)
                && to.equals(address)
                && error.contains("timeout"))
        .findFirst();
  }

  private FindingBuilder describe(NodeState node, Severity severity, Certainty certainty) {
    return new FindingBuilder(this, severity)
        .certainty(certainty)
        .why(
            "ipvs needs the service address to be local (kube-ipvs0, table local); that entry is right. But the kernel then takes the service address as source of the node's own connections"
                + " to it (ip route get shows `src`). kube-proxy's mark rule for KUBE-CLUSTER-IP has them masqueraded; without it the request reaches the API server with the source of"
                + " a service address, which is local there too, and the answer never comes back: time-out. Pods of the node are not affected. Deleting the entry (ip route del table local …), as is"
                + " often advised, lets the node's processes through but breaks the service for every pod of the node.")
        .disposition(Disposition.REPLY_LOST)
        .seeByHand(
            "ip route get 10.96.0.1",
            "iptables-save -t nat | grep -E 'KUBE-CLUSTER-IP|KUBE-POSTROUTING'",
            "ipset list KUBE-CLUSTER-IP")
        .explainedBy(
            "kube-proxy-without-api-server",
            "kube-proxy-rules-rejected",
            "kube-proxy-config-invalid")
        .fix(
            Fix.advice(
                "kube-proxy owns kube-ipvs0, its addresses (put back within its sync period, 30 s) and the nat rules",
                "restart kube-proxy on "
                    + node.name()
                    + " so that it writes its nat rules again (systemctl restart kube-proxy, or delete its pod). Do not delete the local entry. When ipvs is no longer used at all, remove the"
                    + " interface: ip link delete kube-ipvs0"));
  }
}
