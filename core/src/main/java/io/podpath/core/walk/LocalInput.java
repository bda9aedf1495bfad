package io.podpath.core.walk;

import io.podpath.core.net.Port;
import io.podpath.core.node.Socket;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Step.Kind;
import io.podpath.core.walk.Step.Mark;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
      case Payload.Encapsulated carried -> TunnelInput.ip(look, skb, carried, trail);
      case Payload.GreFrame frame -> TunnelInput.gre(look, skb, frame, trail);
      case Payload.Vxlan vxlan -> TunnelInput.vxlan(look, skb, vxlan, trail);
      case Payload.FlannelUdp(var port, var inner) ->
          FlannelUdpDevice.received(look, skb, inner, trail);
      case Payload.Tcp _, Payload.Udp _, Payload.Icmp _, Payload.Opaque _ ->
          delivered(look, skb, trail);
    };
  }

  private static List<Journey> delivered(Look look, Skb skb, Trail trail) {
    Packet packet = skb.packet();
    Flow flow = Flow.of(packet, look.in().orElse(Flow.LOOPBACK), Optional.empty(), skb.mark());
    Optional<String> refused = refused(look.stack(), packet, flow);
    if (refused.isPresent()) {
      return Journey.lost(
          look.stack(),
          Kind.DELIVER,
          look.in(),
          refused.get(),
          look.stack().facts().get(Section.TCP_LISTENERS).place(),
          packet,
          Disposition.NO_SERVICE_ENDPOINT,
          trail);
    }
    Trail after =
        trail.step(
            look.stack(), Kind.DELIVER, look.in(), packet, Mark.OK, Optional.empty(), packet);
    return Journey.one(
        new Situation.Ended(
            look.stack(), packet, Disposition.DELIVERED, Optional.empty(), look.in()),
        after);
  }

  /** Why a connection is refused, where the sockets that listen were recorded (tcp_v4_rcv). */
  private static Optional<String> refused(Stack stack, Packet packet, Flow flow) {
    Entries<Socket> sockets = stack.facts().get(Section.TCP_LISTENERS);
    boolean asks =
        packet.payload() instanceof Payload.Tcp(var from, var to, var flags)
            && flags.equals(Set.of("SYN"));
    if (asks && stack.fib(packet.family()).isAnycast(flow)) {
      // net/ipv6/tcp_ipv6.c: tcp_v6_conn_request
      return Optional.of(packet.destination() + " is anycast, where TCP takes no connection");
    }
    if (!asks || !sockets.isComplete()) {
      return Optional.empty();
    }
    boolean heard =
        sockets
            .values()
            .anyMatch(s ->
                s.localPort().equals(packet.destinationPort())
                    && s.localAddress()
                        .filter(a -> !a.isUnspecified() && !a.equals(packet.destination()))
                        .isEmpty());
    return heard
        ? Optional.empty()
        : Optional.of(
            "nobody listens on tcp "
                + packet.destination()
                + " port "
                + packet.destinationPort().map(Port::toString).orElse("?"));
  }
}
