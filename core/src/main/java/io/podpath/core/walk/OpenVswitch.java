package io.podpath.core.walk;

import io.podpath.core.cni.OvsPort;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.MacAddress;
import io.podpath.core.node.GreHeader;
import io.podpath.core.node.Link;
import io.podpath.core.node.OuterHeader;
import io.podpath.core.node.OuterHeader.DontFragment;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Step.Kind;
import io.podpath.core.walk.Step.Mark;
import io.podpath.core.walk.Wiring.End;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An Open vSwitch bridge with GRE ports to other nodes, which switches normally or as its OpenFlow
 * entries say.
 */
final class OpenVswitch {

  private OpenVswitch() {}

  private static List<Fact<OvsPort>> ports(Stack stack, String bridge) {
    return stack.facts().get(Section.OVS_PORTS).where(p -> p.bridge().equals(bridge));
  }

  static boolean isBridge(Stack stack, String device) {
    return stack.isOpenVswitch(device);
  }

  private static boolean isGre(OvsPort port) {
    return port.type().filter(t -> t.equals("gre") || t.equals("ipsec_gre")).isPresent();
  }

  /** Devices a frame to everybody reaches from here, through tunnels and bridges of other nodes. */
  static List<End> reached(Wiring wiring, Stack stack, String bridge) {
    List<End> reached = new ArrayList<>();
    spread(wiring, stack, bridge, List.of(stack), reached);
    return reached;
  }

  private static void spread(
      Wiring wiring, Stack stack, String bridge, List<Stack> passed, List<End> reached) {
    for (Fact<OvsPort> port : ports(stack, bridge)) {
      Optional<IpAddress> remote = port.value().remoteIp().filter(r -> isGre(port.value()));
      for (End owner : remote.map(wiring::owners).orElse(List.of())) {
        if (passed.contains(owner.stack())) {
          continue;
        }
        List<Stack> further = new ArrayList<>(passed);
        further.add(owner.stack());
        for (Fact<Link> link : owner.stack().links()) {
          String other = link.value().name();
          if (isBridge(owner.stack(), other)) {
            reached.add(new End(owner.stack(), other));
            spread(wiring, owner.stack(), other, further, reached);
          }
        }
      }
    }
  }

  /** The namespace sends by the bridge's own port. */
  static List<Journey> transmit(Wiring wiring, Situation.Transmitted at, Trail trail) {
    return switched(
        wiring,
        new Switching(at.stack(), at.device(), at.frame(), at.hop(), Optional.empty()),
        at.skb().mark(),
        trail);
  }

  /** A frame that came out of a tunnel: up to the node, or on into another tunnel. */
  static List<Journey> switched(Wiring wiring, Situation.Switched at, Trail trail) {
    Hop hop = new Hop(at.bridge(), at.frame().packet().destination(), Optional.empty());
    return switched(
        wiring,
        new Switching(at.stack(), at.bridge(), at.frame(), hop, Optional.of(at.port())),
        0,
        trail);
  }

  /**
   * A frame in a bridge.
   *
   * @param from the tunnel it came in by; empty for the bridge's own port
   */
  private record Switching(
      Stack stack, String bridge, Frame frame, Hop hop, Optional<String> from) {

    List<Journey> lost(
        Object why, Optional<Provenance> place, Disposition disposition, Trail trail) {
      return Journey.lost(
          stack, Kind.BRIDGE, Optional.of(bridge), why, place, frame.packet(), disposition, trail);
    }

    List<Journey> open(String why, Optional<Provenance> place, Trail trail) {
      return Journey.open(
          stack, Kind.BRIDGE, Optional.of(bridge), why, place, frame.packet(), trail);
    }
  }

  private static List<Journey> switched(Wiring wiring, Switching at, long mark, Trail trail) {
    return switch (OvsFlows.choice(at.stack(), at.bridge(), at.frame(), at.from())) {
      case OvsFlows.Choice.Normal() -> normal(wiring, at, mark, trail);
      case OvsFlows.Choice.Dropped(var by) ->
          at.lost(
              by.<Object>map(Fact::value)
                  .orElse("no OpenFlow entry of " + at.bridge() + " is for it"),
              by.map(Fact::from).or(() -> at.stack().facts().get(Section.OVS_FLOWS).place()),
              Disposition.FILTERED,
              trail);
      case OvsFlows.Choice.Open(var by, var why) -> at.open(why, by.map(Fact::from), trail);
      case OvsFlows.Choice.Output(var by, var port) ->
          output(
              at,
              port,
              mark,
              trail.step(
                  at.stack(),
                  Kind.BRIDGE,
                  Optional.of(at.bridge()),
                  by.value(),
                  Mark.OK,
                  Optional.of(by.from()),
                  at.frame().packet()));
    };
  }

  private static List<Journey> output(Switching at, String name, long mark, Trail trail) {
    if (name.equals(at.bridge())) {
      return up(at, trail);
    }
    return ports(at.stack(), at.bridge()).stream()
        .filter(p -> p.value().port().equals(name) && isGre(p.value()))
        .filter(p -> p.value().remoteIp().isPresent())
        .findFirst()
        .map(port -> tunnelled(at, port, mark, trail))
        .orElseGet(() ->
            at.open(
                "where port " + name + " of " + at.bridge() + " leads", Optional.empty(), trail));
  }

  private static List<Journey> up(Switching at, Trail trail) {
    return Journey.one(
        new Situation.Arrived(at.stack(), at.bridge(), at.frame(), Skb.of(at.frame().packet())),
        trail);
  }

  /** To the port behind which the destination is, as if every station had been heard. */
  private static List<Journey> normal(Wiring wiring, Switching at, long mark, Trail trail) {
    Stack stack = at.stack();
    if (at.from().isPresent() && has(wiring, new End(stack, at.bridge()), at.frame(), at.hop())) {
      return isOneVlan(at, at.bridge()) ? up(at, trail) : vlans(at, at.bridge(), trail);
    }
    List<Journey> journeys = new ArrayList<>(1);
    for (Fact<OvsPort> port : ports(stack, at.bridge())) {
      Optional<IpAddress> remote = port.value().remoteIp().filter(r -> isGre(port.value()));
      String name = port.value().port();
      if (remote.isPresent()
          && !at.from().equals(Optional.of(name))
          && leads(wiring, stack, remote.get(), at.frame(), at.hop())) {
        journeys.addAll(
            isOneVlan(at, name) ? tunnelled(at, port, mark, trail) : vlans(at, name, trail));
      }
    }
    return journeys.isEmpty()
        ? at.lost(
            "no port of " + at.bridge() + " leads to " + at.hop().address(),
            stack.facts().get(Section.OVS_PORTS).place(),
            Disposition.NO_SUCH_NODE,
            trail)
        : journeys;
  }

  /** Ports with one tag, or none, are one network; what passes between others is not modelled. */
  private static boolean isOneVlan(Switching at, String out) {
    return tag(at, at.from().orElse(at.bridge())).equals(tag(at, out));
  }

  private static Optional<String> tag(Switching at, String port) {
    return ports(at.stack(), at.bridge()).stream()
        .filter(p -> p.value().port().equals(port))
        .flatMap(p -> p.value().tag().stream())
        .findFirst();
  }

  private static List<Journey> vlans(Switching at, String out, Trail trail) {
    return at.open(
        "VLAN tags between the ports " + at.from().orElse(at.bridge()) + " and " + out,
        Optional.empty(),
        trail);
  }

  private static List<Journey> tunnelled(Switching at, Fact<OvsPort> port, long mark, Trail trail) {
    Optional<String> key = key(port.value(), "out_key");
    OptionalLong number = key.map(OpenVswitch::number).orElse(OptionalLong.empty());
    if (key.isPresent() && number.isEmpty()) {
      return at.open("the key of port " + port.value().port(), Optional.of(port.from()), trail);
    }
    Frame frame = at.frame();
    IpAddress remote = port.value().remoteIp().orElseThrow();
    Trail chosen =
        trail.step(
            at.stack(),
            Kind.BRIDGE,
            Optional.of(port.value().port()),
            port.value(),
            Mark.OK,
            Optional.of(port.from()),
            frame.packet());
    return TunnelOutput.send(
        new Situation.Transmitted(
            at.stack(),
            at.bridge(),
            frame,
            new Skb(frame.packet(), mark, Optional.empty()),
            at.hop()),
        localIp(port.value()),
        remote,
        new Payload.GreFrame(frame, GreHeader.withKey(number)),
        TunnelOutput.framed(frame.packet(), remote, GreHeader.withKey(number)),
        new OuterHeader(new OuterHeader.Ttl.Own(), DontFragment.SET),
        0,
        chosen);
  }

  private static Optional<IpAddress> localIp(OvsPort port) {
    return Optional.ofNullable(port.options().get("local_ip")).flatMap(IpAddress::parse);
  }

  /** The key of one direction, or of both; none is 0 (lib/netdev-vport.c: parse_key). */
  private static Optional<String> key(OvsPort port, String direction) {
    return Optional.ofNullable(port.options().get(direction))
        .or(() -> Optional.ofNullable(port.options().get("key")))
        .filter(k -> !k.equals("0"));
  }

  /** Empty for {@code flow}: an OpenFlow entry gives it. */
  private static OptionalLong number(String key) {
    return key.matches("\\d{1,10}|0x[0-9a-fA-F]{1,8}")
        ? OptionalLong.of(Long.decode(key.replaceFirst("^0+(?=\\d)", "")))
        : OptionalLong.empty();
  }

  /** Whether a port takes a packet (ofproto/tunnel.c: tnl_find). */
  private static boolean takes(OvsPort port, Packet outer, OptionalLong key) {
    Optional<String> wanted = key(port, "in_key");
    boolean fits =
        wanted.isEmpty()
            ? key.isEmpty()
            : number(wanted.get()).isEmpty() || number(wanted.get()).equals(key);
    return fits
        && port.remoteIp().equals(Optional.of(outer.source()))
        && localIp(port).filter(l -> !l.equals(outer.destination())).isEmpty();
  }

  private static boolean leads(Wiring wiring, Stack stack, IpAddress remote, Frame frame, Hop hop) {
    List<End> behind = new ArrayList<>();
    for (End owner : wiring.owners(remote)) {
      for (Fact<Link> link : owner.stack().links()) {
        String other = link.value().name();
        if (isBridge(owner.stack(), other)) {
          behind.add(new End(owner.stack(), other));
          spread(wiring, owner.stack(), other, List.of(stack, owner.stack()), behind);
        }
      }
    }
    return behind.stream().anyMatch(e -> has(wiring, e, frame, hop));
  }

  private static boolean has(Wiring wiring, End ovs, Frame frame, Hop hop) {
    Optional<String> master = ovs.stack().link(ovs.device()).flatMap(l -> l.value().master());
    List<End> stations = new ArrayList<>();
    stations.add(ovs);
    master.ifPresent(m -> {
      stations.add(new End(ovs.stack(), m));
      for (Fact<Link> port : ovs.stack().portsOf(m)) {
        // back through this bridge are the other tunnels
        if (!port.value().name().equals(ovs.device())) {
          stations.addAll(
              BroadcastDomain.from(wiring, ovs.stack(), port.value().name()).stations());
        }
      }
    });
    Optional<MacAddress> to = frame.destination();
    return stations.stream()
        .anyMatch(s ->
            to.isPresent()
                ? s.stack().mac(s.device()).equals(to)
                : s.stack().hasAddress(hop.address()));
  }

  /** Empty when no GRE port of this namespace is for the packet. */
  static Optional<List<Journey>> received(
      Look look, Skb skb, Payload.GreFrame carried, Trail trail) {
    Stack stack = look.stack();
    List<Fact<OvsPort>> ports = stack.facts().get(Section.OVS_PORTS).where(OpenVswitch::isGre);
    if (ports.isEmpty()) {
      return Optional.empty();
    }
    Optional<Fact<OvsPort>> from =
        ports.stream().filter(p -> takes(p.value(), skb.packet(), carried.key())).findFirst();
    if (from.isEmpty()) {
      return Optional.of(
          Journey.lost(
              stack,
              Kind.DECAP,
              look.in(),
              "no GRE port has remote_ip "
                  + skb.packet().source()
                  + (carried.key().isPresent() ? " and key " + carried.key().getAsLong() : ""),
              stack.facts().get(Section.OVS_PORTS).place(),
              skb.packet(),
              Disposition.TUNNEL_PROTOCOL_BLOCKED,
              trail));
    }
    Trail after =
        trail.step(
            stack,
            Kind.DECAP,
            Optional.of(from.get().value().port()),
            from.get().value(),
            Mark.OK,
            Optional.of(from.get().from()),
            skb.packet());
    return Optional.of(
        Journey.one(
            new Situation.Switched(
                stack, from.get().value().bridge(), from.get().value().port(), carried.inner()),
            after));
  }

  /** VXLAN ports of Open vSwitch are not modelled. */
  static Optional<List<Journey>> receivedVxlan(
      Look look, Skb skb, Payload.Vxlan vxlan, Trail trail) {
    boolean has =
        look.stack()
            .facts()
            .get(Section.OVS_PORTS)
            .values()
            .anyMatch(p -> p.type().filter("vxlan"::equals).isPresent());
    return has
        ? Optional.of(
            Journey.open(
                look.stack(),
                Kind.DECAP,
                look.in(),
                "VXLAN ports of Open vSwitch are not modelled",
                Optional.empty(),
                skb.packet(),
                trail))
        : Optional.empty();
  }
}
