package io.podpath.probes.bundle;

import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.History;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.core.snapshot.SnapshotBuilder;
import io.podpath.core.snapshot.Source;
import io.podpath.probes.bundle.Located.Age;
import io.podpath.probes.bundle.Located.Owner;
import io.podpath.probes.bundle.PieceReader.Piece;
import io.podpath.probes.bundle.PieceReader.What;
import io.podpath.probes.bundle.Recognition.Outcome;
import io.podpath.probes.parse.Parsers;
import io.podpath.probes.parse.Reading;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Makes a history of the texts of a bundle or of loose files. */
final class Assembly {

  /** Below what a node's own file tells of the same. */
  private static final int SHARED_RANK = 1;

  private final Arrangement arrangement;
  private final PieceReader reader;
  private final Intake intake;

  Assembly(Arrangement arrangement, Parsers parsers, Intake intake) {
    this.arrangement = arrangement;
    this.reader = new PieceReader(parsers, arrangement.index(), arrangement.texts().size() == 1);
    this.intake = intake;
  }

  History assemble() {
    List<Piece> read = arrangement.texts().parallelStream().map(reader::read).toList();
    List<Piece> pieces = arrangement.isBundle() ? read : new Clashes(reader, intake).apart(read);
    pieces.forEach(this::note);
    List<Piece> now = pieces.stream().filter(p -> p.located().age() == Age.NOW).toList();
    Sessions sessions = new Sessions(intake, arrangement.isBundle());
    pieces.forEach(sessions::add);
    return sessions.history(earlier(pieces), snapshot(now));
  }

  /** What was, when some files tell of it: they stand for those that show the same thing later. */
  private Optional<Snapshot> earlier(List<Piece> pieces) {
    Set<String> replaced = new HashSet<>();
    for (Piece piece : pieces) {
      if (piece.located().age() == Age.BEFORE) {
        replaced.add(place(piece));
      }
    }
    return replaced.isEmpty()
        ? Optional.empty()
        : Optional.of(
            snapshot(
                pieces.stream()
                    .filter(p -> p.located().age() == Age.BEFORE || !replaced.contains(place(p)))
                    .toList()));
  }

  private static String place(Piece piece) {
    return piece.located().place() instanceof Place.Output o
        ? o.home() + "\n" + PieceReader.key(o)
        : "";
  }

  private Snapshot snapshot(List<Piece> pieces) {
    SnapshotBuilder builder = new SnapshotBuilder();
    arrangement.index().takenAt().ifPresent(builder::takenAt);
    arrangement.index().nodes().forEach(n -> builder.node(n, true));
    for (Piece piece : pieces) {
      Optional<Owner> owner = piece.located().owner();
      if (piece.what() instanceof What.Output(var outcome)) {
        // a loose text may tell of the cluster only, or of nothing
        owner.filter(o -> arrangement.isBundle()).ifPresent(o -> builder.node(o.node(), o.named()));
        add(builder, owner, piece.source(), outcome);
      }
      addShared(builder, piece);
    }
    addMissing(builder, pieces);
    CniDirectory.addTo(builder, pieces, arrangement.index());
    return builder.build();
  }

  private static void add(
      SnapshotBuilder builder, Optional<Owner> owner, Source source, Outcome outcome) {
    switch (outcome) {
      case Outcome.Read(var reading) -> {
        reading.parts().stream()
            .filter(p -> counts(owner, p.section()))
            .forEach(p -> addPart(builder, owner, source.netns(), p));
        builder.unread(reading.unread().stream().filter(u -> counts(owner, u.section())).toList());
      }
      case Outcome.Failed(var tables, var reason) ->
          addGaps(builder, owner, source.netns(), tables, reason);
      case Outcome.Unrecognised(var why) -> {}
    }
  }

  /** A text of no node can tell of the cluster only. */
  private static boolean counts(Optional<Owner> owner, Section<?> section) {
    return owner.isPresent() || section.scope() == Section.Scope.CLUSTER;
  }

  /**
   * kubeadm keeps kube-proxy's configuration in one ConfigMap, which its pods on all nodes read.
   */
  private static void addShared(SnapshotBuilder builder, Piece piece) {
    boolean cluster = piece.located().place() instanceof Place.ClusterFile;
    if (cluster && piece.what() instanceof What.Output(Outcome.Read(var reading))) {
      reading.parts().stream()
          .filter(p -> p.section().equals(Section.KUBE_PROXY_CONFIG))
          .forEach(p -> addShared(builder, p));
    }
  }

  private static <T> void addShared(SnapshotBuilder builder, Reading.Part<T> part) {
    builder.addToEveryNode(part.section(), part.entries(), SHARED_RANK);
  }

  private static <T> void addPart(
      SnapshotBuilder builder, Optional<Owner> owner, String netns, Reading.Part<T> part) {
    builder.add(name(owner), machine(owner), netns, part.section(), part.entries(), part.rank());
  }

  private static void addGaps(
      SnapshotBuilder builder, Optional<Owner> owner, String netns, Reading tables, String reason) {
    tables.parts().stream()
        .filter(p -> counts(owner, p.section()))
        .forEach(p -> addGap(builder, owner, netns, p.section(), reason));
  }

  private static <T> void addGap(
      SnapshotBuilder builder,
      Optional<Owner> owner,
      String netns,
      Section<T> section,
      String reason) {
    // whatever else tells of this table ranks higher
    builder.add(name(owner), machine(owner), netns, section, Entries.notGathered(reason), -1);
  }

  private static String name(Optional<Owner> owner) {
    return owner.map(Owner::node).orElse("");
  }

  private static boolean machine(Optional<Owner> owner) {
    return owner.map(Owner::named).orElse(false);
  }

  private void note(Piece piece) {
    String file = piece.source().file();
    switch (piece.what()) {
      case What.Output(var outcome) -> note(piece, file, outcome);
      case What.Session(var history) -> {
        Snapshot end = history.latest();
        if (end.nodes().isEmpty() && end.cluster().isEmpty()) {
          intake.note(file, Recognition.NOT_RECOGNISED);
        }
      }
    }
  }

  private void note(Piece piece, String file, Outcome outcome) {
    switch (outcome) {
      case Outcome.Read(var reading) -> {
        Optional<Owner> owner = piece.located().owner();
        if (!reading.parts().isEmpty()
            && reading.parts().stream().noneMatch(p -> counts(owner, p.section()))) {
          intake.note(
              file, "not used: it lies outside of nodes/ and does not say which node it is of");
        }
      }
      case Outcome.Failed(var tables, var reason) -> intake.note(file, reason);
      case Outcome.Unrecognised(var why) ->
          intake.note(file, piece.source().text().isBlank() ? "is empty" : why);
    }
  }

  /** Sections the index names and for which there is no file. */
  private void addMissing(SnapshotBuilder builder, List<Piece> pieces) {
    BundleIndex index = arrangement.index();
    Set<String> present = new HashSet<>();
    for (Piece piece : pieces) {
      if (piece.located().place() instanceof Place.Output o) {
        present.add(o.node() + "/" + PieceReader.key(o));
      }
    }
    for (String node : new TreeSet<>(index.nodes())) {
      Optional<Owner> owner = Optional.of(new Owner(node, "", true));
      new TreeMap<>(index.sections(node))
          .forEach((name, run) -> {
            if (run.command().isPresent() && !present.contains(node + "/" + name)) {
              List<String> parts = NamedText.parts(name);
              String netns =
                  parts.size() == 3 && parts.getFirst().equals("pods") ? parts.get(1) : Source.HOST;
              Source source = Source.ofFile("nodes/" + node + "/" + name, "").onNode(node, netns);
              Reading tables = reader.missing(source, run.command().get());
              addGaps(
                  builder,
                  owner,
                  netns,
                  tables,
                  run.failure().orElse("the bundle has no file for this section"));
            }
          });
    }
  }
}
