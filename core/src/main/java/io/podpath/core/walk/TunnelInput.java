package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import io.podpath.core.node.Link;
import io.podpath.core.node.LinkKind;
import io.podpath.core.snapshot.Devices;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Step.Kind;
import io.podpath.core.walk.Step.Mark;
import java.util.List;
import java.util.Optional;

/** Outer packets that reach a tunnel's end. */
final class TunnelInput {

  private TunnelInput() {}

  /**
   * The tunnel a packet is for: one with both ends, then one with the remote end, then the local
   * one, then the device that takes all (net/ipv4/ip_tunnel.c: ip_tunnel_lookup). Devices that are
   * down take nothing.
   */
  static List<Journey> ip(Look look, Skb skb, IpProtocol protocol, Packet inner, Trail trail) {
    boolean gre = protocol.equals(IpProtocol.GRE);
    Optional<Fact<Link>> device =
        best(look, skb.packet(), l -> gre ? isGre(l, "gre") : l instanceof LinkKind.Ipip);
    if (device.isEmpty()) {
      return noTunnel(look, skb, protocol + " from " + skb.packet().source(), trail);
    }
    return decapsulated(look, skb, device.get(), Frame.bare(inner), trail);
  }

  static List<Journey> gre(Look look, Skb skb, Payload.GreFrame carried, Trail trail) {
    Frame inner = carried.inner();
    return OpenVswitch.received(look, skb, carried, trail)
        .orElseGet(() -> {
          Optional<Fact<Link>> device = best(look, skb.packet(), l -> isGre(l, "gretap"));
          return device.isPresent()
              ? decapsulated(look, skb, device.get(), inner, trail)
              : noTunnel(look, skb, "gre from " + skb.packet().source(), trail);
        });
  }

  private static boolean isGre(LinkKind kind, String name) {
    return kind instanceof LinkKind.Gre gre && gre.name().equals(name);
  }

  private static Optional<Fact<Link>> best(
      Look look, Packet outer, java.util.function.Predicate<LinkKind> kind) {
    Optional<Fact<Link>> best = Optional.empty();
    int bestScore = -1;
    for (Fact<Link> fact : look.stack().links()) {
      Link link = fact.value();
      if (link.kind().filter(kind).isEmpty() || !link.isUp()) {
        continue;
      }
      int score = score(link.kind().get(), outer);
      if (score > bestScore) {
        best = Optional.of(fact);
        bestScore = score;
      }
    }
    return best;
  }

  private static int score(LinkKind kind, Packet outer) {
    return switch (kind) {
      case LinkKind.Ipip(var local, var remote) -> score(local, remote, outer);
      case LinkKind.Gre(var name, var local, var remote) -> score(local, remote, outer);
      case LinkKind.Bridge _,
          LinkKind.Veth _,
          LinkKind.Vxlan _,
          LinkKind.Tun _,
          LinkKind.Dummy _,
          LinkKind.Metadata _,
          LinkKind.Other _ ->
          -1;
    };
  }

  private static int score(Optional<IpAddress> local, Optional<IpAddress> remote, Packet outer) {
    boolean localFits = local.filter(l -> !l.equals(outer.destination())).isEmpty();
    boolean remoteFits = remote.filter(r -> !r.equals(outer.source())).isEmpty();
    if (!localFits || !remoteFits) {
      return -1;
    }
    return (remote.isPresent() ? 2 : 0) + (local.isPresent() ? 1 : 0);
  }

  private static List<Journey> noTunnel(Look look, Skb skb, String what, Trail trail) {
    Entries<Link> links = look.stack().facts().get(Section.LINKS);
    Optional<Fact<Link>> taker = links.stream().filter(l -> takesAll(l.value())).findFirst();
    if (taker.isPresent()) {
      return Journey.open(
          look.stack(),
          Kind.DECAP,
          look.in(),
          what + ": what " + taker.get().value().name() + ", an external tunnel, makes of it",
          Optional.of(taker.get().from()),
          skb.packet(),
          trail);
    }
    Optional<String> unread =
        links
            .values()
            .filter(l -> l.kind().isEmpty() && Devices.isTunnel(l.name()))
            .map(l ->
                "kind of link " + l.name() + " of " + look.stack().place() + " was not gathered")
            .findFirst();
    if (unread.isPresent()) {
      return Journey.open(
          look.stack(), Kind.DECAP, look.in(), unread.get(), Optional.empty(), skb.packet(), trail);
    }
    if (!links.isComplete()) {
      return Journey.open(
          look.stack(),
          Kind.DECAP,
          look.in(),
          "links of " + look.stack().place() + ": " + links.coverage().gap(),
          Optional.empty(),
          skb.packet(),
          trail);
    }
    return Journey.lost(
        look.stack(),
        Kind.DECAP,
        look.in(),
        "no tunnel device takes " + what,
        Optional.empty(),
        skb.packet(),
        Disposition.TUNNEL_PROTOCOL_BLOCKED,
        trail);
  }

  /**
   * Last, what is told its ends takes it (ip_tunnel_lookup: collect_md_tun); OVS is asked before.
   */
  private static boolean takesAll(Link link) {
    return link.kind().filter(LinkKind.Metadata.class::isInstance).isPresent()
        && link.isUp()
        && !link.master().equals(Optional.of("ovs-system"));
  }

  /** drivers/net/vxlan/vxlan_core.c: vxlan_rcv; the port is the socket's, the VNI the device's. */
  static List<Journey> vxlan(Look look, Skb skb, Payload.Vxlan vxlan, Trail trail) {
    for (Fact<Link> fact : look.stack().links()) {
      Link link = fact.value();
      if (link.kind().isPresent()
          && link.kind().get() instanceof LinkKind.Vxlan kind
          && link.isUp()
          && kind.vni().equals(Optional.of(vxlan.vni()))
          && port(kind).equals(vxlan.destination())) {
        boolean own = link.mac().equals(vxlan.inner().source()) && link.mac().isPresent();
        if (!own) {
          return decapsulated(look, skb, fact, vxlan.inner(), trail);
        }
      }
    }
    return OpenVswitch.receivedVxlan(look, skb, vxlan, trail)
        .orElseGet(() ->
            noTunnel(
                look, skb, "vxlan " + vxlan.vni() + " on udp port " + vxlan.destination(), trail));
  }

  /** IANA's 4789 counts only where it was asked for; the kernel's own default is older. */
  static Port port(LinkKind.Vxlan kind) {
    return kind.port().orElse(new Port(8472));
  }

  private static List<Journey> decapsulated(
      Look look, Skb skb, Fact<Link> device, Frame inner, Trail trail) {
    String name = device.value().name();
    Trail after =
        trail.step(
            look.stack(),
            Kind.DECAP,
            Optional.of(name),
            skb.packet(),
            Mark.OK,
            Optional.of(device.from()),
            skb.packet());
    Skb freed = new Skb(inner.packet(), skb.mark(), Optional.empty());
    return Journey.one(new Situation.Arrived(look.stack(), name, inner, freed), after);
  }
}
