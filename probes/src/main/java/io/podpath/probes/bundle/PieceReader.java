package io.podpath.probes.bundle;

import io.podpath.core.snapshot.History;
import io.podpath.core.snapshot.Source;
import io.podpath.probes.bundle.Recognition.Outcome;
import io.podpath.probes.parse.Parsers;
import io.podpath.probes.parse.Reading;
import io.podpath.probes.transcript.TranscriptReader;
import java.util.Optional;
import java.util.Set;

/** Reads one text, by what its place says. */
final class PieceReader {

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
  private final Parsers parsers;
  private final BundleIndex index;
  private final boolean alone;

  /**
   * @param alone whether there is only this one text, which then is a transcript when no parser is
   *     for it
   */
  PieceReader(Parsers parsers, BundleIndex index, boolean alone) {
    this.recognition = new Recognition(parsers);
    this.parsers = parsers;
    this.index = index;
    this.alone = alone;
  }

  /** A text where it lies, and what it told. */
  record Piece(Located located, Source source, What what) {}

  sealed interface What {
    record Output(Outcome outcome) implements What {}

    record Session(History history) implements What {}
  }

  Piece read(Located located) {
    Source source = located.source();
    Optional<BundleIndex.Run> run = run(located.place());
    Optional<String> failure = run.flatMap(BundleIndex.Run::failure);
    Optional<String> stated = run.flatMap(BundleIndex.Run::command).or(() -> file(located.place()));
    if (failure.isPresent() && source.text().isBlank()) {
      Reading tables = stated.flatMap(c -> recognition.tablesOf(source, c)).orElse(Reading.NOTHING);
      return new Piece(located, source, new What.Output(new Outcome.Failed(tables, failure.get())));
    }
    boolean maySession =
        stated.isEmpty()
            && !(located.place() instanceof Place.ClusterFile)
            && !(located.place() instanceof Place.NodeLog);
    if (maySession && TranscriptReader.looksLike(source.text())) {
      return session(located, source);
    }
    Source told = failure.map(source::filteredBy).orElse(source);
    Optional<String> guess = guess(located.place());
    Outcome outcome = recognition.recognise(told, stated, guess);
    if (maySession && !Recognition.isWhole(outcome)) {
      if (TranscriptReader.marksMachines(source.text())) {
        return session(located, source);
      }
      outcome = recognition.taken(outcome, told, guess.isPresent());
    }
    if (maySession) {
      outcome = Recognition.once(outcome);
    }
    boolean prose =
        outcome instanceof Outcome.Unrecognised(var why) && why.equals(Recognition.NOT_RECOGNISED);
    return alone && prose
        ? session(located, source)
        : new Piece(located, told, new What.Output(outcome));
  }

  private Piece session(Located located, Source source) {
    return new Piece(
        located,
        source,
        new What.Session(
            TranscriptReader.read(Source.ofFile(located.shown(), source.text()), parsers)));
  }

  /** The tables of a section of which there is no file. */
  Reading missing(Source source, String command) {
    return recognition.tablesOf(source, command).orElse(Reading.NOTHING);
  }

  static String key(Place.Output output) {
    return output.netns().equals(Source.HOST)
        ? output.stem()
        : "pods/" + output.netns() + "/" + output.stem();
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

  /** A file of a node is what its path says, however broken its content is. */
  private static Optional<String> file(Place place) {
    return place instanceof Place.NodeFile f
        ? Optional.of("cat " + f.absolute())
        : Optional.empty();
  }

  private static Optional<String> guess(Place place) {
    return switch (place) {
      case Place.Output o -> CommandNames.guess(o.stem());
      case Place.ClusterFile c ->
          RESOURCES.contains(c.stem())
              ? Optional.of("kubectl get " + c.stem() + " -A -o " + form(c))
              : CommandNames.guess(c.stem());
      case Place.Stray s -> CommandNames.guess(BundleLayout.stem(s.name()));
      case Place.NodeFile f -> Optional.empty();
      case Place.NodeLog l -> Optional.empty();
      case Place.CaptureFile c -> Optional.empty();
      case Place.Index i -> Optional.empty();
    };
  }

  private static String form(Place.ClusterFile file) {
    return switch (file.extension()) {
      case "json" -> "json";
      case "yaml", "yml" -> "yaml";
      default -> "wide";
    };
  }
}
