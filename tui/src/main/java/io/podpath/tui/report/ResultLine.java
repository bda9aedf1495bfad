package io.podpath.tui.report;

import io.podpath.core.rule.Diagnosis;
import io.podpath.core.rule.Diagnosis.NodeCompleteness;
import io.podpath.core.rule.Diagnosis.NodeReport;
import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.rule.Diagnosis.Reach;
import io.podpath.core.rule.NotChecked;
import io.podpath.core.rule.Severity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The verdict in one sentence. */
final class ResultLine {

  private final Diagnosis diagnosis;
  private final Verdict verdict;

  ResultLine(Diagnosis diagnosis, Verdict verdict) {
    this.diagnosis = diagnosis;
    this.verdict = verdict;
  }

  String text() {
    List<String> parts = new ArrayList<>();
    switch (verdict.result()) {
      case HEALTHY -> {
        parts.add("healthy: " + nothing() + ", and all that counts was gathered of " + nodes());
        reach(parts);
      }
      case FINDINGS -> {
        reach(parts);
        counts(parts);
        if (diagnosis.findings().isEmpty()) {
          parts.add(nothing());
        }
        if (belowThreshold()) {
          parts.add("nothing at or above --fail-on " + verdict.threshold());
        }
      }
      case TOO_LITTLE -> {
        parts.add(tooLittle());
        if (diagnosis.findings().isEmpty() && !isEmpty()) {
          parts.add(nothing());
        }
        counts(parts);
        reach(parts);
      }
    }
    return String.join("; ", parts);
  }

  private boolean belowThreshold() {
    return !Verdict.reached(diagnosis, verdict.threshold());
  }

  private boolean isEmpty() {
    return diagnosis.nodes().isEmpty() && diagnosis.terminals().isEmpty();
  }

  private String tooLittle() {
    if (isEmpty()) {
      return "nothing to diagnose: the input holds no state of a node that podpath can read";
    }
    if (diagnosis.isLocallyEnough() && diagnosis.findings().isEmpty()) {
      List<String> names = diagnosis.nodes().stream().map(NodeReport::name).toList();
      return "nothing wrong found on "
          + NodeNames.brief(names)
          + (diagnosis.others().isEmpty() && names.size() > 1
              ? "; the pod network was not recognised, so podpath cannot say healthy"
              : "; the paths to other nodes need their state too");
    }
    return "too little was gathered to say healthy";
  }

  /** Counts only what could be checked; a failure of another pod network is no news. */
  private String nothing() {
    Set<String> checked = new HashSet<>(diagnosis.rulesChecked());
    Set<String> open =
        diagnosis.notChecked().stream().map(NotChecked::rule).collect(Collectors.toSet());
    int inPart = (int) open.stream().filter(checked::contains).count();
    int atAll = open.size() - inPart;
    List<String> parts = new ArrayList<>();
    if (inPart > 0) {
      parts.add(inPart + " of them not checked everywhere");
    }
    if (atAll > 0) {
      parts.add(atAll + (checked.isEmpty() ? "" : " more") + " could not be checked");
    }
    String rest = parts.isEmpty() ? "" : " (" + String.join(", ", parts) + ")";
    return checked.isEmpty()
        ? "no known failure could be checked"
        : "none of " + Count.of(checked.size(), "known failure") + " found" + rest;
  }

  private String nodes() {
    int nodes = diagnosis.nodes().size();
    return nodes == 1 ? "the one node" : "all " + nodes + " nodes";
  }

  private void reach(List<String> parts) {
    Reach reach = diagnosis.reach();
    if (reach.pairs() == 0) {
      return;
    }
    String pairs = Count.of(reach.pairs(), "node pair");
    List<String> words = new ArrayList<>();
    if (reach.broken() > 0) {
      words.add(reach.broken() + " of " + pairs + " broken");
    }
    if (reach.delivered() > 0) {
      words.add(
          words.isEmpty()
              ? reach.delivered() + " of " + pairs + " delivered"
              : reach.delivered() + " delivered");
    }
    // Where there is no pod to walk from, "unknown" would sound as if somebody had tried.
    String unknown = reach.delivered() + reach.open() > 0 ? "unknown" : "not walked";
    if (reach.unknown() > 0) {
      words.add(words.isEmpty() ? pairs + " " + unknown : reach.unknown() + " " + unknown);
    }
    parts.add(String.join(", ", words));
    if (reach.sampled()) {
      parts.add("one pod stands for all of its node (podpath reach --pods walks them all)");
    }
    explained(reach, parts);
  }

  /** Of many broken pairs, how few causes they have. */
  private void explained(Reach reach, List<String> parts) {
    int unexplained = reach.unexplained().size();
    int causes =
        (int)
            diagnosis.findings().stream()
                .filter(r ->
                    r.causedBy().isEmpty()
                        && reach.brokenPairs().stream()
                            .anyMatch(p -> p.findings().contains(r.id())))
                .count();
    if (causes > 0 && reach.broken() > 1) {
      String verb = causes == 1 ? " explains " : " explain ";
      int explained =
          (int)
              reach.brokenPairs().stream()
                  .filter(p -> p.explained() && !p.findings().isEmpty())
                  .count();
      parts.add(
          Count.of(causes, "cause")
              + verb
              + (explained == reach.broken() ? "all " + explained : explained + " of them"));
    }
    if (unexplained > 0) {
      parts.add(unexplained + " of no known cause");
    }
  }

  private void counts(List<String> parts) {
    List<String> words = new ArrayList<>();
    for (Severity severity : List.of(Severity.ERROR, Severity.WARNING, Severity.INFO)) {
      int count =
          (int)
              diagnosis.findings().stream().filter(r -> r.finding().severity() == severity).count();
      if (count > 0) {
        words.add(
            severity == Severity.INFO
                ? count + " for information"
                : Count.of(count, severity.toString()));
      }
    }
    if (diagnosis.suppressed() > 0) {
      words.add(Count.of(diagnosis.suppressed(), "finding") + " ignored on request");
    }
    if (!words.isEmpty()) {
      parts.add(String.join(", ", words));
    }
    List<Ranked> mended =
        diagnosis.findings().stream().filter(r -> r.finding().mended().isPresent()).toList();
    if (!mended.isEmpty()) {
      parts.add(
          mended.size() == diagnosis.findings().size()
              ? (mended.size() == 1
                  ? "mended later in the text"
                  : "all of them mended later in the text")
              : mended.size() + " of them mended later in the text");
    }
  }

  /** The mark before the sentence; the sentence says the same in words. */
  char mark() {
    return switch (verdict.result()) {
      case HEALTHY -> Marks.OK;
      case TOO_LITTLE -> Marks.WARNING;
      case FINDINGS ->
          diagnosis.worst().filter(w -> w == Severity.ERROR).isPresent()
                  || diagnosis.reach().broken() > 0
              ? Marks.ERROR
              : Marks.WARNING;
    };
  }

  static long count(Diagnosis diagnosis, NodeCompleteness state) {
    return diagnosis.nodes().stream().filter(n -> n.state() == state).count();
  }
}
