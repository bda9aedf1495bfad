package io.podpath.core.walk;

import io.podpath.core.snapshot.Provenance;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One decision on a packet's way.
 *
 * @param device the device it is about: in for what arrives, out for what leaves; empty where none
 *     is chosen yet
 * @param entry the row that decided, in its tool's own words
 * @param source where that row was read
 * @param packet as it came to the decision
 * @param asked what the tables were asked with, where routes or chain rules decided
 */
public record Step(
    Netns place,
    Kind kind,
    Optional<String> device,
    String entry,
    Mark mark,
    Optional<Provenance> source,
    Packet packet,
    Optional<Asked> asked) {

  /** The rows that were considered, in their order; empty where there is nothing to choose from. */
  public List<Considered> considered() {
    return asked.map(a -> a.considered(this)).orElse(List.of());
  }

  /** The device the packet came in by, where routes were asked for one that came in. */
  Optional<String> cameIn() {
    return asked.flatMap(Asked::in);
  }

  Step with(Mark other) {
    return new Step(place, kind, device, entry, other, source, packet, asked);
  }

  /** What decides; printed as podpath's JSON names it. */
  public enum Kind {
    ROUTE,
    RULE,
    FILTER,
    NAT,
    NEIGH,
    FDB,
    ENCAP,
    DECAP,
    BRIDGE,
    RP_FILTER,
    IPVS,
    WIRE,
    DELIVER;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** What came of it. */
  public enum Mark {
    OK,
    BROKEN,
    UNKNOWN,
    NOT_REACHED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
