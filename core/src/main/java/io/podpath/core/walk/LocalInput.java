package io.podpath.core.walk;

import io.podpath.core.walk.Step.Kind;
import io.podpath.core.walk.Step.Mark;
import java.util.List;
import java.util.Optional;

/** A packet for this namespace itself: net/ipv4/ip_input.c: ip_local_deliver. */
final class LocalInput {

  private LocalInput() {}

  /**
   * @param look at hook INPUT
   */
  static List<Journey> deliver(Look look, Trail trail) {
    return Hooks.pass(look, trail, (skb, t) -> protocol(look, skb, t));
  }

  private static List<Journey> protocol(Look look, Skb skb, Trail trail) {
    return switch (skb.packet().payload()) {
      case Payload.Encapsulated(var protocol, var inner) ->
          TunnelInput.ip(look, skb, protocol, inner, trail);
      case Payload.GreFrame(var inner) -> TunnelInput.gre(look, skb, inner, trail);
      case Payload.Vxlan vxlan -> TunnelInput.vxlan(look, skb, vxlan, trail);
      case Payload.FlannelUdp(var port, var inner) ->
          FlannelUdpDevice.received(look, skb, inner, trail);
      case Payload.Tcp _, Payload.Udp _, Payload.Icmp _, Payload.Opaque _ ->
          delivered(look, skb, trail);
    };
  }

  private static List<Journey> delivered(Look look, Skb skb, Trail trail) {
    Packet packet = skb.packet();
    Trail after =
        trail.step(
            look.stack(),
            Kind.DELIVER,
            look.in(),
            packet.toString(),
            Mark.OK,
            Optional.empty(),
            packet);
    return Journey.one(new Situation.Ended(look.stack(), packet, Disposition.DELIVERED), after);
  }
}
