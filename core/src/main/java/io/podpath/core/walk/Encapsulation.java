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

  /** What a lost packet's end is called: an outer packet takes what it carries with it. */
  static Disposition filtered(Packet packet) {
    return isOuter(packet) ? Disposition.TUNNEL_PROTOCOL_BLOCKED : Disposition.FILTERED;
  }
}
