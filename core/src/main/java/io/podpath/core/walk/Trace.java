package io.podpath.core.walk;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A packet there and its answer back.
 *
 * @param forward all ways of the packet
 * @param replies all ways of the answers to it, of those ways that delivered it
 */
public record Trace(Question question, List<Way> forward, List<Way> replies) {

  public Trace {
    forward = List.copyOf(forward);
    replies = List.copyOf(replies);
  }

  /** The way that says most: one that loses the packet before one that is open, before the rest. */
  public Way worstForward() {
    return worst(forward).orElseThrow();
  }

  public Optional<Way> worstReply() {
    return worst(replies);
  }

  private static Optional<Way> worst(List<Way> ways) {
    return ways.stream().min(Comparator.comparingInt(Trace::rank));
  }

  private static int rank(Way way) {
    return way.isDelivered() ? 2 : way.disposition() == Disposition.INSUFFICIENT_INFO ? 1 : 0;
  }

  /** What becomes of the exchange as a whole, where every way counts. */
  public Disposition disposition() {
    Way there = worstForward();
    if (!there.isDelivered()) {
      return there.disposition();
    }
    return worstReply()
        .map(back ->
            back.isDelivered() || back.disposition() == Disposition.INSUFFICIENT_INFO
                ? back.disposition()
                : Disposition.REPLY_LOST)
        .orElse(Disposition.DELIVERED);
  }
}
