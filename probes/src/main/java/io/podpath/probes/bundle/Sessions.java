package io.podpath.probes.bundle;

import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.History;
import io.podpath.core.snapshot.History.Moment;
import io.podpath.core.snapshot.History.RunCommand;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.core.snapshot.SnapshotBuilder;
import io.podpath.core.snapshot.Source;
import io.podpath.probes.bundle.PieceReader.Piece;
import io.podpath.probes.bundle.PieceReader.What;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Transcripts among the texts of an input, put together with the rest: one after the other, in the
 * order of their names.
 */
final class Sessions {

  /** More states than this are not told apart. */
  private static final int MOST_MOMENTS = 64;

  private final Intake intake;
  private final boolean bundle;
  private final List<Told> sessions = new ArrayList<>();

  /**
   * @param node whose directory the transcript lies in; it is where its commands ran
   */
  private record Told(Optional<Located.Owner> node, String file, History history) {

    /** Transcripts without a host name in the prompt each have an unnamed machine of their own. */
    String nameOf(String inTranscript, boolean several) {
      boolean unnamed = inTranscript.startsWith("unnamed-");
      return node.map(Located.Owner::node)
          .orElse(unnamed && several ? inTranscript + " of " + file : inTranscript);
    }
  }

  /**
   * @param bundle whether directories name nodes for certain
   */
  Sessions(Intake intake, boolean bundle) {
    this.intake = intake;
    this.bundle = bundle;
  }

  void add(Piece piece) {
    if (!(piece.what() instanceof What.Session(var history))) {
      return;
    }
    boolean bundled = bundle && piece.located().owner().isPresent();
    boolean severalNodes =
        history.moments().stream().anyMatch(m -> m.snapshot().nodes().size() > 1);
    if (bundled && severalNodes) {
      intake.note(
          piece.source().file(),
          "not used: it shows a session on several nodes and lies in the directory of one");
      return;
    }
    sessions.add(
        new Told(
            bundled ? piece.located().owner() : Optional.empty(), piece.source().file(), history));
  }

  /**
   * @param earlier the state before, where files tell of it
   * @param base what the other texts tell
   */
  History history(Optional<Snapshot> earlier, Snapshot base) {
    boolean nothingElse = earlier.isEmpty() && base.nodes().isEmpty() && base.cluster().isEmpty();
    if (sessions.size() == 1 && nothingElse && sessions.getFirst().node().isEmpty()) {
      return sessions.getFirst().history();
    }
    List<Moment> moments = new ArrayList<>();
    earlier.ifPresent(e -> moments.add(new Moment(joined(e, new int[sessions.size()]), List.of())));
    int[] reached = new int[sessions.size()];
    List<RunCommand> first = sessions.stream().flatMap(s -> commands(s, 0).stream()).toList();
    moments.add(new Moment(joined(base, reached), first));
    for (int i = 0; i < reached.length; i++) {
      List<Moment> own = sessions.get(i).history().moments();
      for (int k = 1; k < own.size(); k++) {
        reached[i] = k;
        moments.add(new Moment(joined(base, reached), commands(sessions.get(i), k)));
      }
    }
    return new History(moments.subList(Math.max(0, moments.size() - MOST_MOMENTS), moments.size()));
  }

  private List<RunCommand> commands(Told told, int moment) {
    return told.history().moments().get(moment).since().stream()
        .map(c ->
            new RunCommand(
                c.node().map(n -> told.nameOf(n, sessions.size() > 1)), c.command(), c.from()))
        .toList();
  }

  private Snapshot joined(Snapshot base, int[] reached) {
    if (sessions.isEmpty()) {
      return base;
    }
    SnapshotBuilder builder = new SnapshotBuilder();
    base.takenAt().ifPresent(builder::takenAt);
    addAll(builder, base, new Told(Optional.empty(), "", History.of(base)));
    for (int i = 0; i < reached.length; i++) {
      addAll(
          builder, sessions.get(i).history().moments().get(reached[i]).snapshot(), sessions.get(i));
    }
    return builder.build();
  }

  private void addAll(SnapshotBuilder builder, Snapshot snapshot, Told told) {
    addFacts(builder, "", false, Source.HOST, snapshot.cluster());
    for (NodeState node : snapshot.nodes().values()) {
      String name = told.nameOf(node.name(), sessions.size() > 1);
      boolean machine = node.named() || told.node().isPresent();
      builder.node(name, machine);
      addFacts(builder, name, machine, Source.HOST, node.host());
      node.pods().forEach((netns, facts) -> addFacts(builder, name, machine, netns, facts));
    }
    builder.unread(snapshot.unread());
  }

  private static void addFacts(
      SnapshotBuilder builder, String node, boolean machine, String netns, Facts facts) {
    facts.sections().forEach(section -> addTable(builder, node, machine, netns, facts, section));
  }

  private static <T> void addTable(
      SnapshotBuilder builder,
      String node,
      boolean machine,
      String netns,
      Facts facts,
      Section<T> section) {
    // all at one rank: which tool told it was settled when its snapshot was made
    builder.add(node, machine, netns, section, facts.get(section), 20);
  }
}
