package io.podpath.core.walk;

import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.node.NextHop;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.walk.Step.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A packet that came in by a device: net/ipv4/ip_input.c: ip_rcv, net/ipv4/route.c:
 * ip_route_input_slow, net/ipv4/ip_forward.c: ip_forward.
 */
final class IpInput {

  private final Situation.Received at;
  private final Stack stack;
  private final String in;

  private IpInput(Situation.Received at) {
    this.at = at;
    this.stack = at.stack();
    this.in = at.device();
  }

  static List<Journey> receive(Situation.Received at, Trail trail) {
    IpInput input = new IpInput(at);
    return at.packet().family() == IpFamily.INET6
        ? input.refused(trail).orElseGet(() -> input.prerouting(trail))
        : input.prerouting(trail);
  }

  /** What is dropped before any hook (net/ipv6/ip6_input.c: ip6_rcv_core). */
  private Optional<List<Journey>> refused(Trail trail) {
    Packet packet = at.packet();
    String key = Stack.key(IpFamily.INET6, in, "disable_ipv6");
    if (stack.setting(key).optional().filter(v -> v > 0).isPresent()) {
      return Optional.of(
          Journey.lost(
              stack,
              Kind.ROUTE,
              Optional.of(in),
              key + " = 1",
              stack.sysctl(key).map(Fact::from),
              packet,
              Disposition.DEVICE_DOWN,
              trail));
    }
    boolean loopback = packet.source().isLoopback() || packet.destination().isLoopback();
    boolean martian =
        loopback && !in.equals(Flow.LOOPBACK)
            || packet.source().isMulticast()
            || packet.destination().isUnspecified();
    return martian
        ? Optional.of(
            lost(
                Kind.ROUTE,
                packet.source() + " > " + packet.destination() + " on " + in,
                packet,
                Disposition.MARTIAN,
                trail))
        : Optional.empty();
  }

  private Look look(Hook hook, Skb skb, Trail trail) {
    return new Look(
        stack,
        hook,
        skb,
        Optional.of(in),
        Optional.empty(),
        Tracking.connection(skb, trail),
        at.sourceMac(),
        at.port().map(p -> new Look.Ports(p, Optional.empty())),
        Optional.empty());
  }

  private List<Journey> prerouting(Trail trail) {
    if (at.hooked()) {
      return route(at.skb(), trail);
    }
    return Hooks.pass(look(Hook.PREROUTING, at.skb(), trail), trail, this::route);
  }

  private List<Journey> route(Skb skb, Trail trail) {
    Packet packet = skb.packet();
    if (in.equals(Flow.LOOPBACK)) {
      // what came by lo was routed when it was sent (ip_rcv_finish_core: skb_valid_dst)
      return LocalInput.deliver(look(Hook.INPUT, skb, trail), trail);
    }
    Gathered<Integer> localnet = stack.maxConf(IpFamily.INET, in, "route_localnet");
    Optional<String> martian =
        packet.family() == IpFamily.INET
            ? martian(packet, localnet.optional().filter(v -> v > 0).isPresent())
            : Optional.empty();
    if (martian.isPresent() && martian(packet, localnet.isNotGathered()).isEmpty()) {
      return Journey.open(
          stack,
          Kind.ROUTE,
          Optional.of(in),
          Stack.key(IpFamily.INET, in, "route_localnet") + "; " + martian.get(),
          Optional.empty(),
          packet,
          trail);
    }
    if (martian.isPresent()) {
      return lost(Kind.ROUTE, martian.get(), packet, Disposition.MARTIAN, trail);
    }
    Flow flow = Flow.of(packet, in, Optional.empty(), skb.mark());
    return route(
        stack.fib(packet.family()).lookup(flow), skb, trail.asking(new RouteQuery(stack, flow)));
  }

  private List<Journey> route(Decision decision, Skb skb, Trail trail) {
    Packet packet = skb.packet();
    return switch (decision) {
      case Decision.Open(var reason) ->
          Journey.open(stack, Kind.ROUTE, Optional.of(in), reason, Optional.empty(), packet, trail);
      case Decision.None() ->
          lost(
              Kind.ROUTE,
              "no route to " + packet.destination(),
              packet,
              Disposition.NO_ROUTE,
              trail);
      case Decision.RuledOut ruled ->
          RouteSteps.ruledOut(stack, Optional.of(in), ruled, packet, trail);
      case Decision.Refused refused ->
          RouteSteps.refused(stack, Optional.of(in), refused, packet, trail);
      case Decision.Found found ->
          switch (found.type()) {
            case LOCAL, BROADCAST, ANYCAST, MULTICAST -> mine(found, skb, trail);
            case UNICAST, NAT, BLACKHOLE, UNREACHABLE, PROHIBIT, THROW ->
                forward(found, skb, trail);
          };
    };
  }

  /**
   * Addresses that must not be on a wire (ip_route_input_slow, ip_rcv_core).
   *
   * @param localnet route_localnet, which lets 127.0.0.0/8 be there
   */
  private Optional<String> martian(Packet packet, boolean localnet) {
    IpAddress source = packet.source();
    IpAddress destination = packet.destination();
    if (source.isMulticast() || source.isV4() && source.low() == 0xffff_ffffL) {
      return Optional.of("source " + source);
    }
    if (source.isLoopback() && !localnet) {
      return Optional.of("source " + source + " on " + in);
    }
    if (destination.isLoopback() && !localnet) {
      return Optional.of("destination " + destination + " on " + in);
    }
    return destination.isUnspecified()
        ? Optional.of("destination " + destination)
        : Optional.empty();
  }

  private List<Journey> lost(
      Kind kind, String entry, Packet packet, Disposition disposition, Trail trail) {
    return Journey.lost(
        stack, kind, Optional.of(in), entry, Optional.empty(), packet, disposition, trail);
  }

  /** Empty when the source is fine. */
  private Optional<List<Journey>> badSource(Skb skb, Optional<String> out, Trail trail) {
    return switch (ReversePath.of(stack, skb, in, out)) {
      case ReversePath.Answer.Fine() -> Optional.empty();
      case ReversePath.Answer.Filtered(var entry) ->
          Optional.of(
              lost(Kind.RP_FILTER, entry, skb.packet(), Disposition.REVERSE_PATH_FILTERED, trail));
      case ReversePath.Answer.Martian(var entry) ->
          Optional.of(lost(Kind.RP_FILTER, entry, skb.packet(), Disposition.MARTIAN, trail));
      case ReversePath.Answer.Open(var reason) ->
          Optional.of(
              Journey.open(
                  stack,
                  Kind.RP_FILTER,
                  Optional.of(in),
                  reason,
                  Optional.empty(),
                  skb.packet(),
                  trail));
    };
  }

  private List<Journey> mine(Decision.Found found, Skb skb, Trail trail) {
    Trail routed = routed(found, Optional.of(in), skb.packet(), trail);
    return badSource(skb, Optional.empty(), routed)
        .orElseGet(() -> LocalInput.deliver(look(Hook.INPUT, skb, routed), routed));
  }

  private Trail routed(Decision.Found found, Optional<String> device, Packet packet, Trail trail) {
    return RouteSteps.routed(stack, found, device, packet, trail);
  }

  private List<Journey> forward(Decision.Found found, Skb skb, Trail trail) {
    Packet packet = skb.packet();
    Gathered<Integer> forwarding = stack.forwarding(packet.family(), in);
    if (forwarding instanceof Gathered.NotGathered<Integer>(var reason)) {
      return Journey.open(
          stack, Kind.ROUTE, Optional.of(in), reason, Optional.empty(), packet, trail);
    }
    if (forwarding.optional().filter(v -> v == 0).isPresent()) {
      String key = forwardingKey(packet.family());
      return Journey.lost(
          stack,
          Kind.ROUTE,
          Optional.of(in),
          key + " = 0",
          stack.sysctl(key).map(f -> f.from()),
          packet,
          Disposition.NOT_FORWARDING,
          trail);
    }
    List<Journey> journeys = new ArrayList<>(1);
    for (NextHop next : found.hops()) {
      Hop hop = Hop.of(stack, next, packet.destination(), found.route());
      Trail routed = routed(found, Optional.of(hop.device()), packet, trail);
      journeys.addAll(
          badSource(skb, Optional.of(hop.device()), routed)
              .orElseGet(() -> forward(skb, hop, routed)));
    }
    return journeys;
  }

  /** What leaves its link has a source that others can answer to (ip6_forward). */
  private static boolean isOfTheLink(Packet packet) {
    IpAddress source = packet.source();
    return source.isUnspecified() || source.isLoopback() || source.isLinkLocal();
  }

  private String forwardingKey(IpFamily family) {
    String own = Stack.key(family, family == IpFamily.INET6 ? "all" : in, "forwarding");
    return stack.sysctl(own).isPresent() ? own : "net.ipv4.ip_forward";
  }

  private List<Journey> forward(Skb skb, Hop hop, Trail trail) {
    Packet packet = skb.packet();
    if (packet.ttl() <= 1) {
      return lost(Kind.ROUTE, "ttl " + packet.ttl(), packet, Disposition.TTL_EXCEEDED, trail);
    }
    if (packet.family() == IpFamily.INET6 && !hop.device().equals(in) && isOfTheLink(packet)) {
      return lost(
          Kind.ROUTE,
          "source " + packet.source() + " on " + in,
          packet,
          Disposition.MARTIAN,
          trail);
    }
    Optional<List<Journey>> tooBig = IpOutput.tooBig(stack, packet, hop, Optional.of(in), trail);
    if (tooBig.isPresent()) {
      return tooBig.get();
    }
    Optional<Trail> passing = trail.passing(new Trail.Passage(stack.place(), in, packet));
    if (passing.isEmpty()) {
      return Journey.lost(
          stack,
          Kind.ROUTE,
          Optional.of(in),
          hop.route().<Object>map(Fact::value).orElse(hop.device()),
          hop.route().map(Fact::from),
          packet,
          Disposition.LOOP,
          trail);
    }
    Skb aged = skb.with(packet.aged());
    Look look = look(Hook.FORWARD, aged, passing.get()).at(Hook.FORWARD, Optional.of(hop.device()));
    return Hooks.pass(
        look,
        passing.get(),
        (passed, t) -> IpOutput.postrouting(stack, passed, hop, Optional.of(in), t));
  }
}
