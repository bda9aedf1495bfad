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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** kube-proxy cannot ask the API server, so it programs no service. */
@AutoService(Rule.class)
public final class KubeProxyWithoutApiServer implements Rule {

  @Override
  public String id() {
    return "kube-proxy-without-api-server";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "kube-proxy does not reach the API server, so services are not programmed or go stale";
  }

  @Override
  public Needs needs() {
    return Needs.of(Need.any("logs of the agents", Section.LOGS));
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector outcome = new Outcome.Collector(this);
    FindingBuilder finding = new FindingBuilder(this, Severity.ERROR);
    Set<String> nodes = new LinkedHashSet<>();
    Set<String> errors = new LinkedHashSet<>();
    for (NodeState node : view.nodes()) {
      List<Fact<LogEvent>> failures = AgentLog.of(node).unhealedDials(Optional.of("kube-proxy"));
      if (failures.isEmpty()) {
        continue;
      }
      Fact<LogEvent> last = failures.getLast();
      if (last.value()
          instanceof LogEvent.DialFailed(var component, var address, var port, var error)) {
        nodes.add(node.name());
        errors.add(address + ":" + port + ": " + error);
        finding.culprit(
            Culprit.of(
                Optional.of(node.name()),
                EntryKind.LOG,
                last.from().raw().strip(),
                EntryState.WRONG,
                last.from(),
                error,
                "the API server at " + address + ":" + port + " does not answer kube-proxy"));
      }
    }
    if (nodes.isEmpty()) {
      return outcome.done();
    }
    boolean refused = errors.stream().anyMatch(e -> e.contains("refused"));
    finding
        .certainty(Certainty.LIKELY)
        .title(
            "kube-proxy on "
                + String.join(", ", nodes)
                + " cannot reach the API server ("
                + String.join("; ", errors)
                + ")")
        .why(
            "kube-proxy learns services and endpoints from the API server. As long as it cannot, it programs nothing new: on a node where it never succeeded a service address such"
                + " as 10.96.0.1 is served by nobody, so it leaves by the default route or is refused, and agents that need it (flanneld, calico-node) do not start."
                + (refused
                    ? " \"Connection refused\" means that the host answered and no API server listens there at that time."
                    : ""))
        .expected("no error after the last one in the log, and lines such as \"Caches are synced\"")
        .disposition(Disposition.NO_SERVICE_ENDPOINT)
        .seeByHand(
            "kubectl -n kube-system logs -l k8s-app=kube-proxy --tail=50",
            "curl -k https://API-SERVER:6443/healthz",
            "ss -lnt 'sport = :6443'")
        .fix(
            Fix.advice(
                "kube-proxy retries by itself",
                "make the address in kube-proxy's kubeconfig (clusters[].cluster.server) answer: is the API server running, is it this address and port, does a firewall let it through? Then"
                    + " kube-proxy goes on by itself; restart it when it gave up: systemctl restart kube-proxy, or kubectl -n kube-system rollout restart ds/kube-proxy"));
    return outcome.found(finding.build()).done();
  }
}
