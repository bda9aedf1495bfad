package io.podpath.core.walk;

import io.podpath.core.cni.OvsPort;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.MacAddress;
import io.podpath.core.node.Link;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Step.Kind;
import io.podpath.core.walk.Step.Mark;
import io.podpath.core.walk.Wiring.End;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An Open vSwitch bridge that switches normally, with GRE ports to other nodes. */
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
    return forward(
        wiring,
        at.stack(),
        at.device(),
        at.frame(),
        at.skb().mark(),
        at.hop(),
        Optional.empty(),
        trail);
  }

  /**
   * To the port behind which the destination is.
   *
   * @param from the tunnel it came in by
   */
  private static List<Journey> forward(
      Wiring wiring,
      Stack stack,
      String bridge,
      Frame frame,
      long mark,
      Hop hop,
      Optional<String> from,
      Trail trail) {
    List<Journey> journeys = new ArrayList<>(1);
    for (Fact<OvsPort> port : ports(stack, bridge)) {
      Optional<IpAddress> remote = port.value().remoteIp().filter(r -> isGre(port.value()));
      if (remote.isEmpty() || from.equals(Optional.of(port.value().port()))) {
        continue;
      }
      if (leads(wiring, stack, remote.get(), frame, hop)) {
        Trail chosen =
            trail.step(
                stack,
                Kind.BRIDGE,
                Optional.of(port.value().port()),
                port.value(),
                Mark.OK,
                Optional.of(port.from()),
                frame.packet());
        Situation.Transmitted at =
            new Situation.Transmitted(
                stack, bridge, frame, new Skb(frame.packet(), mark, Optional.empty()), hop);
        journeys.addAll(
            TunnelOutput.send(
                at,
                Optional.empty(),
                remote.get(),
                new Payload.GreFrame(frame),
                TunnelOutput.framed(frame.packet(), remote.get()),
                true,
                0,
                chosen));
      }
    }
    return journeys.isEmpty()
        ? Journey.lost(
            stack,
            Kind.BRIDGE,
            Optional.of(bridge),
            "no port of " + bridge + " leads to " + hop.address(),
            stack.facts().get(Section.OVS_PORTS).place(),
            frame.packet(),
            Disposition.NO_SUCH_NODE,
            trail)
        : journeys;
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
  static Optional<List<Journey>> received(Look look, Skb skb, Frame inner, Trail trail) {
    Stack stack = look.stack();
    List<Fact<OvsPort>> ports = stack.facts().get(Section.OVS_PORTS).where(OpenVswitch::isGre);
    if (ports.isEmpty()) {
      return Optional.empty();
    }
    Optional<Fact<OvsPort>> from =
        ports.stream()
            .filter(p -> p.value().remoteIp().equals(Optional.of(skb.packet().source())))
            .findFirst();
    if (from.isEmpty()) {
      return Optional.of(
          Journey.lost(
              stack,
              Kind.DECAP,
              look.in(),
              "no GRE port has remote_ip " + skb.packet().source(),
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
                stack, from.get().value().bridge(), from.get().value().port(), inner),
            after));
  }

  /** A frame that came out of a tunnel: up to the node, or on into another tunnel. */
  static List<Journey> switched(Wiring wiring, Situation.Switched at, Trail trail) {
    Stack stack = at.stack();
    Hop hop = new Hop(at.bridge(), at.frame().packet().destination(), Optional.empty());
    if (has(wiring, new End(stack, at.bridge()), at.frame(), hop)) {
      return Journey.one(
          new Situation.Arrived(stack, at.bridge(), at.frame(), Skb.of(at.frame().packet())),
          trail);
    }
    return forward(wiring, stack, at.bridge(), at.frame(), 0, hop, Optional.of(at.port()), trail);
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
