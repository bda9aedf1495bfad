package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Mtu;
import io.podpath.core.node.Link;
import io.podpath.core.node.NextHop;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteType;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.walk.Step.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a namespace sends: net/ipv4/route.c: ip_route_output_key_hash_rcu, net/ipv4/ip_output.c:
 * ip_local_out, ip_output, ip_finish_output.
 */
final class IpOutput {

  /** The kernel's own bound for packets over lo and devices without a smaller one. */
  private static final int LARGEST = 65_535;

  private IpOutput() {}

  /** A process sends; its packet has no source yet where it says 0.0.0.0. */
  static List<Journey> send(Situation.Sent at, Trail trail) {
    Stack stack = at.stack();
    Packet packet = at.packet();
    Flow flow = Flow.of(packet, Flow.LOOPBACK, at.device(), 0);
    if (packet.family() == IpFamily.INET6 && packet.source().isUnspecified()) {
      Decision decision = stack.fib(IpFamily.INET6).lookup(flow);
      if (!(decision instanceof Decision.Found) && !(decision instanceof Decision.Open)) {
        return sendAnyhow(stack, packet, at.device(), trail);
      }
    }
    return route(
        stack,
        flow,
        packet,
        trail,
        (hop, t) -> {
          Packet sourced = sourced(stack, packet, hop);
          if (sourced.source().isUnspecified()) {
            return Journey.lost(
                stack,
                Kind.ROUTE,
                Optional.of(hop.device()),
                "no source address towards " + packet.destination(),
                Optional.empty(),
                packet,
                Disposition.NO_ROUTE,
                t);
          }
          boolean again =
              packet.source().isUnspecified()
                  && packet.family() == IpFamily.INET
                  && packet.protocol().equals(IpProtocol.TCP);
          return again
              ? connect(stack, sourced, at.device(), trail)
              : submit(stack, sourced, hop, t);
        });
  }

  /**
   * Where there was no way without a source, one is taken whatever the way, and the routes are
   * asked with it (net/ipv6/ip6_output.c: ip6_dst_lookup_tail).
   */
  private static List<Journey> sendAnyhow(
      Stack stack, Packet packet, Optional<String> device, Trail trail) {
    Packet sourced =
        SourceAddress6.of(stack, Optional.empty(), packet.destination())
            .map(packet::from)
            .orElse(packet);
    Flow flow = Flow.of(sourced, Flow.LOOPBACK, device, 0);
    boolean elsewhere =
        device.isPresent()
            && stack.fib(IpFamily.INET6).lookup(flow) instanceof Decision.Found found
            && found.hops().stream().noneMatch(h -> h.device().equals(device));
    if (elsewhere) {
      // RT6_LOOKUP_F_IFACE
      return Journey.lost(
          stack,
          Kind.ROUTE,
          device,
          "no route to " + flow.destination() + " by " + device.get(),
          Optional.empty(),
          packet,
          Disposition.NO_ROUTE,
          trail);
    }
    return route(stack, flow, sourced, trail, (hop, t) -> submit(stack, sourced, hop, t));
  }

  /** TCP asks again once it has its source (include/net/route.h: ip_route_connect). */
  private static List<Journey> connect(
      Stack stack, Packet sourced, Optional<String> device, Trail before) {
    return route(
        stack,
        Flow.of(sourced, Flow.LOOPBACK, device, 0),
        sourced,
        before,
        (hop, t) -> submit(stack, sourced, hop, t));
  }

  /** What comes behind a look-up that found a way. */
  @FunctionalInterface
  interface Routed {
    List<Journey> by(Hop hop, Trail trail);
  }

  /** The way of what the namespace itself sends. */
  static List<Journey> route(Stack stack, Flow flow, Packet packet, Trail before, Routed then) {
    Trail trail = before.asking(new RouteQuery(stack, flow));
    return switch (stack.fib(flow.family()).lookup(flow)) {
      case Decision.Open(var reason) ->
          Journey.open(
              stack, Kind.ROUTE, Optional.empty(), reason, Optional.empty(), packet, trail);
      case Decision.None() ->
          Journey.lost(
              stack,
              Kind.ROUTE,
              Optional.empty(),
              "no route to " + flow.destination(),
              Optional.empty(),
              packet,
              Disposition.NO_ROUTE,
              trail);
      case Decision.RuledOut ruled ->
          RouteSteps.ruledOut(stack, Optional.empty(), ruled, packet, trail);
      case Decision.Refused refused ->
          RouteSteps.refused(stack, Optional.empty(), refused, packet, trail);
      case Decision.Found found -> found(stack, found, flow, packet, trail, then);
    };
  }

  private static List<Journey> found(
      Stack stack, Decision.Found found, Flow flow, Packet packet, Trail trail, Routed then) {
    if (found.type() == RouteType.LOCAL || found.type() == RouteType.ANYCAST) {
      // whatever device the route names, what is for oneself goes by lo
      Hop hop = new Hop(Flow.LOOPBACK, flow.destination(), Optional.of(found.route()));
      return then.by(
          hop, RouteSteps.routed(stack, found, Optional.of(Flow.LOOPBACK), packet, trail));
    }
    List<Journey> journeys = new ArrayList<>(1);
    for (NextHop next : found.hops()) {
      Hop hop = Hop.of(stack, next, flow.destination(), found.route());
      journeys.addAll(
          then.by(hop, RouteSteps.routed(stack, found, Optional.of(hop.device()), packet, trail)));
    }
    return journeys;
  }

  private static Packet sourced(Stack stack, Packet packet, Hop hop) {
    if (!packet.source().isUnspecified()) {
      return packet;
    }
    return source(stack, hop, packet.destination()).map(packet::from).orElse(packet);
  }

  /** The source address of what goes this way. */
  static Optional<IpAddress> source(Stack stack, Hop hop, IpAddress destination) {
    Optional<Route> route = hop.route().map(Fact::value);
    if (hop.device().equals(Flow.LOOPBACK)
        && destination.family() == IpFamily.INET
        && route.filter(r -> r.type() == RouteType.LOCAL).isPresent()) {
      return route.flatMap(Route::preferredSource).or(() -> Optional.of(destination));
    }
    return route.flatMap(r -> SourceAddress.of(stack, r, hop, destination));
  }

  /**
   * Whoever lets nobody cut a packet is refused one that is too long for the way it asked for,
   * before any rule may send it by another (ip_append_data, ip6_append_data: EMSGSIZE).
   */
  private static List<Journey> submit(Stack stack, Packet packet, Hop hop, Trail trail) {
    Optional<List<Journey>> refused =
        packet.unfragmented()
            ? tooBig(stack, packet, hop, Optional.empty(), trail)
            : Optional.empty();
    return refused.orElseGet(() -> output(stack, Skb.of(packet), hop, trail));
  }

  /**
   * ip_local_out: hook OUTPUT, another look at the routes where a rule changed what they ask for.
   */
  static List<Journey> output(Stack stack, Skb skb, Hop hop, Trail trail) {
    Look look =
        new Look(
            stack,
            Hook.OUTPUT,
            skb,
            Optional.empty(),
            Optional.of(hop.device()),
            Tracking.connection(skb, trail),
            Optional.empty(),
            Optional.empty(),
            Optional.of(hop.address()));
    Packet before = skb.packet();
    return Hooks.pass(
        look,
        trail,
        (passed, t) ->
            isSame(before, passed.packet()) && passed.mark() == skb.mark()
                ? postrouting(stack, passed, hop, Optional.empty(), t)
                : rerouted(stack, passed, t));
  }

  private static boolean isSame(Packet one, Packet other) {
    return one.source().equals(other.source())
        && one.destination().equals(other.destination())
        && one.tos() == other.tos();
  }

  /** net/ipv4/netfilter.c: ip_route_me_harder; the source stays what it is. */
  private static List<Journey> rerouted(Stack stack, Skb skb, Trail trail) {
    Flow flow = Flow.of(skb.packet(), Flow.LOOPBACK, Optional.empty(), skb.mark());
    return route(
        stack,
        flow,
        skb.packet(),
        trail,
        (hop, t) -> postrouting(stack, skb, hop, Optional.empty(), t));
  }

  /**
   * ip_output: hook POSTROUTING, then the neighbour.
   *
   * @param in where a forwarded packet came in
   */
  static List<Journey> postrouting(
      Stack stack, Skb skb, Hop hop, Optional<String> in, Trail trail) {
    Look look =
        new Look(
            stack,
            Hook.POSTROUTING,
            skb,
            in,
            Optional.of(hop.device()),
            Tracking.connection(skb, trail),
            Optional.empty(),
            Optional.empty(),
            Optional.of(hop.address()));
    return Hooks.pass(look, trail, (passed, t) -> finish(stack, passed, hop, in, t));
  }

  private static List<Journey> finish(
      Stack stack, Skb skb, Hop hop, Optional<String> in, Trail trail) {
    Packet packet = skb.packet();
    return tooBig(stack, packet, hop, in, trail)
        .orElseGet(() -> {
          int mtu = mtu(stack, hop);
          // a sender of IPv6 cuts once, and the pieces are never cut again
          boolean six = packet.family() == IpFamily.INET6;
          Skb gone =
              packet.longest() <= mtu
                  ? skb
                  : skb.with(six ? packet.cut(mtu) : packet.inPieces(mtu));
          return Journey.one(
              new Situation.Transmitted(stack, hop.device(), Frame.bare(gone.packet()), gone, hop),
              trail);
        });
  }

  /**
   * Empty when the packet fits, or may be cut (ip_exceeds_mtu, ip_fragment, ip6_pkt_too_big).
   *
   * @param in where a forwarded packet came in; of IPv6 only its sender may cut it
   */
  static Optional<List<Journey>> tooBig(
      Stack stack, Packet packet, Hop hop, Optional<String> in, Trail trail) {
    boolean whole = packet.unfragmented() || packet.family() == IpFamily.INET6 && in.isPresent();
    int mtu = mtu(stack, hop);
    if (!whole || packet.length() <= mtu) {
      return Optional.empty();
    }
    return Optional.of(tooBig(stack, hop.device(), mtu, packet, Kind.ROUTE, trail));
  }

  /** It is lost because the device carries no more than this. */
  static List<Journey> tooBig(
      Stack stack, String device, int mtu, Packet packet, Kind kind, Trail trail) {
    return Journey.lost(
        stack,
        kind,
        Optional.of(device),
        device + " mtu " + mtu + " < " + packet.length() + " bytes, not to be fragmented",
        stack.link(device).map(Fact::from),
        packet,
        Disposition.MTU_EXCEEDED,
        trail);
  }

  /** The route's own mtu, else the device's (ip_dst_mtu_maybe_forward). */
  static int mtu(Stack stack, Hop hop) {
    int device =
        stack
            .link(hop.device())
            .map(Fact::value)
            .flatMap(Link::mtu)
            .map(Mtu::bytes)
            .orElse(LARGEST);
    return hop.route().map(r -> r.value().mtu().orElse(device)).orElse(device);
  }
}
