package io.podpath.probes.bundle;

import io.podpath.core.net.IpFamily;
import io.podpath.core.netfilter.Backend;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Section.RouteScope;
import io.podpath.probes.bundle.PieceReader.Piece;
import io.podpath.probes.bundle.PieceReader.What;
import io.podpath.probes.bundle.Recognition.Outcome;
import io.podpath.probes.parse.Reading;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Loose files of one directory count as one machine until two of them show the same table and do
 * not agree: then each of these is a machine of its own, and the rest are of nobody knows which.
 */
final class Clashes {

  private static final Set<Section<?>> SINGLE =
      Set.of(
          Section.LINKS,
          Section.ADDRESSES,
          Section.NEIGHBOURS,
          Section.FDB,
          Section.BRIDGE_PORTS,
          Section.IPVS,
          Section.routes(IpFamily.INET, RouteScope.MAIN),
          Section.routes(IpFamily.INET6, RouteScope.MAIN),
          Section.routes(IpFamily.INET, RouteScope.LOCAL),
          Section.chainRules(IpFamily.INET, Backend.UNSTATED),
          Section.chainRules(IpFamily.INET, Backend.NFT),
          Section.chainRules(IpFamily.INET, Backend.LEGACY));

  private final PieceReader reader;
  private final Intake intake;

  Clashes(PieceReader reader, Intake intake) {
    this.reader = reader;
    this.intake = intake;
  }

  private record Table(String home, String netns, Section<?> section, int rank) {}

  List<Piece> apart(List<Piece> pieces) {
    Map<Table, Piece> first = new HashMap<>();
    Set<Located> clashing = new HashSet<>();
    Set<String> homes = new HashSet<>();
    for (Piece piece : pieces) {
      for (Reading.Part<?> part : tables(piece)) {
        Located.Owner owner = piece.located().owner().orElseThrow();
        Table table = new Table(owner.home(), piece.located().netns(), part.section(), part.rank());
        Piece known = first.putIfAbsent(table, piece);
        if (known != null && disagree(known, piece, part)) {
          clashing.add(known.located());
          clashing.add(piece.located());
          homes.add(owner.home());
        }
      }
    }
    if (clashing.isEmpty()) {
      return pieces;
    }
    List<Piece> result = new ArrayList<>();
    for (Piece piece : pieces) {
      Located located = piece.located();
      boolean touched = located.owner().filter(o -> homes.contains(o.home())).isPresent();
      result.add(
          touched
              ? reader.read(located.at(separate(located.place(), clashing.contains(located))))
              : piece);
    }
    List<String> names = clashing.stream().map(Located::shown).sorted().toList();
    intake.note(
        names.getFirst(),
        "shows another state than "
            + String.join(", ", names.subList(1, names.size()))
            + "; each is taken as a machine of its own");
    return result;
  }

  /**
   * Tables of which a machine has one, whoever asks; files, logs and single questions may be many.
   */
  private static List<Reading.Part<?>> tables(Piece piece) {
    boolean output =
        piece.located().age() == Located.Age.NOW && piece.located().place() instanceof Place.Output;
    if (output && piece.what() instanceof What.Output(Outcome.Read(var reading))) {
      return reading.parts().stream()
          .filter(p -> !p.entries().isEmpty() && SINGLE.contains(p.section()))
          .toList();
    }
    return List.of();
  }

  /** Two parts of a table may well differ, unless the same command printed them. */
  private static boolean disagree(Piece known, Piece piece, Reading.Part<?> part) {
    boolean sameCommand = command(known).equals(command(piece));
    return tables(known).stream()
        .filter(p -> p.section().equals(part.section()) && p.rank() == part.rank())
        .filter(p -> sameCommand || p.entries().isComplete() && part.entries().isComplete())
        .anyMatch(p -> !p.entries().values().toList().equals(part.entries().values().toList()));
  }

  private static Optional<String> command(Piece piece) {
    return tables(piece).stream()
        .flatMap(p -> p.entries().stream())
        .findFirst()
        .flatMap(f -> f.from().source().command());
  }

  private static Place separate(Place place, boolean alone) {
    return switch (place) {
      case Place.Output o ->
          alone
              ? new Place.Output(o.stem(), o.home() + "/" + o.stem(), true, o.netns(), o.stem())
              : new Place.Output(o.node(), o.home(), false, o.netns(), o.stem());
      case Place.NodeFile f -> new Place.NodeFile(f.node(), f.home(), false, f.absolute());
      case Place.NodeLog l -> new Place.NodeLog(l.node(), l.home(), false, l.name());
      case Place.CaptureFile c -> c;
      case Place.ClusterFile c -> c;
      case Place.Index i -> i;
      case Place.Stray s -> s;
    };
  }
}
