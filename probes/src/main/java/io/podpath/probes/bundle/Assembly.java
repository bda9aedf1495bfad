package io.podpath.probes.bundle;

import io.podpath.core.cni.DirectoryEntry;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.core.snapshot.SnapshotBuilder;
import io.podpath.core.snapshot.Source;
import io.podpath.probes.bundle.Recognition.Outcome;
import io.podpath.probes.parse.Reading;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Makes a snapshot of the texts of a bundle or of loose files. */
final class Assembly {

  static final String CNI_DIRECTORY = "/etc/cni/net.d";

  /** Lists of objects that a file of this name in {@code cluster/} holds whole. */
  private static final Set<String> RESOURCES =
      Set.of(
          "nodes",
          "pods",
          "services",
          "endpoints",
          "endpointslices",
          "configmaps",
          "ippools",
          "bgppeers",
          "bgpconfigurations",
          "blockaffinities",
          "ipamblocks",
          "networkpolicies",
          "events",
          "daemonsets",
          "felixconfigurations");

  private final Recognition recognition;
  private final Intake intake;
  private BundleIndex index = BundleIndex.NONE;

  Assembly(Recognition recognition, Intake intake) {
    this.recognition = recognition;
    this.intake = intake;
  }

  /** A text where it lies, and what it told. */
  private record Piece(NamedText text, Source source, Place place, Outcome outcome) {}

  private record Located(NamedText text, String shown, Place place) {}

  Snapshot assemble(BundleLayout layout) throws InputException {
    List<Located> located = locate(layout);
    checkNames(located);
    List<Piece> pieces = located.parallelStream().map(this::read).toList();
    SnapshotBuilder builder = new SnapshotBuilder();
    index.takenAt().ifPresent(builder::takenAt);
    index.nodes().forEach(n -> builder.node(n, true));
    pieces.forEach(p -> add(builder, p));
    addMissing(builder, pieces);
    addDirectories(builder, pieces);
    return builder.build();
  }

  /**
   * In the order of their paths, so that neither the file system nor the order of an archive
   * changes anything.
   */
  private List<Located> locate(BundleLayout layout) throws InputException {
    List<Located> located = new ArrayList<>();
    for (NamedText text : intake.texts()) {
      Place place = layout.place(text);
      if (place instanceof Place.Index) {
        index = BundleIndex.parse(text, intake);
      } else {
        located.add(new Located(text, BundleLayout.shown(text), place));
      }
    }
    located.sort(Comparator.comparing(Located::shown).thenComparing(l -> l.text().input()));
    return located;
  }

  /** Two directories for one node would be mixed into one machine. */
  private void checkNames(List<Located> located) throws InputException {
    Map<String, String> homes = new HashMap<>();
    Map<String, String> names = new HashMap<>();
    for (String node : index.nodes()) {
      names.put(node.toLowerCase(Locale.ROOT), node);
    }
    for (Located one : located) {
      Optional<Owner> owner = owner(one.place());
      if (owner.isEmpty()) {
        continue;
      }
      String key = owner.get().node().toLowerCase(Locale.ROOT);
      String name = names.putIfAbsent(key, owner.get().node());
      if (name != null && !name.equals(owner.get().node())) {
        throw new InputException(
            "%s: two nodes are named %s and %s, and node names do not differ by case alone; rename or leave out one"
                .formatted(one.text().input(), name, owner.get().node()));
      }
      String home = homes.putIfAbsent(key, owner.get().home());
      if (home != null && !home.equals(owner.get().home())) {
        throw new InputException(
            "node %s is there twice, in %s and in %s; give the recording of one time only, or compare the two with podpath diff"
                .formatted(owner.get().node(), home, owner.get().home()));
      }
    }
  }

  private record Owner(String node, String home, boolean named) {}

  private static Optional<Owner> owner(Place place) {
    return switch (place) {
      case Place.Output o -> Optional.of(new Owner(o.node(), o.home(), o.canonical()));
      case Place.NodeFile f -> Optional.of(new Owner(f.node(), f.home(), f.canonical()));
      case Place.NodeLog l -> Optional.of(new Owner(l.node(), l.home(), l.canonical()));
      case Place.CaptureFile c -> Optional.of(new Owner(c.node(), c.home(), c.canonical()));
      case Place.ClusterFile c -> Optional.empty();
      case Place.Index i -> Optional.empty();
      case Place.Stray s -> Optional.empty();
    };
  }

  private Piece read(Located located) {
    String netns = located.place() instanceof Place.Output o ? o.netns() : Source.HOST;
    Source plain = Source.ofFile(located.shown(), located.text().text());
    Source source = owner(located.place()).map(o -> plain.onNode(o.node(), netns)).orElse(plain);
    Optional<BundleIndex.Run> run = run(located.place());
    Optional<String> failure = run.flatMap(BundleIndex.Run::failure);
    Optional<String> recorded = run.flatMap(BundleIndex.Run::command);
    if (failure.isPresent() && source.text().isBlank()) {
      Reading tables =
          recorded.flatMap(c -> recognition.tablesOf(source, c)).orElse(Reading.NOTHING);
      return new Piece(
          located.text(), source, located.place(), new Outcome.Failed(tables, failure.get()));
    }
    Source told = failure.map(source::filteredBy).orElse(source);
    return new Piece(
        located.text(),
        told,
        located.place(),
        recognition.recognise(told, recorded, guess(located.place())));
  }

  private Optional<BundleIndex.Run> run(Place place) {
    return switch (place) {
      case Place.Output o -> Optional.ofNullable(index.sections(o.node()).get(key(o)));
      case Place.NodeFile f ->
          Optional.ofNullable(index.sections(f.node()).get("files" + f.absolute()));
      case Place.NodeLog l ->
          Optional.ofNullable(index.sections(l.node()).get("log/" + BundleLayout.stem(l.name())));
      case Place.ClusterFile c -> Optional.ofNullable(index.cluster().get(c.stem()));
      case Place.CaptureFile c -> Optional.empty();
      case Place.Index i -> Optional.empty();
      case Place.Stray s -> Optional.empty();
    };
  }

  private static String key(Place.Output output) {
    return output.netns().equals(Source.HOST)
        ? output.stem()
        : "pods/" + output.netns() + "/" + output.stem();
  }

  private static Optional<String> guess(Place place) {
    return switch (place) {
      case Place.Output o -> CommandNames.guess(o.stem());
      case Place.NodeFile f -> Optional.of("cat " + f.absolute());
      case Place.ClusterFile c ->
          RESOURCES.contains(c.stem())
              ? Optional.of(
                  "kubectl get "
                      + c.stem()
                      + " -A"
                      + (c.extension().equals("txt")
                          ? " -o wide"
                          : " -o " + (c.extension().equals("json") ? "json" : "yaml")))
              : CommandNames.guess(c.stem());
      case Place.Stray s -> CommandNames.guess(BundleLayout.stem(s.name()));
      case Place.NodeLog l -> Optional.empty();
      case Place.CaptureFile c -> Optional.empty();
      case Place.Index i -> Optional.empty();
    };
  }

  private void add(SnapshotBuilder builder, Piece piece) {
    Optional<Owner> owner = owner(piece.place());
    owner.ifPresent(o -> builder.node(o.node(), o.named()));
    switch (piece.outcome()) {
      case Outcome.Read(var reading) -> {
        boolean used = false;
        for (Reading.Part<?> part : reading.parts()) {
          used |= addPart(builder, owner, piece.source(), part);
        }
        if (!used && owner.isEmpty()) {
          intake.note(
              piece.source().file(),
              "not used: it lies outside of nodes/ and does not say which node it is of");
        }
        builder.unread(
            reading.unread().stream()
                .filter(u -> owner.isPresent() || u.section().scope() == Section.Scope.CLUSTER)
                .toList());
      }
      case Outcome.Failed(var tables, var reason) -> {
        intake.note(piece.source().file(), reason);
        addNotGathered(builder, owner, piece.source().netns(), tables, reason);
      }
      case Outcome.Unrecognised() -> unrecognised(piece);
    }
  }

  private void unrecognised(Piece piece) {
    String why =
        piece.source().text().isBlank()
            ? "is empty"
            : "not recognised as the output of a tool podpath reads";
    intake.note(piece.source().file(), why);
  }

  private static <T> boolean addPart(
      SnapshotBuilder builder, Optional<Owner> owner, Source source, Reading.Part<T> part) {
    boolean cluster = part.section().scope() == Section.Scope.CLUSTER;
    if (owner.isEmpty() && !cluster) {
      return false;
    }
    String node = owner.map(Owner::node).orElse("");
    builder.add(
        node,
        owner.map(Owner::named).orElse(false),
        source.netns(),
        part.section(),
        part.entries(),
        part.rank());
    return true;
  }

  private static void addNotGathered(
      SnapshotBuilder builder, Optional<Owner> owner, String netns, Reading tables, String reason) {
    for (Reading.Part<?> part : tables.parts()) {
      addGap(builder, owner, netns, part.section(), reason);
    }
  }

  private static <T> void addGap(
      SnapshotBuilder builder,
      Optional<Owner> owner,
      String netns,
      Section<T> section,
      String reason) {
    if (owner.isPresent() || section.scope() == Section.Scope.CLUSTER) {
      // rank -1: whatever else tells of this table is better
      builder.add(
          owner.map(Owner::node).orElse(""),
          owner.map(Owner::named).orElse(false),
          netns,
          section,
          Entries.notGathered(reason),
          -1);
    }
  }

  /** Sections the index names and for which there is no file. */
  private void addMissing(SnapshotBuilder builder, List<Piece> pieces) {
    Set<String> present = new HashSet<>();
    for (Piece piece : pieces) {
      if (piece.place() instanceof Place.Output o) {
        present.add(o.node() + "/" + key(o));
      }
    }
    for (String node : new java.util.TreeSet<>(index.nodes())) {
      new TreeMap<>(index.sections(node))
          .forEach((name, run) -> {
            if (run.command().isPresent() && !present.contains(node + "/" + name)) {
              String netns = name.startsWith("pods/") ? NamedText.parts(name).get(1) : Source.HOST;
              String reason = run.failure().orElse("the bundle has no file for this section");
              Source source = Source.ofFile("nodes/" + node + "/" + name, "").onNode(node, netns);
              Optional<Owner> owner = Optional.of(new Owner(node, "", true));
              recognition
                  .tablesOf(source, run.command().get())
                  .ifPresent(t -> addNotGathered(builder, owner, netns, t, reason));
            }
          });
    }
  }

  /**
   * Which files the directory of CNI configurations holds matters beyond what they say: only some
   * names are read by the runtime.
   */
  private void addDirectories(SnapshotBuilder builder, List<Piece> pieces) {
    Map<String, List<Fact<DirectoryEntry>>> entries = new TreeMap<>();
    Map<String, Owner> owners = new HashMap<>();
    for (Piece piece : pieces) {
      boolean direct =
          piece.place() instanceof Place.NodeFile f
              && f.absolute().startsWith(CNI_DIRECTORY + "/")
              && f.absolute().indexOf('/', CNI_DIRECTORY.length() + 1) < 0;
      if (direct && piece.place() instanceof Place.NodeFile f) {
        owners.put(f.node(), new Owner(f.node(), f.home(), f.canonical()));
        DirectoryEntry entry =
            new DirectoryEntry(CNI_DIRECTORY, f.absolute().substring(CNI_DIRECTORY.length() + 1));
        entries
            .computeIfAbsent(f.node(), n -> new ArrayList<>())
            .add(new Fact<>(entry, new Provenance(piece.source(), 1)));
      }
    }
    entries.forEach((node, facts) -> {
      // the recorder that writes an index copies the directory as a whole
      Entries<DirectoryEntry> found =
          index.nodes().contains(node)
              ? Entries.complete(facts)
              : Entries.partial(
                  facts, "only the recorded files of " + CNI_DIRECTORY + " are known");
      builder.add(
          node,
          java.util.Objects.requireNonNull(owners.get(node)).named(),
          Source.HOST,
          Section.DIRECTORY,
          found,
          20);
    });
  }
}
