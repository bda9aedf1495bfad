package io.podpath.tui.report;

import io.podpath.core.compare.Comparison;
import io.podpath.core.compare.Difference;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.Diagnosis;
import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.rule.EntryState;
import java.util.List;
import java.util.Optional;

/**
 * All nodes that were held against something.
 *
 * @param expected what they were held against
 * @param inTime whether these are two states of one cluster, the expected one before the other
 * @param takenAt when the nodes were read, as far as known
 * @param unknown nodes that stand on one side only
 * @param whole whether all that is expected of the nodes is known
 * @param assumed what was not read and had to be taken as usual
 * @param diagnosis of the nodes; empty where none was made
 */
public record ComparedNodes(
    String expected,
    boolean inTime,
    Optional<String> takenAt,
    List<Comparison> nodes,
    List<String> unknown,
    boolean whole,
    List<String> assumed,
    Optional<Diagnosis> diagnosis) {

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
        && whole
        && !nodes.isEmpty()
        && nodes.stream().allMatch(Comparison::isProvenSame);
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
        .filter(r -> r.finding().culprits().stream().anyMatch(c -> names(c, node, difference)))
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
