package io.podpath.core.walk;

import java.util.Optional;

/**
 * A packet with what the kernel keeps beside it inside one namespace (struct sk_buff).
 *
 * @param mark the firewall mark
 * @param tracked how connection tracking sees it; empty before it was asked
 */
record Skb(Packet packet, long mark, Optional<Tracked> tracked) {

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
    return new Skb(other, mark, tracked);
  }

  Skb marked(long other) {
    return new Skb(packet, other, tracked);
  }

  Skb tracked(Tracked how) {
    return new Skb(packet, mark, Optional.of(how));
  }

  /** Through a device pair or a tunnel inside one namespace (skb_scrub_packet). */
  Skb untracked() {
    return new Skb(packet, mark, Optional.empty());
  }

  boolean isIn(String state) {
    return tracked.filter(t -> t.state().equals(state)).isPresent();
  }
}
