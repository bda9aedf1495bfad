package io.podpath.probes.bundle;

import io.podpath.core.cni.DirectoryEntry;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.SnapshotBuilder;
import io.podpath.core.snapshot.Source;
import io.podpath.probes.bundle.PieceReader.Piece;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which files {@code /etc/cni/net.d} holds: the container runtime reads some names and passes over
 * others.
 */
final class CniDirectory {

  private static final String DIRECTORY = "/etc/cni/net.d";

  private CniDirectory() {}

  static void addTo(SnapshotBuilder builder, List<Piece> pieces, BundleIndex index) {
    Map<String, List<Fact<DirectoryEntry>>> entries = new TreeMap<>();
    for (Piece piece : pieces) {
      if (piece.located().place() instanceof Place.NodeFile f && isIn(f.absolute())) {
        DirectoryEntry entry =
            new DirectoryEntry(DIRECTORY, f.absolute().substring(DIRECTORY.length() + 1));
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
              : Entries.partial(facts, "only the recorded files of " + DIRECTORY + " are known");
      builder.add(node, true, Source.HOST, Section.DIRECTORY, found, 20);
    });
  }

  private static boolean isIn(String path) {
    return path.startsWith(DIRECTORY + "/") && path.indexOf('/', DIRECTORY.length() + 1) < 0;
  }
}
