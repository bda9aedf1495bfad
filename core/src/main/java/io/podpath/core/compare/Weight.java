package io.podpath.core.compare;

/** How much it says when two entries differ in something. */
public enum Weight {
  /** It may decide where a packet goes. */
  MEANING,
  /**
   * It is this machine's own and another's is as good: a random name, a hardware address. It counts
   * between two states of one machine.
   */
  IDENTITY,
  /** It decides nothing, such as the order of equal rules; shown with {@code --strict}. */
  DETAIL,
  /** It comes and goes by itself, such as a learnt neighbour; never compared. */
  OBSERVATION
}
