package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import java.util.Optional;
import java.util.Set;

/**
 * Which packet is walked.
 *
 * @param from the namespace it is sent in
 * @param source empty where the namespace chooses
 * @param in the device it comes in by from outside; empty for one that a process sends
 * @param meant the namespace that should get it; empty where any may, as for a service
 * @param port destination port of TCP and UDP
 * @param sourcePort of TCP and UDP, and the identifier of ICMP
 * @param length of the IP packet in bytes; it must not be fragmented
 */
public record Question(
    Netns from,
    Optional<IpAddress> source,
    Optional<String> in,
    IpAddress to,
    Optional<Netns> meant,
    IpProtocol protocol,
    Port port,
    Port sourcePort,
    int length) {

  /**
   * A port that no rule names. Senders get others ({@code net.ipv4.ip_local_port_range}), so that
   * no recorded connection is taken for this one.
   */
  public static final Port SOME_SOURCE_PORT = new Port(20_404);

  public static final Port SOME_PORT = new Port(80);

  /** What ping sends: 56 bytes behind the ICMP header. */
  public static final int PING_LENGTH = 84;

  public static Question ping(Netns from, IpAddress to) {
    return new Question(
        from,
        Optional.empty(),
        Optional.empty(),
        to,
        Optional.empty(),
        to.isV4() ? IpProtocol.ICMP : IpProtocol.ICMPV6,
        SOME_PORT,
        SOME_SOURCE_PORT,
        PING_LENGTH);
  }

  public Question meaning(Netns place) {
    return new Question(
        from, source, in, to, Optional.of(place), protocol, port, sourcePort, length);
  }

  public Question with(IpProtocol other, Port destination) {
    return new Question(from, source, in, to, meant, other, destination, sourcePort, length);
  }

  public Question comingIn(IpAddress from, String device) {
    return new Question(
        this.from,
        Optional.of(from),
        Optional.of(device),
        to,
        meant,
        protocol,
        port,
        sourcePort,
        length);
  }

  public boolean hasPorts() {
    return protocol.equals(IpProtocol.TCP) || protocol.equals(IpProtocol.UDP);
  }

  Packet packet() {
    IpAddress unspecified = IpAddress.of(to.family() == IpFamily.INET ? "0.0.0.0" : "::");
    return new Packet(source.orElse(unspecified), to, payload(), Packet.TTL, length, true, 0);
  }

  private Payload payload() {
    if (protocol.equals(IpProtocol.TCP)) {
      return new Payload.Tcp(sourcePort, port, Set.of("SYN"));
    }
    if (protocol.equals(IpProtocol.UDP)) {
      return new Payload.Udp(sourcePort, port);
    }
    if (protocol.equals(IpProtocol.ICMP)) {
      return new Payload.Icmp(protocol, Payload.Icmp.ECHO, 0, sourcePort.number());
    }
    if (protocol.equals(IpProtocol.ICMPV6)) {
      return new Payload.Icmp(protocol, Payload.Icmp.ECHO6, 0, sourcePort.number());
    }
    return new Payload.Opaque(protocol);
  }
}
