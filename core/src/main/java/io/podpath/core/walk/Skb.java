package io.podpath.core.walk;

import java.util.Optional;

/**
 * A packet with what the kernel keeps beside it inside one namespace (struct sk_buff).
 *
 * @param mark the firewall mark
 * @param tracked how connection tracking sees it; empty before it was asked
 * @param zone the one a rule put it into, for connection tracking to ask for
 */
record Skb(Packet packet, long mark, Optional<Tracked> tracked, Optional<Zone> zone) {

  Skb(Packet packet, long mark, Optional<Tracked> tracked) {
    this(packet, mark, tracked, Optional.empty());
  }

  /**
   * @param connection the connection it belongs to; empty for INVALID and UNTRACKED packets
   * @param state NEW, ESTABLISHED, RELATED, INVALID or UNTRACKED
   * @param reply whether it goes against the direction of the first packet
   */
  record Tracked(Optional<Integer> connection, String state, boolean reply) {}

  static Skb of(Packet packet) {
    return new Skb(packet, 0, Optional.empty());
  }

  Skb with(Packet other) {
    return new Skb(other, mark, tracked, zone);
  }

  Skb marked(long other) {
    return new Skb(packet, other, tracked, zone);
  }

  Skb tracked(Tracked how) {
    return new Skb(packet, mark, Optional.of(how));
  }

  /** A rule of table raw has its say once (net/netfilter/xt_CT.c: xt_ct_target). */
  Skb in(Zone other) {
    return isClaimed() ? this : new Skb(packet, mark, tracked, Optional.of(other));
  }

  /** Whether it has a connection, or what stands for one. */
  boolean isClaimed() {
    return tracked.isPresent() || zone.isPresent();
  }

  /** Through a device pair or a tunnel inside one namespace (skb_scrub_packet). */
  Skb untracked() {
    return new Skb(packet, mark, Optional.empty());
  }

  boolean isIn(String state) {
    return tracked.filter(t -> t.state().equals(state)).isPresent();
  }
}
