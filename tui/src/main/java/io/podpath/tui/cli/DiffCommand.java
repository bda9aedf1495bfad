package io.podpath.tui.cli;

import io.podpath.core.compare.Comparer;
import io.podpath.core.compare.Comparison;
import io.podpath.core.compare.Yardstick;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.tui.report.ComparedNodes;
import io.podpath.tui.report.ComparedNodes.NotCompared;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code podpath diff}. */
@Command(
    name = "diff",
    description = "What changed between two snapshots, in meaning, not in text.",
    customSynopsis = "podpath diff [OPTIONS] BEFORE AFTER",
    sortOptions = false,
    footer = {
      "",
      "Exit code: 0 the same, 1 differs, 2 wrong usage, 3 nothing differs but not all was read; see podpath help exit-codes"
    })
final class DiffCommand implements Callable<Integer> {

  private final Surroundings surroundings;

  @Parameters(
      index = "0",
      paramLabel = "BEFORE",
      description = "Bundle, directory of outputs or pasted terminal text.")
  private String before = "";

  @Parameters(index = "1", paramLabel = "AFTER", description = "The same, later.")
  private String after = "";

  @Mixin private CompareOptions options;

  DiffCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Refusal {
    AnswerOptions.Answer target = options.prepare(surroundings, List.of(before, after));
    if (before.equals("-") && after.equals("-")) {
      throw new Refusal("diff - -: only one of the two can be read from standard input");
    }
    Snapshot older = latest(before);
    Snapshot newer = latest(after);
    Comparer comparer = options.comparer(Yardstick.sameMachine());
    List<Comparison> comparisons = new ArrayList<>();
    List<NotCompared> unknown = new ArrayList<>();
    comparisons.add(comparer.clusters(newer.cluster(), older.cluster()));
    NavigableSet<String> names = new TreeSet<>(older.nodeNames());
    names.addAll(newer.nodeNames());
    for (String name : names) {
      Optional<NodeState> then = older.node(name);
      Optional<NodeState> now = newer.node(name);
      now.ifPresent(n -> then.ifPresent(t -> comparisons.add(comparer.nodes(n, t))));
      if (now.isEmpty() || then.isEmpty()) {
        unknown.add(
            new NotCompared(
                name,
                now.isPresent()
                    ? "only in " + after
                    : then.isPresent() ? "only in " + before : "nothing of it was read"));
      }
    }
    ComparedNodes compared =
        new ComparedNodes(
            before,
            false,
            true,
            newer.takenAt(),
            comparisons,
            unknown,
            true,
            List.of(),
            Optional.empty());
    return options.give(compared, surroundings, target);
  }

  private Snapshot latest(String file) throws Refusal {
    return surroundings.inputs().read(List.of(file), surroundings.in()).history().latest();
  }
}
