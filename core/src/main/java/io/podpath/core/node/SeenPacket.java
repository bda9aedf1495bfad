package io.podpath.core.node;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpProtocol;
import java.util.Optional;

/**
 * One packet of a {@code tcpdump -n} text.
 *
 * @param time as printed
 * @param source outer source
 * @param destination outer destination
 * @param protocol outer protocol; IPENCAP, GRE and VXLAN's UDP carry {@code inner}
 * @param inner the packet inside a tunnel
 * @param summary what tcpdump says of the payload
 */
public record SeenPacket(
    String time,
    IpAddress source,
    IpAddress destination,
    Optional<IpProtocol> protocol,
    Optional<SeenPacket> inner,
    String summary) {

  @Override
  public String toString() {
    return source + " > " + destination + ": " + inner.map(SeenPacket::toString).orElse(summary);
  }
}
