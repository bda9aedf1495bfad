package io.podpath.core.walk;

import java.util.List;

/**
 * One way a packet may take; several where the kernel chooses by a hash or by chance.
 *
 * @param end where it ends
 * @param packet as delivered, after translation and decapsulation, or as last seen
 * @param doubts what was not gathered or is not modelled, and would decide otherwise if it is not
 *     as usual
 * @param assumptions about machines that were not recorded
 */
public record Way(
    Disposition disposition,
    Netns end,
    List<Step> steps,
    Packet packet,
    List<String> doubts,
    List<String> assumptions) {

  public Way {
    steps = List.copyOf(steps);
    doubts = List.copyOf(doubts);
    assumptions = List.copyOf(assumptions);
  }

  public boolean isDelivered() {
    return disposition == Disposition.DELIVERED;
  }
}
