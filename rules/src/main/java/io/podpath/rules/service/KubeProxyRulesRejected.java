package io.podpath.rules.service;

import com.google.auto.service.AutoService;
import io.podpath.core.cni.LogEvent;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.ShellWord;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.EntryState;
import io.podpath.core.rule.FindingBuilder;
import io.podpath.core.rule.Need;
import io.podpath.core.rule.Needs;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Disposition;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** iptables-restore refuses what kube-proxy writes, so no service is programmed. */
@AutoService(Rule.class)
public final class KubeProxyRulesRejected implements Rule {

  private static final Pattern MATCH =
      Pattern.compile("Couldn't load (match|target) [`']([\\w-]{1,40})'");

  @Override
  public String id() {
    return "kube-proxy-rules-rejected";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "iptables-restore refuses kube-proxy's rules, so no service is programmed";
  }

  @Override
  public Needs needs() {
    return Needs.of(Need.any("logs of the agents", Section.LOGS));
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector outcome = new Outcome.Collector(this);
    for (NodeState node : view.nodes()) {
      Map<String, Fact<LogEvent>> byReason = new LinkedHashMap<>();
      AgentLog log = AgentLog.of(node);
      for (Fact<LogEvent> fact : log.events()) {
        if (fact.value() instanceof LogEvent.RulesRejected(var component, var reason)
            && !log.workedAfter(fact)) {
          byReason.putIfAbsent(reason, fact);
        }
      }
      byReason.forEach((reason, fact) -> outcome.found(finding(node, reason, fact)));
    }
    return outcome.done();
  }

  private io.podpath.core.rule.Finding finding(NodeState node, String reason, Fact<LogEvent> fact) {
    Matcher m = MATCH.matcher(reason);
    Optional<String> module = m.find() ? Optional.of("xt_" + m.group(2)) : Optional.empty();
    return new FindingBuilder(this, Severity.ERROR)
        .certainty(Certainty.PROVEN)
        .title(
            "iptables-restore on "
                + node.name()
                + " refuses kube-proxy's rules: "
                + module.map(x -> "kernel module " + x + " missing").orElse(reason))
        .why(
            "kube-proxy hands all its rules to one iptables-restore, which takes all or nothing. One match or target the kernel or the iptables build does not have makes it refuse everything, so"
                + " no service address is translated on this node.")
        .expected(
            module
                .map(x ->
                    "the kernel has "
                        + x
                        + " (CONFIG_NETFILTER_"
                        + x.toUpperCase(java.util.Locale.ROOT).replace("XT_", "XT_MATCH_")
                        + ")")
                .orElse("iptables-restore accepts the rules"))
        .culprit(
            Culprit.of(
                Optional.of(node.name()),
                EntryKind.LOG,
                module.map(x -> "kernel module " + x + " missing: " + reason).orElse(reason),
                EntryState.WRONG,
                fact.from(),
                "",
                "all of kube-proxy's rules are refused"))
        .disposition(Disposition.NO_SERVICE_ENDPOINT)
        .seeByHand(
            "kubectl -n kube-system logs -l k8s-app=kube-proxy | grep iptables-restore",
            module.map(x -> "modprobe " + ShellWord.quoted(x)).orElse("iptables-restore --test"),
            "iptables-save -t nat | grep -c KUBE-SVC")
        .fix(
            Fix.advice(
                "kube-proxy tries again at every sync",
                module
                    .map(x ->
                        "load or build the module: modprobe "
                            + x
                            + "; install the distribution's extra modules package, or build the kernel with it (likewise comment, multiport, set)")
                    .orElse(
                        "mend what the message names; kube-proxy then writes its rules by itself")))
        .build();
  }
}
