package io.podpath.tui.cli;

import io.podpath.core.compare.Comparer;
import io.podpath.core.compare.Comparison;
import io.podpath.core.rule.Diagnosis;
import io.podpath.core.rule.Diagnostician;
import io.podpath.core.snapshot.History;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.tui.report.ComparedNodes;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code podpath compare}. */
@Command(
    name = "compare",
    description = "Holds nodes against the working data plane, entry by entry.",
    customSynopsis = {
      "podpath compare [NODE] --from FILE [--with blueprint|lab]",
      "       podpath compare NODE --from FILE --with node NAME",
      "       podpath compare [NODE] --from FILE --with snapshot FILE"
    },
    sortOptions = false,
    footer = {
      "",
      "Exit code: 0 the same, 1 differs, 2 wrong usage, 3 nothing differs but not all was read; see podpath help exit-codes"
    })
final class CompareCommand implements Callable<Integer> {

  private final Surroundings surroundings;

  @Parameters(
      arity = "0..1",
      paramLabel = "NODE",
      description = "The node to look at (default: all of them).")
  private Optional<String> node = Optional.empty();

  @Option(
      names = "--with",
      arity = "1..2",
      paramLabel = "blueprint|node NAME|snapshot FILE|lab",
      description =
          "What to hold it against: the blueprint of a working cluster (default), another node, an earlier snapshot, or a lab built like the cluster and proven to forward.")
  private List<String> with = List.of("blueprint");

  @Mixin private SourceOptions source;
  @Mixin private CompareOptions options;

  CompareCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Refusal {
    takeBackNode();
    source.check(source.named(), noInput());
    AnswerOptions.Answer target = options.prepare(surroundings, source.named());
    History history = source.load(surroundings, source.named()).history();
    Snapshot snapshot = history.latest();
    List<NodeState> nodes = wanted(snapshot);
    Reference reference = reference(snapshot);
    List<Comparison> comparisons = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    for (NodeState one : nodes) {
      Optional<Reference.Expected> expected = reference.lookup().of(one);
      if (expected.isEmpty()) {
        unknown.add(one.name());
        continue;
      }
      Comparer comparer = options.comparer(expected.get().yardstick());
      comparisons.add(comparer.nodes(one, expected.get().node()));
    }
    ComparedNodes compared =
        new ComparedNodes(
            reference.name(),
            false,
            snapshot.takenAt(),
            comparisons,
            unknown,
            reference.whole(),
            reference.assumed(),
            diagnosis(comparisons, history));
    return options.give(compared, surroundings, target);
  }

  /** Tells which finding an entry belongs to; without a difference nobody asks. */
  private Optional<Diagnosis> diagnosis(List<Comparison> comparisons, History history) {
    return comparisons.stream().anyMatch(Comparison::differs)
        ? Optional.of(
            new Diagnostician(surroundings.rules().get().rules(), Set.of()).diagnose(history))
        : Optional.empty();
  }

  /** {@code --with blueprint NODE}: only node and snapshot take a word of their own. */
  private void takeBackNode() throws Refusal {
    boolean takesWord = with.getFirst().equals("node") || with.getFirst().equals("snapshot");
    if (!takesWord && with.size() == 2) {
      if (node.isPresent()) {
        throw new Refusal(
            "--with " + with.getFirst() + " " + with.getLast() + ": one word too many");
      }
      node = Optional.of(with.getLast());
    }
    if (takesWord && with.size() < 2) {
      throw new Refusal(
          "--with "
              + with.getFirst()
              + (with.getFirst().equals("node") ? " NAME: name the node" : " FILE: name the file"));
    }
  }

  private String noInput() {
    return """
    name an input, gathering from live nodes comes later
      %1$s compare NODE --from FILE      a bundle, a directory of outputs or pasted terminal text
      %1$s compare NODE --example NAME   a recorded cluster
      %1$s compare NODE --lab            the lab that is up\
    """
        .formatted(surroundings.program());
  }

  private List<NodeState> wanted(Snapshot snapshot) throws Refusal {
    if (node.isEmpty()) {
      if (snapshot.nodes().isEmpty()) {
        throw new Refusal("there is no node in the input");
      }
      return List.copyOf(snapshot.nodes().values());
    }
    String name = node.get();
    return List.of(
        snapshot
            .node(name)
            .orElseThrow(() -> {
              List<String> names = List.copyOf(snapshot.nodes().keySet());
              String hint = Nearest.hint(name, names);
              return new Refusal(
                  "there is no node "
                      + name
                      + " in the input"
                      + (hint.isEmpty() ? "; there are " + String.join(", ", names) : hint));
            }));
  }

  private Reference reference(Snapshot snapshot) throws Refusal {
    return switch (with.getFirst()) {
      case "blueprint" -> Reference.blueprint(snapshot);
      case "node" -> Reference.node(snapshot, with.getLast());
      case "snapshot" ->
          Reference.snapshot(
              with.getLast(),
              surroundings
                  .inputs()
                  .read(List.of(with.getLast()), InputStream.nullInputStream())
                  .history()
                  .latest());
      case "lab" -> LabReference.of(snapshot, surroundings);
      default ->
          throw new Refusal(
              "--with "
                  + with.getFirst()
                  + ": there are blueprint, node NAME, snapshot FILE and lab");
    };
  }
}
