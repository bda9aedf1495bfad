package io.podpath.rules.service;

import com.google.auto.service.AutoService;
import io.podpath.core.cluster.Pod;
import io.podpath.core.cni.ConfigProblem;
import io.podpath.core.cni.KubeProxyConfig;
import io.podpath.core.cni.LogEvent;
import io.podpath.core.fix.Fix;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.EntryState;
import io.podpath.core.rule.Evidence;
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
import io.podpath.core.snapshot.UnreadLine;
import io.podpath.core.walk.Disposition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** kube-proxy's configuration has a field it does not know, or a value of the wrong type. */
@AutoService(Rule.class)
public final class KubeProxyConfigInvalid implements Rule {

  @Override
  public String id() {
    return "kube-proxy-config-invalid";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "the configuration of kube-proxy has an unknown field or a value of the wrong type";
  }

  /**
   * @param inFile whether it stands in a configuration file, not only in the log
   */
  private record Seen(NodeState node, ConfigProblem problem, Provenance from, boolean inFile) {}

  @Override
  public Needs needs() {
    return Needs.of(Need.any("kube-proxy's configuration", Section.KUBE_PROXY_CONFIG));
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector outcome = new Outcome.Collector(this);
    Set<Provenance> unread =
        view.snapshot().unread().stream().map(UnreadLine::from).collect(Collectors.toSet());
    Map<String, List<Seen>> byField = new LinkedHashMap<>();
    for (NodeState node : view.nodes()) {
      for (Seen seen : problemsOf(node)) {
        if (unread.contains(seen.from())
            || seen.problem().kind() == ConfigProblem.Kind.NOT_PARSEABLE) {
          // a line that could not be read may be damage of the recording, not of the file
          outcome.notChecked(
              node.name(), "kube-proxy's configuration: " + seen.from() + " could not be read");
          continue;
        }
        byField.computeIfAbsent(lastName(seen.problem().path()), p -> new ArrayList<>()).add(seen);
      }
    }
    byField.forEach((field, seen) -> outcome.found(finding(view, field, seen)));
    return outcome.done();
  }

  private static List<Seen> problemsOf(NodeState node) {
    List<Seen> all = new ArrayList<>();
    for (Fact<KubeProxyConfig> config : node.get(Section.KUBE_PROXY_CONFIG).facts()) {
      for (ConfigProblem problem : config.value().problems()) {
        all.add(
            new Seen(node, problem, new Provenance(config.from().source(), problem.line()), true));
      }
    }
    AgentLog log = AgentLog.of(node);
    for (Fact<LogEvent> fact : log.events()) {
      if (fact.value() instanceof LogEvent.ConfigRejected(var component, var problem)
          && component.equals("kube-proxy")
          && !log.workedAfter(fact)) {
        all.add(new Seen(node, problem, fact.from(), false));
      }
    }
    return all;
  }

  private io.podpath.core.rule.Finding finding(ClusterView view, String field, List<Seen> seen) {
    ConfigProblem problem = seen.getFirst().problem();
    boolean ended = seen.stream().anyMatch(s -> endedOverIt(view, s));
    boolean harmless = problem.kind() == ConfigProblem.Kind.UNKNOWN_FIELD && !ended;
    String what = describe(problem);
    List<String> nodes = seen.stream().map(s -> s.node().name()).distinct().toList();
    FindingBuilder finding =
        new FindingBuilder(this, harmless ? Severity.WARNING : Severity.ERROR)
            .certainty(ended || harmless ? Certainty.PROVEN : Certainty.LIKELY)
            .title("kube-proxy's configuration on " + String.join(", ", nodes) + ": " + what)
            .why(why(problem, field, ended))
            .expected(expected(problem, field))
            .disposition(Disposition.NO_SERVICE_ENDPOINT)
            .seeByHand(
                "kubectl -n kube-system get configmap kube-proxy -o yaml",
                "kubectl -n kube-system logs -l k8s-app=kube-proxy | grep -iE 'unknown field|ReadMapCB|strict'")
            .fix(
                Fix.advice(
                    "the administrator owns the file; kubeadm keeps it in ConfigMap kube-system/kube-proxy",
                    "correct the field"
                        + problem.meant().map(m -> " (" + m + ")").orElse("")
                        + ", then restart kube-proxy: systemctl restart kube-proxy, or kubectl -n kube-system rollout restart ds/kube-proxy"));
    for (Seen s : seen) {
      String line = s.from().raw().strip();
      if (s.inFile()) {
        finding.culprit(
            Culprit.of(
                Optional.of(s.node().name()),
                EntryKind.FILE,
                line.isEmpty() ? field : line,
                EntryState.WRONG,
                s.from(),
                field,
                label(problem)));
      } else {
        finding.culprit(
            Culprit.of(
                Optional.of(s.node().name()),
                EntryKind.LOG,
                s.problem().path() + ": " + s.problem().found(),
                EntryState.WRONG,
                s.from(),
                field,
                label(problem)));
        finding.evidence(Evidence.raw(s.from(), "the decoder's own words"));
      }
    }
    return finding.build();
  }

  private static String lastName(String path) {
    String[] parts = path.split("\\.", -1);
    return parts.length == 0 ? path : parts[parts.length - 1];
  }

  private static String describe(ConfigProblem problem) {
    return switch (problem.kind()) {
      case UNKNOWN_FIELD ->
          "unknown field "
              + lastName(problem.path())
              + problem.meant().map(m -> " (meant is " + lastName(m) + ")").orElse("");
      case WRONG_TYPE ->
          lastName(problem.path())
              + " has the wrong type"
              + problem.expected().map(e -> " (must be " + e + ")").orElse("");
      case UNKNOWN_VALUE -> lastName(problem.path()) + " has an unknown value, " + problem.found();
      case NOT_PARSEABLE -> "it cannot be parsed";
    };
  }

  private static String label(ConfigProblem problem) {
    return switch (problem.kind()) {
      case UNKNOWN_FIELD ->
          "no such field"
              + problem
                  .meant()
                  .map(m ->
                      "; meant is "
                          + lastName(m)
                          + problem.expected().map(e -> ": " + e).orElse(""))
                  .orElse("");
      case WRONG_TYPE -> problem.expected().map(e -> "must be " + e).orElse("wrong type");
      case UNKNOWN_VALUE -> problem.expected().map(e -> "one of " + e).orElse("unknown value");
      case NOT_PARSEABLE -> "not parseable";
    };
  }

  private static String expected(ConfigProblem problem, String field) {
    String name = problem.meant().orElse(field);
    return problem.expected().map(e -> name + ": " + e).orElse(name);
  }

  private static String why(ConfigProblem problem, String field, boolean ended) {
    if (ended) {
      return "kube-proxy refused its configuration and ended, so no service is programmed on this node.";
    }
    return switch (problem.kind()) {
      case UNKNOWN_FIELD ->
          "Strict decoding refuses the unknown field "
              + field
              + "; kube-proxy 1.20 and 1.25 then fall back to lenient decoding with a warning and ignore it, so the setting that was meant stays at its default and, by itself, nothing is"
              + " cut. Whether another version starts with it depends on the version. When services fail as well, look for another cause first.";
      case WRONG_TYPE ->
          "The value cannot be decoded into the field's type. kube-proxy does not start with it, strictly or leniently decoded, and programs no service.";
      case UNKNOWN_VALUE ->
          "kube-proxy validates this field at its start and ends when the value is none it knows.";
      case NOT_PARSEABLE -> "kube-proxy cannot read its configuration and does not start.";
    };
  }

  /**
   * The program said that it ends, or its pod is in a crash loop, or the line is the fatal error of
   * its command.
   */
  private static boolean endedOverIt(ClusterView view, Seen seen) {
    boolean terminated =
        seen.node()
            .get(Section.LOGS)
            .values()
            .anyMatch(e ->
                e instanceof LogEvent.Terminated(var component, var reason)
                    && component.equals("kube-proxy"));
    boolean fatalLine = !seen.inFile() && seen.from().raw().strip().startsWith("error:");
    boolean crashLoop =
        view.get(Section.PODS)
            .values()
            .filter(p -> p.name().startsWith("kube-proxy"))
            .filter(p -> p.node().filter(n -> !n.equals(seen.node().name())).isEmpty())
            .anyMatch(KubeProxyConfigInvalid::crashes);
    return terminated || fatalLine || crashLoop;
  }

  private static boolean crashes(Pod pod) {
    return pod.status().filter(s -> s.equals("CrashLoopBackOff") || s.equals("Error")).isPresent();
  }
}
