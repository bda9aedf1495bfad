package io.podpath.core.walk;

import io.podpath.core.netfilter.ConntrackEntry;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.walk.Connection.Tuple;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Connection tracking: finds or begins the connection of a packet
 * (net/netfilter/nf_conntrack_core.c: nf_conntrack_in), and translates its addresses
 * (net/netfilter/nf_nat_core.c: nf_nat_packet).
 */
final class Tracking {

  /** A packet that was looked at, and what is tracked now. */
  record Seen(Skb skb, Trail trail) {}

  private Tracking() {}

  static Optional<Connection> connection(Skb skb, Trail trail) {
    return skb.tracked().flatMap(Skb.Tracked::connection).map(trail.connections()::get);
  }

  /** A rule asks not to track it; what has a connection keeps it (xt_CT.c: xt_ct_target). */
  static Skb untracked(Skb skb) {
    return skb.isClaimed()
        ? skb
        : skb.tracked(new Skb.Tracked(Optional.empty(), "UNTRACKED", false));
  }

  static Seen in(Stack stack, Skb skb, Trail trail) {
    // a packet that came back by lo keeps what it was
    if (skb.tracked().isPresent()) {
      return new Seen(skb, trail);
    }
    if (skb.packet().payload() instanceof Payload.Icmp icmp && icmp.isOfTheLink()) {
      return new Seen(untracked(skb), trail);
    }
    Tuple tuple = Tuple.of(skb.packet());
    Zone zone = skb.zone().orElse(Zone.DEFAULT);
    // of ICMP the tuple has the type: who pings itself has both the same otherwise
    boolean asks = skb.packet().payload() instanceof Payload.Icmp icmp && icmp.isEcho();
    boolean answers = skb.packet().payload() instanceof Payload.Icmp icmp && icmp.isEchoReply();
    List<Connection> known = trail.connections();
    for (int i = known.size() - 1; i >= 0; i--) {
      Connection connection = known.get(i);
      if (connection.place().equals(stack.place())) {
        boolean there = zone.original() == connection.zone().original();
        if (!answers && there && connection.original().equals(tuple)) {
          String state = connection.answered() ? "ESTABLISHED" : "NEW";
          return new Seen(skb.tracked(new Skb.Tracked(Optional.of(i), state, false)), trail);
        }
        boolean back = zone.reply() == connection.zone().reply();
        if (!asks && back && connection.reply().equals(tuple)) {
          return new Seen(
              skb.tracked(new Skb.Tracked(Optional.of(i), "ESTABLISHED", true)),
              trail.with(i, connection.withAnswer()));
        }
      }
    }
    return recorded(stack, tuple, zone)
        .map(c -> existing(c, tuple, skb, trail))
        .orElseGet(() -> begun(stack, skb, trail));
  }

  private static Optional<Connection> recorded(Stack stack, Tuple tuple, Zone zone) {
    return stack.tracked(tuple).stream()
        .map(f -> recorded(stack, f))
        .filter(c ->
            c.original().equals(tuple) && c.zone().original() == zone.original()
                || c.reply().equals(tuple) && c.zone().reply() == zone.reply())
        .findFirst();
  }

  private static Connection recorded(Stack stack, Fact<ConntrackEntry> fact) {
    ConntrackEntry entry = fact.value();
    return new Connection(
        stack.place(),
        tuple(entry, entry.original()),
        tuple(entry, entry.reply()),
        !entry.flags().contains("UNREPLIED"),
        true,
        true,
        entry.mark(),
        new Zone(entry.originalZone(), entry.replyZone()),
        Optional.of(fact.from()));
  }

  static Tuple tuple(ConntrackEntry entry, ConntrackEntry.Tuple tuple) {
    return new Tuple(
        entry.protocol(),
        tuple.source(),
        tuple.sourcePort(),
        tuple.destination(),
        tuple.destinationPort());
  }

  private static Seen existing(Connection connection, Tuple tuple, Skb skb, Trail trail) {
    boolean reply = !connection.original().equals(tuple);
    Connection now = reply ? connection.withAnswer() : connection;
    Trail more = trail.with(now);
    String state = now.answered() ? "ESTABLISHED" : "NEW";
    return new Seen(
        skb.tracked(new Skb.Tracked(Optional.of(more.connections().size() - 1), state, reply)),
        more);
  }

  private static Seen begun(Stack stack, Skb skb, Trail trail) {
    if (!begins(skb.packet().payload())) {
      return new Seen(skb.tracked(new Skb.Tracked(Optional.empty(), "INVALID", false)), trail);
    }
    Trail more =
        trail.with(Connection.begin(stack.place(), skb.packet(), skb.zone().orElse(Zone.DEFAULT)));
    return new Seen(
        skb.tracked(new Skb.Tracked(Optional.of(more.connections().size() - 1), "NEW", false)),
        more);
  }

  /**
   * Whether such a packet may be the first one of a connection: tcp_new (with
   * nf_conntrack_tcp_loose 1, its default), nf_conntrack_proto_icmp.c: icmp_new.
   */
  private static boolean begins(Payload payload) {
    return switch (payload) {
      case Payload.Tcp(var from, var to, var flags) ->
          flags.equals(Set.of("SYN")) || flags.contains("ACK") && !flags.contains("SYN");
      case Payload.Icmp icmp -> icmp.isEcho();
      case Payload.Udp _,
          Payload.Vxlan _,
          Payload.FlannelUdp _,
          Payload.Encapsulated _,
          Payload.GreFrame _,
          Payload.Opaque _ ->
          true;
    };
  }

  /**
   * Writes into the packet what its connection says.
   *
   * @param destination at PREROUTING and OUTPUT; else the source, at INPUT and POSTROUTING
   */
  static Skb translated(Skb skb, Trail trail, boolean destination) {
    Optional<Connection> tracked = connection(skb, trail);
    if (tracked.isEmpty()) {
      return skb;
    }
    boolean reply = skb.tracked().filter(Skb.Tracked::reply).isPresent();
    Tuple wanted = reply ? tracked.get().original().inverse() : tracked.get().reply().inverse();
    Packet packet = skb.packet();
    if (destination) {
      Packet moved = packet.to(wanted.destination());
      return skb.with(wanted.destinationPort().map(p -> withPort(moved, p, true)).orElse(moved));
    }
    Packet moved = packet.from(wanted.source());
    return skb.with(wanted.sourcePort().map(p -> withPort(moved, p, false)).orElse(moved));
  }

  private static Packet withPort(
      Packet packet, io.podpath.core.net.Port port, boolean destination) {
    return destination ? packet.toPort(port) : packet.fromPort(port);
  }
}
