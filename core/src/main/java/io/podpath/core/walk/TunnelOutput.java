package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.MacAddress;
import io.podpath.core.net.Port;
import io.podpath.core.net.Vni;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.node.GreHeader;
import io.podpath.core.node.LinkKind;
import io.podpath.core.node.Neighbour;
import io.podpath.core.node.OuterHeader;
import io.podpath.core.node.OuterHeader.DontFragment;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Step.Kind;
import io.podpath.core.walk.Step.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tunnel devices put a packet into another one and send that. */
final class TunnelOutput {

  private static final MacAddress DEFAULT = new MacAddress(0);
  private static final int UDP_HEADER = 8;
  private static final int VXLAN_HEADER = 8;
  private static final int ETHERNET_HEADER = 14;

  /** VXLAN takes a hash of the inner packet as source port (udp_flow_src_port). */
  private static final Port HASHED = new Port(50_000);

  /** Below these a link's mtu is no reason to tell a sender (iptunnel_pmtud_check_icmp). */
  private static final int LEAST_FOUR = 576;

  private static final int LEAST_SIX = 1280;

  /** Tunnels that send into each other are cut off (net/core/dev.h: XMIT_RECURSION_LIMIT). */
  private static final int DEEPEST = 8;

  private TunnelOutput() {}

  /** Why a next hop may have a MAC address though none is known. */
  private static Optional<String> gap(Stack stack, IpFamily family) {
    Entries<Neighbour> neighbours = stack.facts().get(Section.neighbours(family));
    return neighbours.isComplete()
        ? Optional.empty()
        : Optional.of("neighbours of " + stack.place() + ": " + neighbours.coverage().gap());
  }

  /** drivers/net/vxlan/vxlan_core.c: vxlan_xmit, vxlan_xmit_one. */
  static List<Journey> vxlan(Situation.Transmitted at, LinkKind.Vxlan kind, Trail before) {
    Stack stack = at.stack();
    Trail trail =
        before.asking(new FdbQuery(stack, List.of(at.device()), at.frame().destination()));
    Packet inner = at.frame().packet();
    if (stack.allFdb().isNotGathered()) {
      return Journey.open(
          stack,
          Kind.FDB,
          Optional.of(at.device()),
          "fdb of " + at.device() + ": " + stack.allFdb().coverage().gap(),
          Optional.empty(),
          inner,
          trail);
    }
    List<Fact<FdbEntry>> entries = entries(stack, at.device(), at.frame().destination());
    Optional<String> unasked =
        at.frame().destination().isPresent()
            ? Optional.empty()
            : gap(stack, at.hop().address().family());
    if (entries.isEmpty() && unasked.isPresent()) {
      return Journey.open(
          stack,
          Kind.NEIGH,
          Optional.of(at.device()),
          unasked.get(),
          Optional.empty(),
          inner,
          trail);
    }
    if (entries.isEmpty()) {
      String mac = at.frame().destination().map(MacAddress::toString).orElse("the next hop");
      return stack.allFdb().isComplete()
          ? Journey.lost(
              stack,
              Kind.FDB,
              Optional.of(at.device()),
              "no entry for " + mac + " on " + at.device(),
              stack.allFdb().place(),
              inner,
              Disposition.NO_FDB_ENTRY,
              trail)
          : Journey.open(
              stack,
              Kind.FDB,
              Optional.of(at.device()),
              "fdb entry for " + mac + ": " + stack.allFdb().coverage().gap(),
              Optional.empty(),
              inner,
              trail);
    }
    List<Journey> journeys = new ArrayList<>(1);
    for (Fact<FdbEntry> entry : entries) {
      Trail found =
          trail.step(
              stack,
              Kind.FDB,
              Optional.of(at.device()),
              entry.value(),
              Mark.OK,
              Optional.of(entry.from()),
              inner);
      Port port = entry.value().port().orElse(TunnelInput.port(kind));
      Vni vni = entry.value().vni().or(kind::vni).orElse(new Vni(0));
      Payload payload = new Payload.Vxlan(HASHED, port, vni, at.frame());
      IpAddress remote = entry.value().destination().orElseThrow();
      int length =
          inner.longest()
              + ETHERNET_HEADER
              + VXLAN_HEADER
              + UDP_HEADER
              + Packet.header(remote.family());
      journeys.addAll(
          send(at, kind.local(), remote, payload, length, kind.outer(), at.skb().mark(), found));
    }
    return journeys;
  }

  private static List<Fact<FdbEntry>> entries(Stack stack, String device, Optional<MacAddress> to) {
    List<Fact<FdbEntry>> named = to.map(mac -> remotes(stack.fdb(device, mac))).orElse(List.of());
    return named.isEmpty() ? remotes(stack.fdb(device, DEFAULT)) : named;
  }

  private static List<Fact<FdbEntry>> remotes(List<Fact<FdbEntry>> entries) {
    return entries.stream()
        .filter(e -> e.value().destination().filter(d -> !d.isUnspecified()).isPresent())
        .toList();
  }

  static List<Journey> ipip(Situation.Transmitted at, LinkKind.Ipip kind, Trail trail) {
    Payload payload = new Payload.Encapsulated(IpProtocol.IPENCAP, at.frame().packet());
    return ip(at, kind.local(), kind.remote(), payload, 0, kind.outer(), trail);
  }

  static List<Journey> gre(Situation.Transmitted at, LinkKind.Gre kind, Trail trail) {
    Payload payload = new Payload.Encapsulated(IpProtocol.GRE, at.frame().packet(), kind.out());
    return ip(at, kind.local(), kind.remote(), payload, kind.out().length(), kind.outer(), trail);
  }

  /**
   * net/ipv4/ip_tunnel.c: ip_tunnel_xmit; without a remote end the next hop is the other end.
   *
   * @param between the length of what stands between the two IP headers
   */
  private static List<Journey> ip(
      Situation.Transmitted at,
      Optional<IpAddress> local,
      Optional<IpAddress> remote,
      Payload payload,
      int between,
      OuterHeader header,
      Trail trail) {
    IpAddress to = remote.orElse(at.hop().address());
    int length = at.frame().packet().longest() + between + Packet.header(to.family());
    return send(at, local, to, payload, length, header, 0, trail);
  }

  static List<Journey> gretap(Situation.Transmitted at, LinkKind.Gre kind, Trail trail) {
    Optional<IpAddress> remote = kind.remote();
    if (remote.isEmpty()) {
      return Journey.open(
          at.stack(),
          Kind.ENCAP,
          Optional.of(at.device()),
          at.device() + " has no remote end of its own",
          Optional.empty(),
          at.frame().packet(),
          trail);
    }
    return send(
        at,
        kind.local(),
        remote.get(),
        new Payload.GreFrame(at.frame(), kind.out()),
        framed(at.frame().packet(), remote.get(), kind.out()),
        kind.outer(),
        0,
        trail);
  }

  /** The length of an outer packet with a frame behind GRE. */
  static int framed(Packet inner, IpAddress remote, GreHeader header) {
    return inner.longest() + ETHERNET_HEADER + header.length() + Packet.header(remote.family());
  }

  /**
   * The hops an outer packet has to live (vxlan_xmit_one, ip_tunnel_xmit). The metric hoplimit of
   * its route is not asked.
   */
  private static int ttl(OuterHeader outer, Packet inner) {
    return switch (outer.ttl()) {
      case OuterHeader.Ttl.Fixed(var hops) -> hops;
      case OuterHeader.Ttl.Inherited() -> inner.ttl();
      case OuterHeader.Ttl.Own() -> Packet.TTL;
    };
  }

  /**
   * Whether an outer packet must stay whole (the same functions). Of IPv6 only what a socket sends
   * is cut (ip6_fragment: ignore_df).
   */
  private static boolean isWhole(
      OuterHeader outer, Payload payload, Packet inner, IpAddress remote) {
    if (remote.family() == IpFamily.INET6) {
      return true;
    }
    return switch (outer.df()) {
      case UNSET -> false;
      case SET -> true;
      case INHERITED, UNTOLD ->
          // VXLAN alone takes IPv6 for what is not to be cut
          inner.family() == IpFamily.INET ? inner.unfragmented() : payload instanceof Payload.Vxlan;
    };
  }

  /**
   * Whether a packet that must stay whole is not put into one that is too long, which its sender is
   * told (net/ipv4/ip_tunnel.c: tnl_update_pmtu; of VXLAN for ports of bridges alone,
   * ip_tunnel_core.c: skb_tunnel_check_pmtu).
   */
  private static boolean isRefused(Situation.Transmitted at, Packet outer, Hop hop) {
    Packet inner = at.frame().packet();
    int room = IpOutput.mtu(at.stack(), hop) - (outer.length() - inner.longest());
    if (inner.longest() <= room) {
      return false;
    }
    boolean six = inner.family() == IpFamily.INET6;
    return switch (outer.payload()) {
      case Payload.Encapsulated _, Payload.GreFrame _ ->
          outer.unfragmented() && (six ? room >= LEAST_SIX : inner.unfragmented());
      case Payload.Vxlan _ ->
          at.stack().link(at.device()).flatMap(l -> l.value().master()).isPresent()
              && (six ? room >= LEAST_SIX : room >= LEAST_FOUR && inner.unfragmented());
      case Payload.FlannelUdp _, Payload.Tcp _, Payload.Udp _, Payload.Icmp _, Payload.Opaque _ ->
          false;
    };
  }

  /**
   * @param markThatRoutes VXLAN's look-up asks with the packet's mark, the others with the tunnel's
   */
  static List<Journey> send(
      Situation.Transmitted at,
      Optional<IpAddress> local,
      IpAddress remote,
      Payload payload,
      int length,
      OuterHeader header,
      long markThatRoutes,
      Trail trail) {
    Stack stack = at.stack();
    Packet inner = at.frame().packet();
    if (Encapsulation.depth(inner) >= DEEPEST) {
      return Journey.lost(
          stack,
          Kind.ENCAP,
          Optional.of(at.device()),
          "packets of tunnels inside each other",
          stack.link(at.device()).map(Fact::from),
          inner,
          Disposition.LOOP,
          trail);
    }
    Packet draft =
        new Packet(
            local.orElse(IpAddress.of(remote.family() == IpFamily.INET ? "0.0.0.0" : "::")),
            remote,
            payload,
            ttl(header, inner),
            length,
            isWhole(header, payload, inner, remote),
            0);
    Flow asked = Flow.towards(remote, local, Optional.empty());
    Flow flow =
        new Flow(
            asked.destination(),
            asked.source(),
            asked.iif(),
            asked.oif(),
            markThatRoutes,
            0,
            Optional.of(payload.protocol()),
            Optional.empty(),
            Optional.empty());
    return IpOutput.route(
        stack,
        flow,
        draft,
        trail,
        (hop, t) -> {
          if (hop.device().equals(at.device())) {
            // counted as a collision and dropped
            return Journey.lost(
                stack,
                Kind.ENCAP,
                Optional.of(at.device()),
                "the way to the other end "
                    + remote
                    + " is "
                    + at.device()
                    + " itself: "
                    + at.hop().route().map(r -> r.value().toString()).orElse(""),
                at.hop().route().map(Fact::from),
                inner,
                Disposition.WRONG_TUNNEL_ENDPOINT,
                t);
          }
          if (header.df() == DontFragment.UNTOLD
              && !draft.unfragmented()
              && draft.length() > IpOutput.mtu(stack, hop)) {
            return Journey.open(
                stack,
                Kind.ENCAP,
                Optional.of(at.device()),
                "whether what "
                    + at.device()
                    + " of "
                    + stack
                    + " sends may be cut (nopmtudisc) was not gathered",
                stack.link(at.device()).map(Fact::from),
                inner,
                t);
          }
          if (isRefused(at, draft, hop)) {
            return IpOutput.tooBig(
                stack, hop.device(), IpOutput.mtu(stack, hop), draft, Kind.ENCAP, t);
          }
          Packet outer =
              local.isPresent()
                  ? draft
                  : IpOutput.source(stack, hop, remote).map(draft::from).orElse(draft);
          Skb skb = new Skb(outer, at.skb().mark(), Optional.empty());
          Trail after =
              t.step(
                  stack,
                  Kind.ENCAP,
                  Optional.of(at.device()),
                  outer,
                  Mark.OK,
                  stack.link(at.device()).map(Fact::from),
                  inner);
          return IpOutput.output(stack, skb, hop, after);
        });
  }
}
