package io.podpath.rules.service;

import com.google.auto.service.AutoService;
import io.podpath.core.cni.LogEvent;
import io.podpath.core.fix.Fix;
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
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An agent on a node cannot reach a service address: usually a consequence, always a symptom worth
 * its line.
 */
@AutoService(Rule.class)
public final class AgentCannotReachService implements Rule {

  @Override
  public String id() {
    return "agent-cannot-reach-service";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "an agent on a node cannot reach a service address, most often that of the API server";
  }

  @Override
  public Needs needs() {
    return Needs.of(Need.any("logs of the agents", Section.LOGS));
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector outcome = new Outcome.Collector(this);
    Map<String, FindingBuilder> byTarget = new LinkedHashMap<>();
    Map<String, Set<String>> who = new LinkedHashMap<>();
    for (NodeState node : view.nodes()) {
      AgentLog log = AgentLog.of(node);
      for (Fact<LogEvent> fact : log.unhealedDials(Optional.empty())) {
        if (!(fact.value()
                instanceof LogEvent.DialFailed(var component, var address, var port, var error))
            || component.equals("kube-proxy")
            || !ServiceAddresses.isService(view, address, port)) {
          continue;
        }
        String target = address + ":" + port;
        FindingBuilder finding =
            byTarget.computeIfAbsent(
                target + " " + error, t -> new FindingBuilder(this, Severity.ERROR));
        who.computeIfAbsent(target + " " + error, t -> new LinkedHashSet<>())
            .add(component + " on " + node.name());
        finding.culprit(
            Culprit.of(
                Optional.of(node.name()),
                EntryKind.LOG,
                fact.from().raw().strip(),
                EntryState.WRONG,
                fact.from(),
                error,
                component + " cannot reach the service " + target));
      }
    }
    byTarget.forEach((target, finding) ->
        outcome.found(
            finding
                .certainty(Certainty.LIKELY)
                .title(
                    String.join(", ", java.util.Objects.requireNonNull(who.get(target)))
                        + " cannot reach the service address "
                        + target.replaceFirst(" ", " (")
                        + ")")
                .why(
                    "A service address exists only in the rules kube-proxy makes on each node. A time-out means that the packet or its answer is lost: not translated, so that it left by the default"
                        + " route, dropped by a filter, or answered to an address that is local at the other end. A refusal means that the address is local (kube-ipvs0) and nobody"
                        + " serves it, or that the service has no endpoint. Until it works the agent does not start, and pods of this node get no network.")
                .disposition(Disposition.NO_SERVICE_ENDPOINT)
                .seeByHand(
                    "ip route get " + target.substring(0, target.indexOf(':')),
                    "ipvsadm -Ln",
                    "iptables-save -t nat | grep " + target.substring(0, target.indexOf(':')))
                .explainedBy(
                    "kube-proxy-without-api-server",
                    "kube-proxy-rules-rejected",
                    "service-chain-missing",
                    "service-address-without-virtual-server",
                    "service-source-not-masqueraded",
                    "node-address-on-kube-ipvs0",
                    "forward-reject-before-accept",
                    "forward-drop-without-accept",
                    "interface-netmask-missing",
                    "ufw-denies-routed")
                .fix(
                    Fix.advice(
                        "kube-proxy owns the rules of service addresses",
                        "mend what keeps kube-proxy from programming the service on this node; the agent comes up by itself with its next restart"))
                .build()));
    return outcome.done();
  }
}
