package io.podpath.core.walk;

import io.podpath.core.snapshot.Provenance;
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
 */
public record Step(
    Place place,
    Kind kind,
    Optional<String> device,
    String entry,
    Mark mark,
    Optional<Provenance> source,
    Packet packet) {

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
