package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import java.util.Optional;

/**
 * What a route look-up asks with (struct flowi4).
 *
 * @param source empty while a local sender has not chosen one
 * @param iif the device a packet came in on; {@code lo} for what the node sends itself
 * @param oif the device a sender is bound to
 */
record Flow(
    IpAddress destination,
    Optional<IpAddress> source,
    String iif,
    Optional<String> oif,
    long mark,
    int tos,
    Optional<IpProtocol> protocol,
    Optional<Port> sourcePort,
    Optional<Port> destinationPort) {

  /** The bits of the type of service that routes and rules look at (IPTOS_RT_MASK). */
  static final int TOS_BITS = 0x1c;

  static final String LOOPBACK = "lo";

  static Flow of(Packet packet, String iif, Optional<String> oif, long mark) {
    return new Flow(
        packet.destination(),
        Optional.of(packet.source()).filter(s -> !s.isUnspecified()),
        iif,
        oif,
        mark,
        packet.tos() & TOS_BITS,
        Optional.of(packet.protocol()),
        packet.sourcePort(),
        packet.destinationPort());
  }

  /** Without a packet: a tunnel asks for the way to its other end like this. */
  static Flow towards(IpAddress destination, Optional<IpAddress> source, Optional<String> oif) {
    return new Flow(
        destination,
        source,
        LOOPBACK,
        oif,
        0,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  Flow bound(Optional<String> device) {
    return new Flow(
        destination, source, iif, device, mark, tos, protocol, sourcePort, destinationPort);
  }

  /** Where answers would go, from a packet that came in on a device. */
  Flow reversed(String arrivesAs, long markThatCounts) {
    return new Flow(
        source.orElse(destination),
        Optional.of(destination),
        arrivesAs,
        Optional.empty(),
        markThatCounts,
        tos,
        protocol,
        destinationPort,
        sourcePort);
  }

  IpFamily family() {
    return destination.family();
  }
}
