package io.podpath.core.walk;

import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.MacAddress;
import io.podpath.core.node.BridgePort;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.node.Link;
import io.podpath.core.node.LinkKind;
import io.podpath.core.node.RouteType;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.walk.Step.Kind;
import io.podpath.core.walk.Step.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A Linux bridge: net/bridge/br_input.c: br_handle_frame_finish, br_forward.c, br_device.c. */
final class Bridging {

  private final Wiring wiring;
  private final Stack stack;
  private final String bridge;
  private final Frame frame;
  private final Hop hop;

  private Bridging(Wiring wiring, Stack stack, String bridge, Frame frame, Hop hop) {
    this.wiring = wiring;
    this.stack = stack;
    this.bridge = bridge;
    this.frame = frame;
    this.hop = hop;
  }

  /** The namespace itself sends by its bridge. */
  static List<Journey> transmit(Wiring wiring, Situation.Transmitted at, Trail trail) {
    return new Bridging(wiring, at.stack(), at.device(), at.frame(), at.hop())
        .forward(at.skb(), Optional.empty(), trail);
  }

  /** A port takes a frame in. */
  static List<Journey> arrive(Wiring wiring, Situation.Arrived at, String bridge, Trail trail) {
    Hop hop = new Hop(bridge, at.frame().packet().destination(), Optional.empty());
    return new Bridging(wiring, at.stack(), bridge, at.frame(), hop)
        .input(at.skb(), at.device(), trail.hearing(at.frame().source()));
  }

  private List<Journey> input(Skb skb, String port, Trail trail) {
    Optional<Fact<BridgePort>> state = stack.port(port).filter(p -> !isForwarding(p.value()));
    if (state.isPresent()) {
      return Journey.lost(
          stack,
          Kind.BRIDGE,
          Optional.of(port),
          state.get().value(),
          Optional.of(state.get().from()),
          frame.packet(),
          Disposition.DEVICE_DOWN,
          trail);
    }
    if (filtersVlans()) {
      return open("VLANs of " + bridge, trail);
    }
    if (isMine() && !callsFirewall(stack, bridge, frame.packet().family())) {
      return LinkInput.accept(stack, bridge, mine(), skb, Optional.of(port), trail);
    }
    Packet before = frame.packet();
    return firewall(
        look(Hook.PREROUTING, skb, port, Optional.empty(), trail),
        trail,
        (passed, t) -> {
          if (!passed.packet().destination().equals(before.destination())) {
            return translated(passed, port, t);
          }
          return isMine() ? received(passed, port, t) : forward(passed, Optional.of(port), t);
        });
  }

  private List<Journey> received(Skb skb, String port, Trail trail) {
    return Journey.one(
        new Situation.Received(stack, bridge, skb, frame.source(), Optional.of(port), true), trail);
  }

  /**
   * br_nf_pre_routing_finish: what has another destination now is routed. Where the way of IPv6 is
   * by this bridge again, it stays below the IP layer, whether that forwards or not
   * (br_nf_pre_routing_finish_ipv6, br_nf_pre_routing_finish_bridge). IPv4 does so too where the
   * bridge forwards; it is not modelled, since it needs hairpin where a pod gets itself, and few
   * listings tell of that.
   */
  private List<Journey> translated(Skb skb, String port, Trail trail) {
    Packet packet = skb.packet();
    Optional<Hop> near = near(skb);
    if (near.isEmpty()) {
      return received(skb, port, trail);
    }
    return switch (Neighbours.resolve(wiring, stack, bridge, near.get().address(), packet, trail)) {
      case Neighbours.Answer.Over(var journeys) -> journeys;
      case Neighbours.Answer.Known(var mac, var after) -> {
        Frame moved = new Frame(frame.source(), mac, frame.vlan(), packet);
        yield new Bridging(wiring, stack, bridge, moved, near.get())
            .forward(skb, Optional.of(port), after);
      }
    };
  }

  /** The next hop of an IPv6 packet, where it is by this bridge. */
  private Optional<Hop> near(Skb skb) {
    Packet packet = skb.packet();
    Flow flow = Flow.of(packet, bridge, Optional.empty(), skb.mark());
    if (packet.family() != IpFamily.INET6
        || !(stack.fib(IpFamily.INET6).lookup(flow) instanceof Decision.Found found)
        || found.type() != RouteType.UNICAST
        || found.hops().size() > 1) {
      return Optional.empty();
    }
    return Optional.of(Hop.of(stack, found.hops().getFirst(), packet.destination(), found.route()))
        .filter(h -> h.device().equals(bridge));
  }

  private List<Journey> open(String reason, Trail trail) {
    return Journey.open(
        stack, Kind.BRIDGE, Optional.of(bridge), reason, Optional.empty(), frame.packet(), trail);
  }

  private static boolean isForwarding(BridgePort port) {
    return port.state().filter(s -> !s.equals("forwarding")).isEmpty();
  }

  private boolean filtersVlans() {
    return stack
        .kind(bridge)
        .filter(k -> k instanceof LinkKind.Bridge b && b.vlanFiltering())
        .isPresent();
  }

  /** Whether the frame is for the bridge itself: it has its own MAC address and its ports'. */
  private boolean isMine() {
    Optional<MacAddress> to = frame.destination();
    if (to.isEmpty()) {
      return stack.hasAddress(hop.address());
    }
    return stack.mac(bridge).equals(to)
        || stack.portsOf(bridge).stream().anyMatch(p -> p.value().mac().equals(to));
  }

  /** br_pass_frame_up hands it to the bridge's device, whatever of its addresses it was sent to. */
  private Frame mine() {
    return new Frame(frame.source(), stack.mac(bridge), frame.vlan(), frame.packet());
  }

  /** Whether a bridge is known to hand frames to the rules of IP. */
  static boolean callsFirewall(Stack stack, String bridge, IpFamily family) {
    return calls(stack, bridge, family).optional().filter(c -> c > 0).isPresent();
  }

  /** Above zero where a bridge hands frames to the rules of IP. */
  static Gathered<Integer> calls(Stack stack, String bridge, IpFamily family) {
    boolean own =
        stack
            .kind(bridge)
            .filter(k -> k instanceof LinkKind.Bridge b && b.callsFirewall(family))
            .isPresent();
    return own
        ? Gathered.known(1)
        : stack.setting(
            family == IpFamily.INET
                ? "net.bridge.bridge-nf-call-iptables"
                : "net.bridge.bridge-nf-call-ip6tables");
  }

  /** What the bridge hands to the rules of IP before it goes on (br_netfilter_hooks.c). */
  private List<Journey> firewall(Look look, Trail trail, Hooks.Next then) {
    return switch (calls(stack, bridge, look.packet().family())) {
      case Gathered.Known<Integer>(var calls) when calls > 0 -> Hooks.pass(look, trail, then);
      case Gathered.Known<Integer> _, Gathered.Absent<Integer> _ -> then.with(look.skb(), trail);
      case Gathered.NotGathered<Integer>(var reason) -> perhaps(look, reason, trail, then);
    };
  }

  /** Whether the rules are asked is not known, and makes no difference where they let it pass. */
  private List<Journey> perhaps(Look look, String reason, Trail trail, Hooks.Next then) {
    List<Skb> passed = new ArrayList<>(1);
    List<Trail> trails = new ArrayList<>(1);
    List<Journey> stopped =
        Hooks.pass(
            look,
            trail,
            (skb, t) -> {
              passed.add(skb);
              trails.add(t);
              return List.of();
            });
    boolean same =
        stopped.isEmpty()
            && passed.size() == 1
            && passed.getFirst().packet().equals(look.packet())
            && passed.getFirst().mark() == look.skb().mark()
            && trails.getFirst().doubts().equals(trail.doubts());
    return same
        ? then.with(passed.getFirst(), trails.getFirst())
        : open(reason + ", where rules would change what becomes of it", trail);
  }

  private Look look(Hook hook, Skb skb, String in, Optional<String> out, Trail trail) {
    return new Look(
        stack,
        hook,
        skb,
        Optional.of(bridge),
        hook == Hook.PREROUTING ? Optional.empty() : Optional.of(bridge),
        Tracking.connection(skb, trail),
        frame.source(),
        Optional.of(new Look.Ports(in, out)),
        Optional.of(hop.address()));
  }

  /** To the port where the destination is, or to all. */
  private List<Journey> forward(Skb skb, Optional<String> from, Trail trail) {
    Optional<Fact<FdbEntry>> entry = learned().filter(e -> !moved(e.value(), trail));
    if (entry.isPresent()) {
      String port = entry.get().value().device().orElse("");
      List<String> ports = stack.portsOf(bridge).stream().map(p -> p.value().name()).toList();
      Trail known =
          trail
              .asking(new FdbQuery(stack, ports, frame.destination()))
              .step(
                  stack,
                  Kind.FDB,
                  Optional.of(port),
                  entry.get().value(),
                  Mark.OK,
                  Optional.of(entry.get().from()),
                  frame.packet());
      return leave(skb, from, port, known);
    }
    List<Fact<Link>> ports =
        stack.portsOf(bridge).stream()
            .filter(p -> !from.equals(Optional.of(p.value().name())) || isHairpin(p))
            .filter(p -> isForwarding(p) && !isolated(from, p.value().name()))
            .toList();
    List<Journey> there = new ArrayList<>(1);
    List<Journey> perhaps = new ArrayList<>();
    for (Fact<Link> port : ports) {
      BroadcastDomain behind = BroadcastDomain.from(wiring, stack, port.value().name());
      if (leads(behind)) {
        there.addAll(leave(skb, from, port.value().name(), trail));
      } else if (!behind.whole()) {
        perhaps.addAll(leave(skb, from, port.value().name(), trail));
      }
    }
    if (!there.isEmpty()) {
      return there;
    }
    if (!perhaps.isEmpty()) {
      return wiring.pods(hop.address()).isEmpty() && perhaps.size() > 1
          ? open("which port of " + bridge + " leads to " + hop.address(), trail)
          : perhaps.subList(0, 1);
    }
    return Journey.lost(
        stack,
        Kind.BRIDGE,
        Optional.of(bridge),
        "nobody behind "
            + bridge
            + " has "
            + frame.destination().map(MacAddress::toString).orElseGet(hop.address()::toString),
        stack.link(bridge).map(Fact::from),
        frame.packet(),
        Disposition.NEIGHBOUR_FAILED,
        trail);
  }

  private boolean isForwarding(Fact<Link> port) {
    return stack.port(port.value().name()).filter(p -> !isForwarding(p.value())).isEmpty();
  }

  private boolean isHairpin(Fact<Link> port) {
    return has(port.value().name(), "hairpin");
  }

  private boolean has(String port, String option) {
    return stack
        .port(port)
        .map(p -> p.value().options().get(option))
        .filter("on"::equals)
        .isPresent();
  }

  private boolean isolated(Optional<String> from, String to) {
    return from.filter(f -> has(f, "isolated")).isPresent() && has(to, "isolated");
  }

  private boolean leads(BroadcastDomain behind) {
    Optional<MacAddress> to = frame.destination();
    return to.isPresent()
        ? !behind.with(to.get()).isEmpty()
        : behind.stations().stream().anyMatch(s -> s.stack().hasAddress(hop.address()));
  }

  /** The FDB's entry for the destination on a port of this bridge that it may leave by. */
  private Optional<Fact<FdbEntry>> learned() {
    if (frame.destination().isEmpty()) {
      return Optional.empty();
    }
    MacAddress to = frame.destination().get();
    for (Fact<Link> port : stack.portsOf(bridge)) {
      for (Fact<FdbEntry> entry : stack.fdb(port.value().name(), to)) {
        boolean bridges = !entry.value().flags().contains("self");
        if (bridges && entry.value().vlan().isEmpty()) {
          return Optional.of(entry);
        }
      }
    }
    return Optional.empty();
  }

  /**
   * An entry follows whom it names to the port it is heard on, if it is not sticky (br_fdb.c:
   * br_fdb_update).
   */
  private boolean moved(FdbEntry entry, Trail trail) {
    return trail.heard().contains(entry.mac())
        && !entry.flags().contains("sticky")
        && stack.portsOf(bridge).stream()
            .map(p -> p.value().name())
            .anyMatch(p ->
                !entry.device().equals(Optional.of(p))
                    && !BroadcastDomain.from(wiring, stack, p).with(entry.mac()).isEmpty());
  }

  /** br_forward: should_deliver, then the firewall where it is called, then the port sends. */
  private List<Journey> leave(Skb skb, Optional<String> from, String port, Trail trail) {
    Optional<Fact<Link>> link = stack.link(port);
    boolean back = from.equals(Optional.of(port)) && !link.map(this::isHairpin).orElse(false);
    if (back || link.filter(l -> !isForwarding(l)).isPresent() || isolated(from, port)) {
      return Journey.lost(
          stack,
          Kind.BRIDGE,
          Optional.of(port),
          back
              ? port + " without hairpin"
              : stack.port(port).map(p -> p.value().toString()).orElse(port),
          stack.port(port).map(Fact::from),
          frame.packet(),
          Disposition.DEVICE_DOWN,
          trail);
    }
    if (from.isEmpty()) {
      return sent(skb, port, trail);
    }
    return firewall(
        look(Hook.FORWARD, skb, from.get(), Optional.of(port), trail),
        trail,
        (passed, t) ->
            firewall(
                look(Hook.POSTROUTING, passed, from.get(), Optional.of(port), t),
                t,
                (gone, u) -> sent(gone, port, u)));
  }

  /** br_dev_queue_push_xmit. */
  private List<Journey> sent(Skb skb, String port, Trail trail) {
    return LinkOutput.tooLong(stack, port, skb.packet(), Kind.BRIDGE, trail)
        .orElseGet(() ->
            Journey.one(
                new Situation.Transmitted(stack, port, frame.with(skb.packet()), skb, hop), trail));
  }
}
