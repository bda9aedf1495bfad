package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.Port;
import io.podpath.core.node.Link;
import io.podpath.core.node.LinkKind;
import io.podpath.core.node.OuterHeader;
import io.podpath.core.snapshot.AddressPlan;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.walk.Step.Kind;
import io.podpath.core.walk.Step.Mark;
import java.util.List;
import java.util.Optional;

/**
 * flannel's udp backend: flanneld reads packets from flannel0 and sends them to the node of their
 * subnet in UDP, and the other way round (flannel: pkg/backend/udp/proxy_amd64.c). It ages a packet
 * on both sides, and knows the subnets from its leases.
 */
final class FlannelUdpDevice {

  private static final Port PORT = new Port(8285);
  private static final int HEADERS = 28;

  private FlannelUdpDevice() {}

  static List<Journey> transmit(Wiring wiring, Situation.Transmitted at, Trail trail) {
    Stack stack = at.stack();
    Packet packet = at.frame().packet();
    if (!at.device().startsWith("flannel")) {
      return Journey.open(
          stack,
          Kind.ENCAP,
          Optional.of(at.device()),
          "what reads from " + at.device() + " is not known",
          Optional.empty(),
          packet,
          trail);
    }
    Optional<AddressPlan.SubnetClaim> lease =
        wiring.view().podSubnets().stream()
            .filter(c -> c.subnet().contains(packet.destination()))
            .filter(c -> !c.node().equals(stack.place().node()))
            .findFirst();
    if (lease.isEmpty()) {
      return Journey.lost(
          stack,
          Kind.ENCAP,
          Optional.of(at.device()),
          "flanneld has no lease for " + packet.destination(),
          Optional.empty(),
          packet,
          Disposition.NO_ROUTE,
          trail);
    }
    Optional<IpAddress> remote =
        wiring
            .view()
            .plan()
            .announcedAddress(lease.get().node(), packet.family())
            .map(AddressPlan.AddressClaim::address);
    if (remote.isEmpty()) {
      return Journey.open(
          stack,
          Kind.ENCAP,
          Optional.of(at.device()),
          "address of node " + lease.get().node() + " is not recorded",
          Optional.empty(),
          packet,
          trail);
    }
    if (packet.ttl() <= 1) {
      return Journey.lost(
          stack,
          Kind.ENCAP,
          Optional.of(at.device()),
          "ttl " + packet.ttl(),
          Optional.empty(),
          packet,
          Disposition.TTL_EXCEEDED,
          trail);
    }
    Packet aged = packet.aged();
    return TunnelOutput.send(
        new Situation.Transmitted(stack, at.device(), Frame.bare(aged), Skb.of(aged), at.hop()),
        Optional.empty(),
        remote.get(),
        new Payload.FlannelUdp(PORT, aged),
        aged.length() + HEADERS,
        new OuterHeader(new OuterHeader.Ttl.Own(), OuterHeader.DontFragment.SET),
        0,
        trail);
  }

  static List<Journey> received(Look look, Skb skb, Packet inner, Trail trail) {
    Stack stack = look.stack();
    for (Fact<Link> fact : stack.links()) {
      Link link = fact.value();
      boolean tun =
          link.kind().filter(k -> k instanceof LinkKind.Tun).isPresent()
              && link.name().startsWith("flannel");
      if (tun && LinkOutput.isRunning(link)) {
        Trail after =
            trail.step(
                stack,
                Kind.DECAP,
                Optional.of(link.name()),
                skb.packet(),
                Mark.OK,
                Optional.of(fact.from()),
                skb.packet());
        Packet aged = inner.aged();
        return Journey.one(
            new Situation.Arrived(stack, link.name(), Frame.bare(aged), Skb.of(aged)), after);
      }
    }
    return Journey.lost(
        stack,
        Kind.DECAP,
        look.in(),
        "nobody listens on udp port " + PORT,
        Optional.empty(),
        skb.packet(),
        Disposition.TUNNEL_PROTOCOL_BLOCKED,
        trail);
  }
}
