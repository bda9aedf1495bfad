package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.MacAddress;
import io.podpath.core.net.Port;
import io.podpath.core.net.Vni;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.node.LinkKind;
import io.podpath.core.node.Neighbour;
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
  private static final int GRE_HEADER = 4;

  /** VXLAN takes a hash of the inner packet as source port (udp_flow_src_port). */
  private static final Port HASHED = new Port(50_000);

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
          inner.length()
              + ETHERNET_HEADER
              + VXLAN_HEADER
              + UDP_HEADER
              + Packet.header(remote.family());
      journeys.addAll(
          send(at, kind.local(), remote, payload, length, false, at.skb().mark(), found));
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

  /** net/ipv4/ip_tunnel.c: ip_tunnel_xmit; without a remote end the next hop is the other end. */
  static List<Journey> ip(
      Situation.Transmitted at,
      Optional<IpAddress> local,
      Optional<IpAddress> remote,
      IpProtocol protocol,
      Trail trail) {
    Packet inner = at.frame().packet();
    IpAddress to = remote.orElse(at.hop().address());
    int header = Packet.header(to.family()) + (protocol.equals(IpProtocol.GRE) ? GRE_HEADER : 0);
    return send(
        at,
        local,
        to,
        new Payload.Encapsulated(protocol, inner),
        inner.length() + header,
        inner.unfragmented(),
        0,
        trail);
  }

  static List<Journey> gretap(
      Situation.Transmitted at,
      Optional<IpAddress> local,
      Optional<IpAddress> remote,
      Trail trail) {
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
        local,
        remote.get(),
        new Payload.GreFrame(at.frame()),
        framed(at.frame().packet(), remote.get()),
        false,
        0,
        trail);
  }

  /** The length of an outer packet with a frame behind GRE. */
  static int framed(Packet inner, IpAddress remote) {
    return inner.length() + ETHERNET_HEADER + GRE_HEADER + Packet.header(remote.family());
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
      boolean whole,
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
            Packet.TTL,
            length,
            whole,
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
