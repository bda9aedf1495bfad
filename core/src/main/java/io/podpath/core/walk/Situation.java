package io.podpath.core.walk;

import io.podpath.core.net.MacAddress;
import java.util.Optional;

/** Where a packet stands on its way through the kernels. */
sealed interface Situation {

  Stack stack();

  Packet packet();

  /**
   * A process of this namespace sends it.
   *
   * @param device the device the process is bound to
   */
  record Sent(Stack stack, Packet packet, Optional<String> device) implements Situation {}

  /** A device takes a frame in (netif_receive_skb). */
  record Arrived(Stack stack, String device, Frame frame, Skb skb) implements Situation {
    @Override
    public Packet packet() {
      return frame.packet();
    }
  }

  /**
   * The IP layer gets it (ip_rcv).
   *
   * @param sourceMac of the frame
   * @param port the port of the bridge {@code device} it came in by
   * @param hooked whether the bridge has shown it to hook PREROUTING, which then is not asked again
   *     (br_netfilter_hooks.c: ip_sabotage_in)
   */
  record Received(
      Stack stack,
      String device,
      Skb skb,
      Optional<MacAddress> sourceMac,
      Optional<String> port,
      boolean hooked)
      implements Situation {

    Received(
        Stack stack,
        String device,
        Skb skb,
        Optional<MacAddress> sourceMac,
        Optional<String> port) {
      this(stack, device, skb, sourceMac, port, false);
    }

    @Override
    public Packet packet() {
      return skb.packet();
    }
  }

  /** A device sends a frame (ndo_start_xmit). */
  record Transmitted(Stack stack, String device, Frame frame, Skb skb, Hop hop)
      implements Situation {
    @Override
    public Packet packet() {
      return frame.packet();
    }
  }

  /** A frame came out of a tunnel of an Open vSwitch bridge, by this port. */
  record Switched(Stack stack, String bridge, String port, Frame frame) implements Situation {
    @Override
    public Packet packet() {
      return frame.packet();
    }
  }

  /**
   * The way ends here.
   *
   * @param behind the device behind which it goes on to a pod whose namespace was not recorded
   * @param in the device by which the one it is delivered to took it in
   */
  record Ended(
      Stack stack,
      Packet packet,
      Disposition disposition,
      Optional<String> behind,
      Optional<String> in)
      implements Situation {

    Ended(Stack stack, Packet packet, Disposition disposition) {
      this(stack, packet, disposition, Optional.empty(), Optional.empty());
    }
  }
}
