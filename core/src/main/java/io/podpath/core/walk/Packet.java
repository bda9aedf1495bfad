package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import java.util.Optional;

/**
 * An IP packet.
 *
 * @param length of the whole packet in bytes, its IP header included
 * @param longest the length of its longest piece: its own unless an IPv4 packet was cut, which is
 *     put together again for connection tracking and by who gets it
 * @param unfragmented the DF bit; IPv6 routers never fragment
 * @param tos the type-of-service octet
 */
public record Packet(
    IpAddress source,
    IpAddress destination,
    Payload payload,
    int ttl,
    int length,
    int longest,
    boolean unfragmented,
    int tos) {

  /** In one piece. */
  public Packet(
      IpAddress source,
      IpAddress destination,
      Payload payload,
      int ttl,
      int length,
      boolean unfragmented,
      int tos) {
    this(source, destination, payload, ttl, length, length, unfragmented, tos);
  }

  /** {@code net.ipv4.ip_default_ttl} as every kernel comes. */
  public static final int TTL = 64;

  static final int IPV4_HEADER = 20;
  static final int IPV6_HEADER = 40;
  private static final int FRAGMENT_HEADER = 8;

  public IpFamily family() {
    return destination.family();
  }

  public IpProtocol protocol() {
    return payload.protocol();
  }

  public Optional<Port> sourcePort() {
    return switch (payload) {
      case Payload.Tcp(var source, var destination, var flags) -> Optional.of(source);
      case Payload.Udp(var source, var destination) -> Optional.of(source);
      case Payload.Vxlan(var source, var destination, var vni, var inner) -> Optional.of(source);
      case Payload.FlannelUdp(var port, var inner) -> Optional.of(port);
      case Payload.Icmp _, Payload.Encapsulated _, Payload.GreFrame _, Payload.Opaque _ ->
          Optional.empty();
    };
  }

  public Optional<Port> destinationPort() {
    return switch (payload) {
      case Payload.Tcp(var source, var destination, var flags) -> Optional.of(destination);
      case Payload.Udp(var source, var destination) -> Optional.of(destination);
      case Payload.Vxlan(var source, var destination, var vni, var inner) ->
          Optional.of(destination);
      case Payload.FlannelUdp(var port, var inner) -> Optional.of(port);
      case Payload.Icmp _, Payload.Encapsulated _, Payload.GreFrame _, Payload.Opaque _ ->
          Optional.empty();
    };
  }

  Packet from(IpAddress other) {
    return new Packet(other, destination, payload, ttl, length, longest, unfragmented, tos);
  }

  Packet to(IpAddress other) {
    return new Packet(source, other, payload, ttl, length, longest, unfragmented, tos);
  }

  Packet carrying(Payload other) {
    return new Packet(source, destination, other, ttl, length, longest, unfragmented, tos);
  }

  /** The other way round, and as young as any packet a machine sends. */
  Packet answeredWith(Payload answer) {
    Packet back = from(destination).to(source).carrying(answer);
    // icmp_reply may be cut: its socket does not look for the path's MTU (icmp_sk_init)
    boolean whole = unfragmented && !(answer instanceof Payload.Icmp);
    return new Packet(back.source, back.destination, answer, TTL, length, whole, tos);
  }

  Packet aged() {
    return new Packet(source, destination, payload, ttl - 1, length, longest, unfragmented, tos);
  }

  /** In pieces of IPv4 that a link carries (net/ipv4/ip_output.c: ip_do_fragment). */
  Packet inPieces(int mtu) {
    int piece = Math.min(longest, IPV4_HEADER + (mtu - IPV4_HEADER & ~7));
    return new Packet(source, destination, payload, ttl, length, piece, unfragmented, tos);
  }

  /** The first piece of one that is longer than a link carries (ip6_fragment). */
  Packet cut(int mtu) {
    int pieces = (mtu - IPV6_HEADER - FRAGMENT_HEADER) & ~7;
    return new Packet(
        source,
        destination,
        payload,
        ttl,
        IPV6_HEADER + FRAGMENT_HEADER + pieces,
        unfragmented,
        tos);
  }

  Packet ageless() {
    return new Packet(source, destination, payload, 0, length, longest, unfragmented, tos);
  }

  /** With another source port, where it has ports. */
  Packet fromPort(Port port) {
    return switch (payload) {
      case Payload.Tcp(var source, var to, var flags) -> carrying(new Payload.Tcp(port, to, flags));
      case Payload.Udp(var source, var to) -> carrying(new Payload.Udp(port, to));
      case Payload.Vxlan(var source, var to, var vni, var inner) ->
          carrying(new Payload.Vxlan(port, to, vni, inner));
      case Payload.FlannelUdp _,
          Payload.Icmp _,
          Payload.Encapsulated _,
          Payload.GreFrame _,
          Payload.Opaque _ ->
          this;
    };
  }

  /** With another destination port, where it has ports. */
  Packet toPort(Port port) {
    return switch (payload) {
      case Payload.Tcp(var from, var destination, var flags) ->
          carrying(new Payload.Tcp(from, port, flags));
      case Payload.Udp(var from, var destination) -> carrying(new Payload.Udp(from, port));
      case Payload.Vxlan(var from, var destination, var vni, var inner) ->
          carrying(new Payload.Vxlan(from, port, vni, inner));
      case Payload.FlannelUdp _,
          Payload.Icmp _,
          Payload.Encapsulated _,
          Payload.GreFrame _,
          Payload.Opaque _ ->
          this;
    };
  }

  /** Bytes of an IP header of this family. */
  static int header(IpFamily family) {
    return family == IpFamily.INET ? IPV4_HEADER : IPV6_HEADER;
  }

  /** As tcpdump would begin the line: addresses with ports, then the protocol. */
  @Override
  public String toString() {
    return end(source, sourcePort())
        + " > "
        + end(destination, destinationPort())
        + " "
        + switch (payload) {
          case Payload.Tcp tcp -> "tcp";
          case Payload.Udp udp -> "udp";
          case Payload.Icmp icmp ->
              icmp.isEcho()
                  ? "icmp echo request"
                  : icmp.isEchoReply() ? "icmp echo reply" : "icmp type " + icmp.type();
          case Payload.Encapsulated(var protocol, var inner, var header) ->
              (protocol.equals(IpProtocol.IPENCAP) ? "ipip" : protocol.toString())
                  + " ["
                  + inner
                  + "]";
          case Payload.GreFrame(var inner, var header) -> "gre [" + inner.packet() + "]";
          case Payload.Vxlan(var from, var to, var vni, var inner) ->
              "vxlan " + vni + " [" + inner.packet() + "]";
          case Payload.FlannelUdp(var port, var inner) -> "flannel udp [" + inner + "]";
          case Payload.Opaque(var protocol) -> protocol.toString();
        };
  }

  private static String end(IpAddress address, Optional<Port> port) {
    return port.map(p -> address.isV4() ? address + ":" + p : "[" + address + "]:" + p)
        .orElseGet(address::toString);
  }
}
