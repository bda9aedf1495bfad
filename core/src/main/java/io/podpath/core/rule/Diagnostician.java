package io.podpath.core.rule;

import io.podpath.core.rule.Diagnosis.BrokenPair;
import io.podpath.core.rule.Diagnosis.Prediction;
import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.rule.Diagnosis.Reach;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.History;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.core.walk.Disposition;
import io.podpath.core.walk.PodTrace;
import io.podpath.core.walk.WalkedPair;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

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
    List<Finding> found = Mending.overTime(history, outcomes);
    Reached reached = Reached.of(view, found);
    List<Judged> ordered = order(found.stream().map(f -> judge(f, view, reached)).toList());
    List<Ranked> ranked = rank(ordered, reached);
    List<Rule> asked = rules.stream().filter(r -> !ignored.contains(r.id())).toList();
    Survey survey = Survey.of(asked, view, outcomes.getLast().notChecked());
    return new Diagnosis(
        view.fabric(),
        view.serviceProxy(),
        history.latest().takenAt(),
        Essentials.nodes(view),
        Essentials.terminals(view),
        Roster.others(view, found),
        reach(ordered, reached, excused(all.getLast(), view, reached)),
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

  private Judged judge(Finding finding, ClusterView latest, Reached reached) {
    Optional<Proof> proof =
        Proof.of(finding, latest, reached, changed -> heeded(ask(changed)).findings());
    return Judged.of(finding, proof, reached);
  }

  /** Pairs that a finding explains which is left out on request. */
  private Set<Pair> excused(Outcome outcome, ClusterView latest, Reached reached) {
    return outcome.findings().stream()
        .filter(this::isIgnored)
        .map(f -> judge(f, latest, reached))
        .filter(Judged::explainsLosses)
        .flatMap(j -> j.affects().stream().filter(j::isHealedOrUntried))
        .map(Reached::key)
        .collect(Collectors.toSet());
  }

  /**
   * Worst first; what still holds before what was mended; causes before consequences; what explains
   * most first; then by name.
   */
  private static List<Judged> order(List<Judged> findings) {
    return findings.stream()
        .sorted(
            Comparator.comparing((Judged j) -> j.finding().severity())
                .reversed()
                .thenComparing(j -> j.finding().mended().isPresent())
                .thenComparing(j -> findings.stream().anyMatch(cause -> explains(cause, j)))
                .thenComparing(
                    Comparator.comparing((Judged j) -> j.finding().certainty()).reversed())
                .thenComparingInt(j -> -j.affects().size())
                .thenComparing(j -> j.finding().rule())
                .thenComparing(
                    j -> j.finding().nodes().isEmpty() ? "" : j.finding().nodes().getFirst(),
                    Snapshot.NATURAL_ORDER)
                .thenComparing(j -> j.finding().key()))
        .toList();
  }

  private static List<Ranked> rank(List<Judged> ordered, Reached reached) {
    int broken = reached.broken().size();
    List<Ranked> ranked = new ArrayList<>();
    for (int i = 0; i < ordered.size(); i++) {
      Judged judged = ordered.get(i);
      List<String> causes = new ArrayList<>();
      for (int j = 0; j < ordered.size(); j++) {
        if (j != i && explains(ordered.get(j), judged)) {
          causes.add(id(j));
        }
      }
      ranked.add(
          new Ranked(
              id(i),
              judged.finding(),
              judged.affects(),
              causes,
              judged.proof().map(p -> predicted(judged, p, ordered, broken)),
              example(judged, reached)));
    }
    return ranked;
  }

  private static String id(int index) {
    return "F" + (index + 1);
  }

  /** A lost request shows more than a lost answer. */
  private static Optional<PodTrace> example(Judged judged, Reached reached) {
    Comparator<Pair> answersLast =
        Comparator.comparing(p -> reached.walked(p).filter(WalkedPair::reply).isPresent());
    return judged.finding().mended().isPresent()
        ? Optional.empty()
        : judged.affects().stream()
            .filter(p -> reached.walked(p).filter(WalkedPair::isBroken).isPresent())
            .min(answersLast)
            .flatMap(reached::example);
  }

  /** A cause's fix takes its consequence away too, unless the rules know better. */
  private static boolean explains(Judged cause, Judged consequence) {
    return explains(cause.finding(), consequence.finding())
        || cause.takesAway(consequence) && !explains(consequence.finding(), cause.finding());
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

  private static Prediction predicted(
      Judged judged, Proof proof, List<Judged> ordered, int broken) {
    int healed = proof.healed().size();
    int unknown = proof.unknown().size();
    return new Prediction(
        healed,
        proof.harmed().size(),
        broken - healed - unknown,
        unknown,
        judged.proven(),
        needsToo(judged, proof, ordered));
  }

  /** Findings that are left with the fix and break pairs that this one breaks. */
  private static List<String> needsToo(Judged judged, Proof proof, List<Judged> ordered) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < ordered.size(); i++) {
      Judged other = ordered.get(i);
      boolean both =
          !other.finding().key().equals(judged.finding().key())
              && Reached.breaksPairs(judged.finding())
              && Reached.breaksPairs(other.finding())
              && proof.leaves(other.finding())
              && other.affects().stream()
                  .anyMatch(p -> judged.affects().contains(p) && !proof.mends(p));
      if (both) {
        ids.add(id(i));
      }
    }
    return ids;
  }

  private static Reach reach(List<Judged> ordered, Reached reached, Set<Pair> excused) {
    Map<Pair, List<Integer>> causes = new HashMap<>();
    for (int i = 0; i < ordered.size(); i++) {
      if (ordered.get(i).explainsLosses()) {
        for (Pair pair : ordered.get(i).affects()) {
          causes.computeIfAbsent(Reached.key(pair), p -> new ArrayList<>()).add(i);
        }
      }
    }
    List<BrokenPair> broken = new ArrayList<>();
    for (Pair pair : reached.broken()) {
      List<Integer> by = causes.getOrDefault(Reached.key(pair), List.of());
      // two causes of one loss need both fixes; what the only one's fix does not heal has another
      boolean explained =
          by.size() > 1 || by.stream().anyMatch(i -> ordered.get(i).isHealedOrUntried(pair));
      Optional<WalkedPair> walked = reached.walked(pair);
      Optional<Finding> first = by.stream().findFirst().map(i -> ordered.get(i).finding());
      boolean reply =
          walked
              .map(WalkedPair::reply)
              .orElseGet(() -> first.filter(f -> f.losesReplyOf(pair)).isPresent());
      broken.add(
          new BrokenPair(
              pair.from(),
              pair.to(),
              walked
                  .map(WalkedPair::disposition)
                  .or(() -> first.map(f -> f.dispositionOf(pair)))
                  .orElse(Disposition.INSUFFICIENT_INFO),
              reply ? "reply" : "forward",
              by.stream().map(Diagnostician::id).toList(),
              explained || excused.contains(Reached.key(pair)),
              walked.flatMap(WalkedPair::broken)));
    }
    int pairs = reached.pairs();
    int delivered = reached.delivered();
    return new Reach(
        pairs,
        delivered,
        broken.size(),
        pairs - delivered - broken.size(),
        reached.open(),
        reached.isSampled(),
        broken);
  }
}
