package io.podpath.probes.bundle;

import io.podpath.core.snapshot.Source;
import java.util.Optional;

/**
 * A text, and what its place among the others says of it.
 *
 * @param shown its name for people and in provenance
 * @param age whether its name says that something happened since
 */
record Located(NamedText text, String shown, Place place, Age age) {

  /** When a file was recorded, as names such as {@code ip-route-before.txt} say. */
  enum Age {
    BEFORE,
    NOW
  }

  /**
   * @param home directory of the node, which tells two of one name apart
   * @param named whether everything of it is one machine
   */
  record Owner(String node, String home, boolean named) {}

  Located at(Place other) {
    return new Located(text, shown, other, age);
  }

  Optional<Owner> owner() {
    return switch (place) {
      case Place.Output o -> Optional.of(new Owner(o.node(), o.home(), o.machine()));
      case Place.NodeFile f -> Optional.of(new Owner(f.node(), f.home(), f.machine()));
      case Place.NodeLog l -> Optional.of(new Owner(l.node(), l.home(), l.machine()));
      case Place.CaptureFile c -> Optional.of(new Owner(c.node(), c.home(), c.machine()));
      case Place.ClusterFile c -> Optional.empty();
      case Place.Index i -> Optional.empty();
      case Place.Stray s -> Optional.empty();
    };
  }

  String netns() {
    return place instanceof Place.Output o ? o.netns() : Source.HOST;
  }

  /** The text as its parser will know it, but for the command. */
  Source source() {
    Source plain = Source.ofFile(shown, text.text());
    return owner().map(o -> plain.onNode(o.node(), netns())).orElse(plain);
  }
}
