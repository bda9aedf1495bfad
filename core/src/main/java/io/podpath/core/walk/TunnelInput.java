package io.podpath.core.walk;

import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import io.podpath.core.node.GreHeader;
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

  static List<Journey> ip(Look look, Skb skb, Payload.Encapsulated carried, Trail trail) {
    boolean gre = carried.protocol().equals(IpProtocol.GRE);
    return taken(
        look.with(skb),
        gre ? "gre" : "ipip",
        carried.protocol(),
        carried.header(),
        Frame.bare(carried.inner()),
        trail);
  }

  static List<Journey> gre(Look look, Skb skb, Payload.GreFrame carried, Trail trail) {
    return OpenVswitch.received(look, skb, carried, trail)
        .orElseGet(() ->
            taken(
                look.with(skb),
                "gretap",
                carried.protocol(),
                carried.header(),
                carried.inner(),
                trail));
  }

  private static List<Journey> taken(
      Look look, String kind, IpProtocol protocol, GreHeader header, Frame inner, Trail trail) {
    TunnelLookup lookup = new TunnelLookup(look, kind, header);
    boolean external =
        look.stack().facts().get(Section.LINKS).stream().anyMatch(l -> takesAll(l.value()));
    Optional<Fact<Link>> device =
        lookup.device().or(() -> external ? Optional.empty() : lookup.fallback());
    if (device.isEmpty()) {
      String key = header.key().isPresent() ? " and key " + header.key().getAsLong() : "";
      return noTunnel(look, look.skb(), protocol + " from " + look.packet().source() + key, trail);
    }
    Optional<String> unlike =
        device
            .get()
            .value()
            .kind()
            .flatMap(
                k -> k instanceof LinkKind.Gre gre ? unlike(gre.in(), header) : Optional.empty());
    return unlike.isPresent()
        ? Journey.lost(
            look.stack(),
            Kind.DECAP,
            Optional.of(device.get().value().name()),
            unlike.get(),
            Optional.of(device.get().from()),
            look.packet(),
            Disposition.TUNNEL_PROTOCOL_BLOCKED,
            trail)
        : decapsulated(look, look.skb(), device.get(), inner, trail);
  }

  /** Why a device drops what is for it (ip_tunnel_rcv). */
  private static Optional<String> unlike(GreHeader wanted, GreHeader header) {
    if (wanted.checksum() != header.checksum()) {
      return Optional.of(
          wanted.checksum() ? "a GRE header without a checksum" : "a GRE header with a checksum");
    }
    return wanted.sequence() && !header.sequence()
        ? Optional.of("a GRE header without a sequence number")
        : Optional.empty();
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
