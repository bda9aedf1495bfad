package io.podpath.core.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What one rule has to say of one snapshot. A rule that does not apply says nothing. */
public record Outcome(List<Finding> findings, List<NotChecked> notChecked) {

  public Outcome {
    findings = List.copyOf(findings);
    notChecked = List.copyOf(notChecked);
  }

  /** Collects an outcome. */
  public static final class Collector {
    private final String rule;
    private final List<Finding> findings = new ArrayList<>();
    private final List<NotChecked> notChecked = new ArrayList<>();

    public Collector(Rule rule) {
      this.rule = rule.id();
    }

    public Collector found(Finding finding) {
      findings.add(finding);
      return this;
    }

    public Collector notChecked(String node, String reason) {
      notChecked.add(new NotChecked(rule, Optional.of(node), reason));
      return this;
    }

    /** What was gathered of the node may be the fault or not: it cannot be told. */
    public Collector undecided(String node, String reason) {
      notChecked.add(new NotChecked(rule, Optional.of(node), reason, true));
      return this;
    }

    public Collector notChecked(String reason) {
      notChecked.add(new NotChecked(rule, Optional.empty(), reason));
      return this;
    }

    public Outcome done() {
      return new Outcome(findings, notChecked.stream().distinct().toList());
    }
  }
}
