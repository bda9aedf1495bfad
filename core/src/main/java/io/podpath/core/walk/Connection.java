package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import io.podpath.core.snapshot.Provenance;
import java.util.Optional;

/**
 * A connection as one namespace tracks it (struct nf_conn).
 *
 * @param original the tuple of the first packet
 * @param reply the tuple of an answer, which tells all translation: an answer goes from where the
 *     first packet was sent to at last, to what it then had as source
 * @param answered whether packets were seen both ways
 * @param destinationSet whether the destination was translated, or it was decided not to
 * @param sourceSet the same for the source
 * @param mark the connection's mark
 * @param zone where it is looked for
 * @param from where it was read, if it was there before
 */
record Connection(
    Netns place,
    Tuple original,
    Tuple reply,
    boolean answered,
    boolean destinationSet,
    boolean sourceSet,
    long mark,
    Zone zone,
    Optional<Provenance> from) {

  /**
   * One direction.
   *
   * @param sourcePort of ICMP the identifier
   * @param destinationPort of ICMP the identifier too
   */
  record Tuple(
      IpProtocol protocol,
      IpAddress source,
      Optional<Port> sourcePort,
      IpAddress destination,
      Optional<Port> destinationPort) {

    static Tuple of(Packet packet) {
      if (packet.payload() instanceof Payload.Icmp icmp) {
        Optional<Port> id = Optional.of(new Port(icmp.id()));
        return new Tuple(packet.protocol(), packet.source(), id, packet.destination(), id);
      }
      return new Tuple(
          packet.protocol(),
          packet.source(),
          packet.sourcePort(),
          packet.destination(),
          packet.destinationPort());
    }

    Tuple inverse() {
      return new Tuple(protocol, destination, destinationPort, source, sourcePort);
    }

    Tuple from(IpAddress address, Optional<Port> port) {
      return new Tuple(protocol, address, port.or(() -> sourcePort), destination, destinationPort);
    }

    Tuple to(IpAddress address, Optional<Port> port) {
      return new Tuple(protocol, source, sourcePort, address, port.or(() -> destinationPort));
    }
  }

  static Connection begin(Netns place, Packet packet, Zone zone) {
    Tuple original = Tuple.of(packet);
    return new Connection(
        place, original, original.inverse(), false, false, false, 0, zone, Optional.empty());
  }

  boolean destinationTranslated() {
    return !reply.source().equals(original.destination())
        || !reply.sourcePort().equals(original.destinationPort());
  }

  boolean sourceTranslated() {
    return !reply.destination().equals(original.source())
        || !reply.destinationPort().equals(original.sourcePort());
  }

  /** The first packet goes to another destination from now on. */
  Connection to(IpAddress address, Optional<Port> port) {
    return new Connection(
        place, original, reply.from(address, port), answered, true, sourceSet, mark, zone, from);
  }

  /** The first packet comes from another source from now on. */
  Connection from(IpAddress address, Optional<Port> port) {
    return new Connection(
        place, original, reply.to(address, port), answered, destinationSet, true, mark, zone, from);
  }

  Connection withDestinationSet() {
    return new Connection(place, original, reply, answered, true, sourceSet, mark, zone, from);
  }

  Connection withSourceSet() {
    return new Connection(place, original, reply, answered, destinationSet, true, mark, zone, from);
  }

  Connection withAnswer() {
    return new Connection(
        place, original, reply, true, destinationSet, sourceSet, mark, zone, from);
  }

  Connection withMark(long other) {
    return new Connection(
        place, original, reply, answered, destinationSet, sourceSet, other, zone, from);
  }
}
