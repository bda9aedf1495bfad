package io.podpath.tui.report;

import io.podpath.core.compare.Comparison;
import io.podpath.core.compare.Difference;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.Diagnosis;
import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.rule.EntryState;
import io.podpath.core.rule.Severity;
import java.util.List;
import java.util.Optional;

/**
 * All nodes that were held against something.
 *
 * @param expected what they were held against
 * @param working whether that shall be a working data plane, so that who is as it is well
 * @param inTime whether these are two states of one cluster, the expected one before the other
 * @param takenAt when the nodes were read, as far as known
 * @param unknown nodes that could not be held against anything, each with why
 * @param whole whether all that is expected of the nodes is known
 * @param assumed what was not read and had to be taken as usual
 * @param diagnosis of the nodes; empty where none was made
 */
public record ComparedNodes(
    String expected,
    boolean working,
    boolean inTime,
    Optional<String> takenAt,
    List<Comparison> nodes,
    List<NotCompared> unknown,
    boolean whole,
    List<String> assumed,
    Optional<Diagnosis> diagnosis) {

  /** A node that could not be held against anything. */
  public record NotCompared(String node, String why) {}

  public ComparedNodes {
    nodes = List.copyOf(nodes);
    unknown = List.copyOf(unknown);
    assumed = List.copyOf(assumed);
  }

  public boolean differs() {
    return nodes.stream().anyMatch(Comparison::differs);
  }

  /** Whether nothing differs, and that could be told of everything. */
  boolean isProvenSame() {
    return unknown.isEmpty()
        && isSound()
        && !nodes.isEmpty()
        && nodes.stream().allMatch(Comparison::isProvenSame);
  }

  private boolean isSound() {
    return whole && beside().isEmpty();
  }

  /**
   * Whether being as expected is being well: all that is expected is known, and nothing is known to
   * be wrong there, or with the cluster's own objects of which it is drawn.
   */
  boolean isSoundFor(String node) {
    return whole
        && beside().stream()
            .flatMap(r -> r.finding().culprits().stream())
            .allMatch(c -> c.node().filter(n -> !n.equals(node)).isPresent());
  }

  /**
   * What is known to be wrong, and is no difference: a blueprint drawn from wrong objects is as
   * wrong as they are.
   */
  List<Ranked> beside() {
    return working
        ? diagnosis.stream()
            .flatMap(d -> d.findings().stream())
            .filter(r -> r.finding().severity().compareTo(Severity.INFO) > 0)
            .filter(r ->
                nodes.stream()
                    .noneMatch(n -> n.differences().anyMatch(d -> isAbout(r, n.node(), d))))
            .toList()
        : List.of();
  }

  private static boolean isAbout(Ranked ranked, String node, Difference difference) {
    return ranked.finding().culprits().stream().anyMatch(c -> names(c, node, difference));
  }

  public ExitCode exitCode(boolean allowPartial) {
    return differs()
        ? ExitCode.FINDINGS
        : isProvenSame() || allowPartial ? ExitCode.OK : ExitCode.TOO_LITTLE;
  }

  /** The finding that names this entry. */
  Optional<String> finding(String node, Difference difference) {
    return diagnosis.stream()
        .flatMap(d -> d.findings().stream())
        .filter(r -> isAbout(r, node, difference))
        .map(Ranked::id)
        .findFirst();
  }

  private static boolean names(Culprit culprit, String node, Difference difference) {
    if (culprit.node().filter(node::equals).isEmpty()) {
      return false;
    }
    return switch (difference) {
      case Difference.Missing(var row) ->
          culprit.state() == EntryState.MISSING
              && (row.text().contains(culprit.entry()) || culprit.entry().contains(row.key()));
      case Difference.Extra(var row) -> culprit.from().filter(row.from()::equals).isPresent();
      case Difference.Differs(var row, var expected, var changes) ->
          culprit.from().filter(row.from()::equals).isPresent();
    };
  }
}
