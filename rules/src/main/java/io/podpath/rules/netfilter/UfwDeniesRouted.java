package io.podpath.rules.netfilter;

import com.google.auto.service.AutoService;
import io.podpath.core.cni.UfwStatus;
import io.podpath.core.fix.Change;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.FixSafety;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.netfilter.Chain;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Target;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.EntryState;
import io.podpath.core.rule.Evidence;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.FindingBuilder;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Disposition;
import java.util.List;
import java.util.Optional;

/** ufw is active and denies what is routed, pod traffic included. */
@AutoService(Rule.class)
public final class UfwDeniesRouted implements Rule {

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
    return "ufw denies routed packets, pod traffic included";
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector out = new Outcome.Collector(this);
    List<ForwardAudit> audits = ForwardAudit.of(view);
    for (NodeState node : view.nodes()) {
      Optional<Fact<UfwStatus>> status = node.get(Section.UFW).first();
      List<ForwardAudit> owned =
          audits.stream()
              .filter(a -> a.node().name().equals(node.name()) && a.ownedByUfw())
              .toList();
      Optional<ForwardAudit> dropping = owned.stream().filter(ForwardAudit::drops).findFirst();
      boolean active = status.filter(s -> s.value().active()).isPresent();
      if (dropping.isPresent()) {
        out.found(byRules(view, dropping.get(), status));
      } else if (active && owned.stream().anyMatch(UfwDeniesRouted::openEnd)) {
        out.found(
            byOrder(
                node,
                owned.stream().filter(UfwDeniesRouted::openEnd).findFirst().orElseThrow(),
                status.orElseThrow()));
      } else if (active
          && owned.isEmpty()
          && status
              .flatMap(s -> s.value().routedPolicy())
              .filter(p -> p.equals("deny") || p.equals("reject"))
              .isPresent()) {
        out.found(byStatus(node, status.orElseThrow()));
      }
    }
    return out.done();
  }

  /**
   * Rules were cut, so the walk knows nothing; but ufw's end of the chain comes before the one that
   * accepts pods, or nothing accepts them.
   */
  private static boolean openEnd(ForwardAudit audit) {
    List<String> jumps = audit.chains().jumps();
    int ufw = jumps.indexOf("ufw-reject-forward");
    int flannel = jumps.indexOf("FLANNEL-FWD");
    boolean drops =
        audit.chains().forward().optional().filter(c -> c.value().dropsByPolicy()).isPresent();
    return !audit.unknown().isEmpty()
        && ufw >= 0
        && drops
        && (flannel < 0 || flannel > ufw)
        && jumps.stream().noneMatch(j -> j.startsWith("cali-"));
  }

  private FindingBuilder base(String node, Certainty certainty, boolean pings) {
    return new FindingBuilder(this, severity())
        .certainty(certainty)
        .title(
            "ufw on "
                + node
                + " denies routed packets: new connections between its pods and other nodes are dropped")
        .why(
            "ufw puts its chains into FORWARD and sets the policy to DROP unless routed packets are allowed. Pod traffic to and from other nodes"
                + " is routed, no rule of ufw accepts it, and rules that others append come too late or not at all."
                + (pings ? " Pings pass by ufw's own ICMP rule, which hides the fault." : "")
                + " ufw starts again with the next boot when it is only stopped.")
        .expected("routed packets of the pod network are allowed")
        .disposition(Disposition.FILTERED)
        .seeByHand(
            "ufw status verbose",
            "iptables -L FORWARD -v -n    # the policy's counter grows",
            "journalctl -k | grep 'UFW BLOCK'");
  }

  private Finding byRules(ClusterView view, ForwardAudit audit, Optional<Fact<UfwStatus>> status) {
    String node = audit.node().name();
    List<IpPrefix> networks = PodNetworks.of(view, audit.node(), audit.family());
    FindingBuilder builder = base(node, audit.certainty(), audit.passesPing());
    Optional<Fact<Chain>> policy = audit.droppingPolicy();
    policy.ifPresent(p ->
        builder.culprit(
            ForwardText.policy(
                audit, p, "set by ufw; no rule accepts " + ForwardText.names(networks))));
    if (audit.first().run().verdict() instanceof ForwardVerdict.Dropped(var rule)) {
      builder.culprit(
          Culprit.wrong(
              node,
              EntryKind.IPTABLES,
              rule,
              rule.value().target().toString(),
              "takes pod packets"));
    }
    status.ifPresent(s -> builder.evidence(Evidence.of(s, "ufw is active")));
    audit.chains().rulesOf(ForwardChains.FORWARD).stream()
        .filter(f ->
            f.value().target() instanceof Target.Jump(var to) && to.equals("ufw-before-forward"))
        .findFirst()
        .ifPresent(f -> builder.evidence(Evidence.of(f, "ufw's chains decide")));
    ForwardText.affects(builder, audit);
    List<Change> changes =
        ForwardText.changes(
            audit, ForwardText.accepting(networks, Optional.of("pods before ufw")), Optional.of(1));
    return builder.fix(fix(networks, changes)).build();
  }

  private Finding byOrder(NodeState node, ForwardAudit audit, Fact<UfwStatus> status) {
    FindingBuilder builder =
        base(node.name(), Certainty.LIKELY, false).culprit(status(node, status));
    for (Fact<ChainRule> fact : audit.chains().rulesOf(ForwardChains.FORWARD)) {
      if (fact.value().target() instanceof Target.Jump(var to) && to.equals("ufw-reject-forward")) {
        builder.culprit(
            Culprit.wrong(
                node.name(),
                EntryKind.IPTABLES,
                fact,
                "ufw-reject-forward",
                "comes before any chain that accepts pods"));
      } else if (fact.value().target() instanceof Target.Jump(var to) && to.equals("FLANNEL-FWD")) {
        builder.evidence(Evidence.of(fact, "would accept the pod network, but comes behind ufw"));
      }
    }
    return builder.fix(fix(List.of(), List.of())).build();
  }

  private Finding byStatus(NodeState node, Fact<UfwStatus> status) {
    return base(node.name(), Certainty.LIKELY, false)
        .culprit(status(node, status))
        .fix(fix(List.of(), List.of()))
        .build();
  }

  private static Culprit status(NodeState node, Fact<UfwStatus> status) {
    boolean routed = status.value().routedPolicy().isPresent();
    return Culprit.of(
        Optional.of(node.name()),
        EntryKind.IPTABLES,
        status.value().toString(),
        EntryState.WRONG,
        status.from(),
        routed ? status.value().routedPolicy().get() + " (routed)" : "active",
        routed ? "pod traffic is routed" : "ufw denies routed packets unless told otherwise");
  }

  private static Fix fix(List<IpPrefix> networks, List<Change> changes) {
    String network = networks.isEmpty() ? "<pod network>" : networks.getFirst().toString();
    String owner =
        "ufw owns the policy and its chains, and writes FORWARD anew at every boot and reload";
    String lasting =
        "ufw route allow from "
            + network
            + " && ufw route allow to "
            + network
            + " (and ufw allow 8472/udp for flannel vxlan); or do without ufw on nodes: ufw disable && systemctl disable ufw";
    return changes.isEmpty()
        ? Fix.advice(owner, lasting)
        : new Fix(FixSafety.SAFE, changes, owner, lasting);
  }
}
