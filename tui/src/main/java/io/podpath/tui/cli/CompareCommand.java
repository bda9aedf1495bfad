package io.podpath.tui.cli;

import io.podpath.core.compare.Comparer;
import io.podpath.core.compare.Comparison;
import io.podpath.core.rule.Diagnosis;
import io.podpath.core.rule.Diagnostician;
import io.podpath.core.snapshot.History;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.tui.report.ComparedNodes;
import io.podpath.tui.report.ComparedNodes.NotCompared;
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
    List<NotCompared> unknown = new ArrayList<>();
    if (node.isEmpty()) {
      snapshot.nodeNames().stream()
          .filter(n -> snapshot.node(n).isEmpty())
          .forEach(n -> unknown.add(new NotCompared(n, "nothing of it was read")));
    }
    for (NodeState one : nodes) {
      Optional<Reference.Expected> expected = reference.lookup().of(one);
      if (expected.isEmpty()) {
        unknown.add(new NotCompared(one.name(), "nothing to hold it against"));
        continue;
      }
      Comparer comparer = options.comparer(expected.get().yardstick());
      comparisons.add(comparer.nodes(one, expected.get().node()));
    }
    ComparedNodes compared =
        new ComparedNodes(
            reference.name(),
            reference.working(),
            false,
            snapshot.takenAt(),
            comparisons,
            unknown,
            reference.whole(),
            reference.assumed(),
            diagnosis(reference, comparisons, history));
    return options.give(compared, surroundings, target);
  }

  /**
   * Tells which finding an entry belongs to, and whether the objects that a blueprint is drawn from
   * are right themselves.
   */
  private Optional<Diagnosis> diagnosis(
      Reference reference, List<Comparison> comparisons, History history) {
    return reference.working() || comparisons.stream().anyMatch(Comparison::differs)
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
      return snapshot.nodes().values().stream()
          .filter(n -> otherNode().filter(n.name()::equals).isEmpty())
          .toList();
    }
    String name = node.get();
    if (otherNode().filter(name::equals).isPresent()) {
      throw new Refusal(
          "--with node " + name + ": name another node than the one that is looked at");
    }
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

  /** The node that the others are held against. */
  private Optional<String> otherNode() {
    return with.getFirst().equals("node") ? Optional.of(with.getLast()) : Optional.empty();
  }

  private Reference reference(Snapshot snapshot) throws Refusal {
    return switch (with.getFirst()) {
      case "blueprint" -> Reference.blueprint(snapshot);
      case "node" -> Reference.node(snapshot, with.getLast());
      case "snapshot" -> Reference.snapshot(with.getLast(), before(with.getLast()));
      case "lab" -> LabReference.of(snapshot, surroundings);
      default ->
          throw new Refusal(
              "--with "
                  + with.getFirst()
                  + ": there are blueprint, node NAME, snapshot FILE and lab");
    };
  }

  private Snapshot before(String file) throws Refusal {
    if (file.equals("-") && source.named().contains("-")) {
      throw new Refusal(
          "--from - and --with snapshot -: only one of the two can be read from standard input");
    }
    return surroundings.inputs().read(List.of(file), surroundings.in()).history().latest();
  }
}
