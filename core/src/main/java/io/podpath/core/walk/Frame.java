package io.podpath.core.walk;

import io.podpath.core.net.MacAddress;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A packet as it is on a link.
 *
 * @param source empty on links without addresses of their own (ipip, tun), and where nothing that
 *     was gathered tells it
 * @param destination empty in the same cases
 * @param vlan the 802.1Q tag
 */
public record Frame(
    Optional<MacAddress> source,
    Optional<MacAddress> destination,
    OptionalInt vlan,
    Packet packet) {

  /** On a link without addresses. */
  static Frame bare(Packet packet) {
    return new Frame(Optional.empty(), Optional.empty(), OptionalInt.empty(), packet);
  }

  Frame tagged(OptionalInt other) {
    return new Frame(source, destination, other, packet);
  }

  Frame with(Packet other) {
    return new Frame(source, destination, vlan, other);
  }
}
