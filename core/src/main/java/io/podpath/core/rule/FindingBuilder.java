package io.podpath.core.rule;

import io.podpath.core.fix.Fix;
import io.podpath.core.walk.Disposition;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Puts a finding together where its parts turn up one after the other. */
public final class FindingBuilder {

  private final String rule;
  private final Severity severity;
  private Certainty certainty = Certainty.PROVEN;
  private String doubt = "";
  private String title = "";
  private String why = "";
  private String expected = "";
  private final Set<Culprit> culprits = new LinkedHashSet<>();
  private final Set<Evidence> evidence = new LinkedHashSet<>();
  private final Set<Pair> affects = new LinkedHashSet<>();
  private Disposition disposition = Disposition.INSUFFICIENT_INFO;
  private final List<String> seeByHand = new ArrayList<>();
  private final Set<String> explainedBy = new LinkedHashSet<>();
  private Optional<Fix> fix = Optional.empty();

  public FindingBuilder(Rule rule, Severity severity) {
    this.rule = rule.id();
    this.severity = severity;
  }

  public FindingBuilder certainty(Certainty value) {
    certainty = value;
    return this;
  }

  /** What was not gathered and could speak against it. */
  public FindingBuilder doubt(String text) {
    doubt = text;
    return this;
  }

  public FindingBuilder title(String sentence) {
    title = sentence;
    return this;
  }

  public FindingBuilder why(String text) {
    why = text;
    return this;
  }

  public FindingBuilder expected(String text) {
    expected = text;
    return this;
  }

  public FindingBuilder culprit(Culprit culprit) {
    culprits.add(culprit);
    return this;
  }

  public FindingBuilder evidence(Evidence item) {
    evidence.add(item);
    return this;
  }

  public FindingBuilder affects(String from, String to) {
    if (!from.equals(to)) {
      affects.add(new Pair(from, to));
    }
    return this;
  }

  /** Both directions: a lost answer cuts the pair as a lost request does. */
  public FindingBuilder affectsBothWays(String a, String b) {
    return affects(a, b).affects(b, a);
  }

  public FindingBuilder disposition(Disposition value) {
    disposition = value;
    return this;
  }

  public FindingBuilder seeByHand(String... commands) {
    seeByHand.addAll(List.of(commands));
    return this;
  }

  public FindingBuilder explainedBy(String... rules) {
    explainedBy.addAll(List.of(rules));
    return this;
  }

  public FindingBuilder fix(Fix value) {
    fix = Optional.of(value);
    return this;
  }

  public boolean hasCulprits() {
    return !culprits.isEmpty();
  }

  public Finding build() {
    return new Finding(
        rule,
        severity,
        certainty,
        certainty == Certainty.PROVEN ? "" : doubt,
        title,
        why,
        expected,
        List.copyOf(culprits),
        List.copyOf(evidence),
        List.copyOf(affects),
        disposition,
        seeByHand,
        explainedBy,
        fix,
        Optional.empty());
  }
}
