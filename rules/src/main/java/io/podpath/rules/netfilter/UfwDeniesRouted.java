package io.podpath.rules.netfilter;

import com.google.auto.service.AutoService;
import io.podpath.core.cni.UfwStatus;
import io.podpath.core.fix.Change;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.FixSafety;
import io.podpath.core.net.IpFamily;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Target;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.EntryState;
import io.podpath.core.rule.Evidence;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.FindingBuilder;
import io.podpath.core.rule.Need;
import io.podpath.core.rule.Needs;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import io.podpath.core.walk.Disposition;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** ufw drops forwarded packets, pod traffic among them. */
@AutoService(Rule.class)
public final class UfwDeniesRouted implements Rule {

  private static final String OWNER =
      "ufw owns its chains and the policy of FORWARD; it writes them anew when it is reloaded, and"
          + " leaves other rules of FORWARD alone";

  private static final String LASTING =
      "let ufw pass what is routed: ufw default allow routed, or ufw route allow for the pod"
          + " network; and the tunnel's own packets: ufw allow 8472/udp (flannel VXLAN), 4789/udp"
          + " (Calico VXLAN). Or do without ufw on nodes: ufw disable and systemctl disable ufw, so"
          + " that it does not come back with a reboot";

  @Override
  public String id() {
    return "ufw-denies-routed";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "ufw drops forwarded packets, pod traffic among them";
  }

  @Override
  public Needs needs() {
    return Needs.of(
        Need.either(
            "iptables FORWARD or ufw status",
            Need.SOME_FORWARD,
            Need.any("ufw status", Section.UFW)));
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector out = new Outcome.Collector(this);
    List<ForwardAudit> audits = ForwardAudit.of(view);
    List<ForwardAudit> dropping = audits.stream().filter(UfwForward::drops).toList();
    if (!dropping.isEmpty()) {
      out.found(proven(view, dropping));
    }
    for (NodeState node : view.nodes()) {
      List<ForwardAudit> own =
          audits.stream()
              .filter(a -> a.node().name().equals(node.name()) && a.family() == IpFamily.INET)
              .toList();
      Optional<Fact<UfwStatus>> status = UfwForward.denying(node);
      if (status.isPresent() && own.stream().noneMatch(ForwardAudit::drops)) {
        byStatus(view, node, status.get(), own, out);
      }
    }
    return out.done();
  }

  private Finding proven(ClusterView view, List<ForwardAudit> audits) {
    boolean pings = audits.stream().anyMatch(ForwardAudit::passesPing);
    Certainty certainty =
        audits.stream()
            .map(a -> a.knowsPods() ? a.certainty() : Certainty.LIKELY)
            .min(Certainty::compareTo)
            .orElse(Certainty.LIKELY);
    FindingBuilder finding =
        new FindingBuilder(this, Severity.ERROR)
            .certainty(certainty)
            .title(
                "ufw on "
                    + ForwardText.who(audits)
                    + " denies routed packets: new connections to and from pods are dropped"
                    + (pings ? ", pings pass" : ""))
            .why(
                "A packet between pods of two nodes is forwarded, so it passes chain FORWARD on"
                    + " both. ufw's chains stand there, accept established connections"
                    + (pings ? " and ICMP" : "")
                    + " only, and the default of ufw for routed packets is to deny them."
                    + (pings
                        ? " A ping between pods works all the same and proves nothing here."
                        : "")
                    + ForwardText.assumptions(audits))
            .expected(
                "Default: … allow (routed), or rules before ufw's that accept the pod network")
            .disposition(Disposition.FILTERED)
            .seeByHand(
                "ufw status verbose    # Default: … deny (routed)",
                "iptables -L FORWARD -v -n    # does the policy's packet counter grow while a pod"
                    + " connects to a pod of another node?");
    List<Change> changes = new ArrayList<>();
    Set<String> told = new LinkedHashSet<>();
    for (ForwardAudit audit : audits) {
      Optional<Fact<ChainRule>> rule = UfwForward.droppingRule(audit);
      rule.ifPresent(r ->
          finding.culprit(
              Culprit.extra(
                  audit.node().name(),
                  EntryKind.IPTABLES,
                  r,
                  r.value().target().toString(),
                  "takes what ufw was not told to pass")));
      audit
          .droppingPolicy()
          .ifPresent(
              c -> finding.culprit(ForwardText.policy(audit, c, "set by ufw: deny (routed)")));
      if (told.add(audit.node().name())) {
        UfwForward.denying(audit.node()).ifPresent(s -> finding.culprit(culprit(audit.node(), s)));
      }
      UfwForward.jumpBeforeAccept(audit.chains())
          .ifPresent(j -> finding.evidence(Evidence.of(j, "ufw decides here")));
      ForwardText.affects(finding, audit);
      changes.addAll(
          ForwardText.changes(
              audit,
              ForwardText.accepting(
                  PodNetworks.of(view, audit.node(), audit.family()),
                  Optional.of(ForwardRejectBeforeAccept.COMMENT)),
              Optional.of(1)));
    }
    return finding
        .fix(
            changes.isEmpty()
                ? Fix.advice(OWNER, LASTING)
                : new Fix(FixSafety.SAFE, changes, OWNER, LASTING))
        .build();
  }

  private static Culprit culprit(NodeState node, Fact<UfwStatus> status) {
    return Culprit.wrong(
        node.name(),
        EntryKind.IPTABLES,
        status,
        status.value().routedPolicy().map(r -> r + " (routed)").orElse("active"),
        "drops forwarded packets");
  }

  /** Where the chains do not decide it, ufw's own words make it likely. */
  private void byStatus(
      ClusterView view,
      NodeState node,
      Fact<UfwStatus> status,
      List<ForwardAudit> audits,
      Outcome.Collector out) {
    if (audits.isEmpty()) {
      if (status.value().routedPolicy().isEmpty()) {
        out.notChecked(
            node.name(),
            "ufw is active; neither ufw status verbose nor iptables FORWARD were recorded");
      } else if (view.fabric().isCalico()) {
        // cali-FORWARD is put first and accepts workloads before ufw sees them
        out.notChecked(node.name(), "ufw denies routed packets; iptables FORWARD was not recorded");
      } else if (ClusterView.iptables(node.host(), IpFamily.INET).isEmpty()) {
        out.found(likely(view, node, status, Optional.empty()));
      }
      return;
    }
    for (ForwardAudit audit : audits) {
      boolean open = !audit.unknown().isEmpty() && !UfwForward.policyAccepts(audit.chains());
      Optional<Fact<ChainRule>> jump = UfwForward.jumpBeforeAccept(audit.chains());
      if (open && node.named() && jump.isPresent()) {
        if (UfwForward.mayAllow(status.value())) {
          out.notChecked(node.name(), "ufw is active; its chains were not listed");
        } else {
          out.found(likely(view, node, status, Optional.of(audit.chains())));
        }
        return;
      }
    }
  }

  private Finding likely(
      ClusterView view, NodeState node, Fact<UfwStatus> status, Optional<ForwardChains> chains) {
    boolean stated = status.value().routedPolicy().isPresent();
    Optional<Fact<ChainRule>> jump = chains.flatMap(UfwForward::jumpBeforeAccept);
    Optional<Fact<ChainRule>> behind = chains.flatMap(UfwForward::acceptBehind);
    FindingBuilder finding =
        new FindingBuilder(this, Severity.ERROR)
            .certainty(Certainty.LIKELY)
            .title(
                stated
                    ? "ufw on " + node.name() + " denies routed packets, which pod traffic is"
                    : "ufw is active on "
                        + node.name()
                        + " and decides in FORWARD"
                        + behind.map(b -> " before " + target(b)).orElse(""))
            .why(
                "A packet between pods of two nodes is forwarded, so it passes chain FORWARD on"
                    + " both. ufw denies routed packets unless told otherwise, and incoming ones"
                    + " too: of a tunnel it drops the outer packets (UDP 8472 or 4789) unless a"
                    + " rule allows them. Health checks from the node itself and connections over"
                    + " SSH still work."
                    + chains
                        .map(c -> " The rules inside ufw's chains were not recorded.")
                        .orElse(
                            " iptables FORWARD was not recorded: a rule before ufw's may accept the"
                                + " pods all the same."))
            .expected("ufw inactive, or allow (routed) and the tunnel's port open")
            .culprit(culprit(node, status))
            .disposition(Disposition.FILTERED)
            .seeByHand(
                "ufw status verbose",
                "iptables -L FORWARD -v -n --line-numbers",
                "iptables -S | grep -e ufw-user-forward -e ufw-user-input -e 8472")
            .fix(Fix.advice(OWNER, LASTING));
    jump.ifPresent(j ->
        finding.culprit(
            Culprit.of(
                Optional.of(node.name()),
                EntryKind.IPTABLES,
                entry(j),
                EntryState.WRONG,
                j.from(),
                target(j),
                behind.map(b -> "before " + target(b)).orElse("before pods are accepted"))));
    behind.ifPresent(b ->
        finding.evidence(
            new Evidence(entry(b), b.from(), "accepts pod traffic, but comes after ufw's chains")));
    status.value().rules().stream()
        .limit(3)
        .forEach(r -> finding.evidence(new Evidence(r, row(status, r), "a row of ufw's table")));
    view.nodes().forEach(n -> finding.affectsBothWays(node.name(), n.name()));
    view.get(Section.NODES).values().forEach(n -> finding.affectsBothWays(node.name(), n.name()));
    return finding.build();
  }

  /** The line of a row of the table, which stands with single blanks in the status. */
  private static Provenance row(Fact<UfwStatus> status, String row) {
    Source source = status.from().source();
    int last = source.firstLine() + (int) source.text().lines().count();
    for (int line = status.from().line(); line < last; line++) {
      if (source.line(line).strip().replaceAll("\\s+", " ").equals(row)) {
        return new Provenance(source, line);
      }
    }
    return status.from();
  }

  /** Without conditions: a listing may lack the columns that show them. */
  private static String entry(Fact<ChainRule> jump) {
    return "-A " + jump.value().chain() + " -j " + target(jump);
  }

  private static String target(Fact<ChainRule> rule) {
    return rule.value().target() instanceof Target.Jump(var chain)
        ? chain
        : rule.value().target().toString();
  }
}
