package io.podpath.core.walk;

import io.podpath.core.net.MacAddress;
import io.podpath.core.node.Link;
import io.podpath.core.node.LinkKind;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Step.Kind;
import java.util.List;
import java.util.Optional;

/** A device takes a frame in: net/core/dev.c: __netif_receive_skb_core. */
final class LinkInput {

  private LinkInput() {}

  static List<Journey> receive(Wiring wiring, Situation.Arrived at, Trail trail) {
    Stack stack = at.stack();
    Optional<Fact<Link>> link = stack.link(at.device());
    if (link.filter(l -> !l.value().isUp()).isPresent()) {
      return Journey.lost(
          stack,
          Kind.ROUTE,
          Optional.of(at.device()),
          link.get().value(),
          link.map(Fact::from),
          at.frame().packet(),
          Disposition.DEVICE_DOWN,
          trail);
    }
    Optional<String> bridge =
        link.flatMap(l -> l.value().master()).filter(m -> Wiring.isBridge(stack, m));
    Optional<String> master = link.flatMap(l -> l.value().master()).filter(m -> bridge.isEmpty());
    Optional<String> unknown =
        master.flatMap(stack::link).flatMap(m -> unknown(m.value(), at.device(), stack));
    if (unknown.isPresent()) {
      return Journey.open(
          stack,
          Kind.BRIDGE,
          Optional.of(at.device()),
          unknown.get(),
          link.map(Fact::from),
          at.frame().packet(),
          trail);
    }
    if (bridge.isPresent()) {
      return Bridging.arrive(wiring, at, bridge.get(), trail);
    }
    return accept(stack, at.device(), at.frame(), at.skb(), Optional.empty(), trail);
  }

  /** Why it cannot be told what becomes of what a device with such a master takes in. */
  private static Optional<String> unknown(Link master, String device, Stack stack) {
    if (master.kind().isEmpty()) {
      return Optional.of("kind of link " + master.name() + " of " + stack + " was not gathered");
    }
    // net/core/dev.c: l3mdev_l3_rcv; its packets are routed by tables of its own
    return master.kind().filter(new LinkKind.Other("vrf")::equals).isPresent()
        ? Optional.of(device + " belongs to " + master.name() + ", a VRF of " + stack)
        : Optional.empty();
  }

  /** eth_type_trans marks what is for others, and ip_rcv drops it. */
  static List<Journey> accept(
      Stack stack, String device, Frame frame, Skb skb, Optional<String> port, Trail trail) {
    Optional<MacAddress> own = stack.mac(device);
    Optional<MacAddress> to = frame.destination();
    boolean others =
        to.isPresent() && own.isPresent() && !to.equals(own) && (to.get().bits() >>> 40 & 1) == 0;
    Entries<Link> links = stack.facts().get(Section.LINKS);
    if (others && !links.isComplete()) {
      // it may be a port of a bridge, for which the address is none of the device's
      return Journey.open(
          stack,
          Kind.BRIDGE,
          Optional.of(device),
          "links of " + stack.place() + ": " + links.coverage().gap(),
          Optional.empty(),
          frame.packet(),
          trail);
    }
    if (others && !Neighbours.hasNone(stack, device)) {
      return Journey.lost(
          stack,
          Kind.BRIDGE,
          Optional.of(device),
          "the frame is for " + to.get() + ", " + device + " is " + own.get(),
          stack.link(device).map(Fact::from),
          frame.packet(),
          Disposition.WRONG_TUNNEL_ENDPOINT,
          trail);
    }
    return Journey.one(new Situation.Received(stack, device, skb, frame.source(), port), trail);
  }
}
