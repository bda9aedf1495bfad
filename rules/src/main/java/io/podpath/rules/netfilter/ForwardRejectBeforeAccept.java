package io.podpath.rules.netfilter;

import com.google.auto.service.AutoService;
import io.podpath.core.fix.Change;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.FixSafety;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Match;
import io.podpath.core.netfilter.Target;
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
import io.podpath.core.snapshot.Fact;
import io.podpath.core.walk.Disposition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A REJECT or DROP in FORWARD takes pod packets before a rule that accepts them. */
@AutoService(Rule.class)
public final class ForwardRejectBeforeAccept implements Rule {

  static final String COMMENT = "pods before the firewall";

  @Override
  public String id() {
    return "forward-reject-before-accept";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "A REJECT or DROP in chain FORWARD takes pod packets before they are accepted";
  }

  @Override
  public Needs needs() {
    return Needs.of(Need.SOME_FORWARD);
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector out = new Outcome.Collector(this);
    Map<String, List<ForwardAudit>> byRule = new LinkedHashMap<>();
    NftForward.doubts(view).forEach(out::undecided);
    for (ForwardAudit audit : ForwardAudit.of(view)) {
      audit.unknown().forEach(reason -> out.undecided(audit.node().name(), reason));
      if (!audit.drops() || UfwForward.drops(audit)) {
        continue;
      }
      if (audit.decidedByPolicyAgent()) {
        out.undecided(
            audit.node().name(),
            "a network policy decides: " + rule(audit).map(r -> r.from().toString()).orElse(""));
      } else {
        rule(audit)
            .ifPresent(r ->
                byRule.computeIfAbsent(r.value().toString(), k -> new ArrayList<>()).add(audit));
      }
    }
    byRule.values().forEach(audits -> out.found(finding(view, audits)));
    return out.done();
  }

  private static Optional<Fact<ChainRule>> rule(ForwardAudit audit) {
    return audit.first().run().verdict() instanceof ForwardVerdict.Dropped(var rule)
        ? Optional.of(rule)
        : Optional.empty();
  }

  private Finding finding(ClusterView view, List<ForwardAudit> audits) {
    Fact<ChainRule> first = rule(audits.getFirst()).orElseThrow();
    Certainty certainty =
        audits.stream()
            .map(ForwardAudit::certainty)
            .min(Certainty::compareTo)
            .orElse(Certainty.LIKELY);
    boolean rejects = first.value().target() instanceof Target.Reject;
    FindingBuilder builder =
        new FindingBuilder(this, severity())
            .certainty(certainty)
            .title(
                ForwardText.who(audits)
                    + " "
                    + (rejects ? verb(audits, "reject") : verb(audits, "drop"))
                    + " forwarded pod packets with "
                    + first.value())
            .why(
                "Rules of a chain are tried in order, and this one takes every new packet between"
                    + " pods that reaches it."
                    + accepted(audits)
                    + " firewalld ends FORWARD with such a rule, and puts its own rules first when"
                    + " it is reloaded."
                    + ForwardText.assumptions(audits))
            .expected("a rule that accepts the pod network before this one")
            .disposition(Disposition.FILTERED);
    List<Change> changes = new ArrayList<>();
    for (ForwardAudit audit : audits) {
      Fact<ChainRule> rule = rule(audit).orElseThrow();
      builder.culprit(
          Culprit.extra(
              audit.node().name(),
              EntryKind.IPTABLES,
              rule,
              rule.value().target().toString(),
              "takes pod packets before a rule accepts them"));
      later(audit, rule)
          .ifPresent(
              l -> builder.evidence(Evidence.of(l, "would accept them, but comes too late")));
      ForwardText.affects(builder, audit);
      List<IpPrefix> networks = PodNetworks.of(view, audit.node(), audit.family());
      if (rule.value().chain().equals(ForwardChains.FORWARD)) {
        changes.addAll(
            ForwardText.changes(
                audit,
                ForwardText.accepting(networks, Optional.of(COMMENT)),
                Optional.of(audit.chains().position(rule))));
      } else {
        changes.addAll(
            ForwardText.changes(
                audit, ForwardText.accepting(networks, Optional.of(COMMENT)), Optional.of(1)));
      }
    }
    String lasting =
        "make it part of the host's firewall: firewall-cmd --permanent --zone=trusted"
            + " --add-source=<pod network> and --add-interface=cni0 (or cali+), then firewall-cmd"
            + " --reload and restart the CNI agent; or do without firewalld on nodes";
    return builder
        .seeByHand(
            "iptables -L FORWARD -v -n --line-numbers    # which line's counter grows while a pod"
                + " pings a pod of another node?")
        .fix(
            changes.isEmpty()
                ? Fix.advice("the host's firewall owns the rule", lasting)
                : new Fix(
                    FixSafety.SAFE,
                    changes,
                    "the host's firewall owns FORWARD and writes it anew when it is reloaded",
                    lasting))
        .build();
  }

  private static String verb(List<ForwardAudit> audits, String word) {
    return ForwardText.several(audits) ? word : word + "s";
  }

  private static String accepted(List<ForwardAudit> audits) {
    boolean any = audits.stream().anyMatch(a -> rule(a).flatMap(r -> later(a, r)).isPresent());
    return any ? " The rules that would accept them stand behind it." : "";
  }

  /** An accepting rule for a whole network behind the one that drops, in the same chain. */
  private static Optional<Fact<ChainRule>> later(ForwardAudit audit, Fact<ChainRule> rule) {
    List<Fact<ChainRule>> all = audit.chains().rulesOf(rule.value().chain());
    int index = all.indexOf(rule);
    return all.stream()
        .skip(index + 1L)
        .filter(f -> f.value().target() instanceof Target.Accept)
        .filter(f ->
            f.value().matches().stream()
                .anyMatch(m -> m instanceof Match.Source || m instanceof Match.Destination))
        .findFirst();
  }
}
