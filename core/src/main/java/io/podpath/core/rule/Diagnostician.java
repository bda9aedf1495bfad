package io.podpath.core.rule;

import io.podpath.core.rule.Diagnosis.Prediction;
import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.History;
import io.podpath.core.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Asks all rules about every state of an input and makes one diagnosis of their answers. */
public final class Diagnostician {

  private final List<Rule> rules;
  private final Set<String> ignored;

  /**
   * @param rules asked in the order of their ids
   * @param ignored findings to leave out: an id, or an id with {@code @node} behind it
   */
  public Diagnostician(List<Rule> rules, Set<String> ignored) {
    this.rules = rules.stream().sorted(Comparator.comparing(Rule::id)).toList();
    this.ignored = Set.copyOf(ignored);
  }

  public Diagnosis diagnose(History history) {
    ClusterView view = ClusterView.of(history.latest());
    List<Outcome> all =
        history.moments().stream()
            .map(m -> ask(ClusterView.ofSameCluster(m.snapshot(), view)))
            .toList();
    List<Outcome> outcomes = all.stream().map(this::heeded).toList();
    List<Finding> ordered = order(Mending.overTime(history, outcomes));
    List<Ranked> ranked = rank(ordered, view);
    List<Rule> asked = rules.stream().filter(r -> !ignored.contains(r.id())).toList();
    Survey survey = Survey.of(asked, view, outcomes.getLast().notChecked());
    return new Diagnosis(
        view.fabric(),
        view.serviceProxy(),
        history.latest().takenAt(),
        Essentials.nodes(view),
        Essentials.terminals(view),
        Roster.others(view, ordered),
        Reachability.of(ranked, view),
        ranked,
        survey.notChecked(),
        history.latest().unread(),
        asked.stream().map(Rule::id).toList(),
        survey.checked(),
        ignored.stream().sorted().toList(),
        faults(all.getLast()) - faults(outcomes.getLast()));
  }

  private static int faults(Outcome outcome) {
    return (int) outcome.findings().stream().filter(f -> f.severity() != Severity.INFO).count();
  }

  /** Ignored rules too: whoever ignores a fault must not be told that all is well. */
  private Outcome ask(ClusterView view) {
    List<Finding> findings = new ArrayList<>();
    List<NotChecked> notChecked = new ArrayList<>();
    for (Rule rule : rules) {
      Outcome outcome = rule.check(view);
      findings.addAll(outcome.findings());
      notChecked.addAll(outcome.notChecked());
    }
    return new Outcome(findings, notChecked);
  }

  private Outcome heeded(Outcome outcome) {
    return new Outcome(
        outcome.findings().stream().filter(f -> !isIgnored(f)).toList(),
        outcome.notChecked().stream().filter(n -> !ignored.contains(n.rule())).toList());
  }

  private boolean isIgnored(Finding finding) {
    List<String> nodes = finding.nodes();
    return ignored.contains(finding.rule())
        || !nodes.isEmpty()
            && nodes.stream().allMatch(n -> ignored.contains(finding.rule() + "@" + n));
  }

  /**
   * Worst first; what still holds before what was mended; causes before consequences; widest first;
   * then by name.
   */
  private static List<Finding> order(List<Finding> findings) {
    return findings.stream()
        .sorted(
            Comparator.comparing(Finding::severity)
                .reversed()
                .thenComparing(f -> f.mended().isPresent())
                .thenComparing(f -> findings.stream().anyMatch(cause -> explains(cause, f)))
                .thenComparing(Comparator.comparing(Finding::certainty).reversed())
                .thenComparingInt(f -> -f.affects().size())
                .thenComparing(Finding::rule)
                .thenComparing(
                    f -> f.nodes().isEmpty() ? "" : f.nodes().getFirst(), Snapshot.NATURAL_ORDER)
                .thenComparing(Finding::key))
        .toList();
  }

  private List<Ranked> rank(List<Finding> ordered, ClusterView latest) {
    Set<Pair> before = Reachability.brokenPairs(ordered);
    List<Ranked> ranked = new ArrayList<>();
    for (int i = 0; i < ordered.size(); i++) {
      Finding finding = ordered.get(i);
      List<String> causes = new ArrayList<>();
      for (int j = 0; j < ordered.size(); j++) {
        if (j != i && explains(ordered.get(j), finding)) {
          causes.add("F" + (j + 1));
        }
      }
      ranked.add(
          new Ranked("F" + (i + 1), finding, causes, predict(finding, ordered, latest, before)));
    }
    return ranked;
  }

  /**
   * A cause shares a node with its consequence, is nobody's in particular, or quotes the
   * consequence as its own evidence.
   */
  private static boolean explains(Finding cause, Finding consequence) {
    if (!consequence.explainedBy().contains(cause.rule())) {
      return false;
    }
    List<String> nodes = consequence.nodes();
    boolean quotes =
        cause.evidence().stream()
            .anyMatch(e ->
                consequence.culprits().stream()
                    .anyMatch(c -> c.from().filter(e.from()::equals).isPresent()));
    if (quotes) {
      return true;
    }
    return cause.nodes().isEmpty()
        || nodes.isEmpty()
        || cause.nodes().stream().anyMatch(nodes::contains)
        || cause.affects().stream().anyMatch(consequence.affects()::contains);
  }

  private Optional<Prediction> predict(
      Finding finding, List<Finding> ordered, ClusterView latest, Set<Pair> before) {
    if (finding.mended().isPresent() || finding.fix().isEmpty()) {
      return Optional.empty();
    }
    Snapshot changed = finding.fix().get().applyTo(latest.snapshot());
    if (changed.sameValues(latest.snapshot())) {
      return Optional.empty();
    }
    List<Finding> left = heeded(ask(ClusterView.ofSameCluster(changed, latest))).findings();
    Set<Pair> after = Reachability.brokenPairs(left);
    int healed = (int) before.stream().filter(p -> !after.contains(p)).count();
    int harmed = (int) after.stream().filter(p -> !before.contains(p)).count();
    return Optional.of(
        new Prediction(healed, harmed, before.size() - healed, needsToo(finding, ordered, left)));
  }

  /** Findings that are left with the fix and break pairs that this one breaks. */
  private static List<String> needsToo(Finding finding, List<Finding> ordered, List<Finding> left) {
    if (!Reachability.breaksPairs(finding)) {
      return List.of();
    }
    Set<String> breaking = new HashSet<>();
    left.stream()
        .filter(Reachability::breaksPairs)
        .filter(f -> f.affects().stream().anyMatch(finding.affects()::contains))
        .forEach(f -> breaking.add(f.key()));
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < ordered.size(); i++) {
      if (!ordered.get(i).key().equals(finding.key()) && breaking.contains(ordered.get(i).key())) {
        ids.add("F" + (i + 1));
      }
    }
    return ids;
  }
}
