package io.podpath.core.walk;

/** Packets inside packets. */
final class Encapsulation {

  private Encapsulation() {}

  static boolean isOuter(Packet packet) {
    return switch (packet.payload()) {
      case Payload.Encapsulated _, Payload.GreFrame _, Payload.Vxlan _, Payload.FlannelUdp _ ->
          true;
      case Payload.Tcp _, Payload.Udp _, Payload.Icmp _, Payload.Opaque _ -> false;
    };
  }

  /** How many packets are inside each other. */
  static int depth(Packet packet) {
    return switch (packet.payload()) {
      case Payload.Encapsulated(var protocol, var inner, var header) -> 1 + depth(inner);
      case Payload.GreFrame(var inner, var header) -> 1 + depth(inner.packet());
      case Payload.Vxlan(var from, var to, var vni, var inner) -> 1 + depth(inner.packet());
      case Payload.FlannelUdp(var port, var inner) -> 1 + depth(inner);
      case Payload.Tcp _, Payload.Udp _, Payload.Icmp _, Payload.Opaque _ -> 0;
    };
  }

  /** What a lost packet's end is called: an outer packet takes what it carries with it. */
  static Disposition filtered(Packet packet) {
    return isOuter(packet) ? Disposition.TUNNEL_PROTOCOL_BLOCKED : Disposition.FILTERED;
  }
}
