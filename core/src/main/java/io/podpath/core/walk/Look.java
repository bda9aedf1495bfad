package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.MacAddress;
import java.util.Optional;

/**
 * A packet as a hook shows it to the rules (struct nf_hook_state).
 *
 * @param in empty for what the namespace sends itself
 * @param out empty before it is routed
 * @param connection what tracks it; empty before, and for INVALID and UNTRACKED packets
 * @param sourceMac of the frame it came in
 * @param bridge the ports of a bridge it passes
 * @param hop whom it goes to next, behind routing
 */
record Look(
    Stack stack,
    Hook hook,
    Skb skb,
    Optional<String> in,
    Optional<String> out,
    Optional<Connection> connection,
    Optional<MacAddress> sourceMac,
    Optional<Ports> bridge,
    Optional<IpAddress> hop) {

  /**
   * @param out empty before the bridge chose it
   */
  record Ports(String in, Optional<String> out) {}

  Packet packet() {
    return skb.packet();
  }

  Look with(Skb other) {
    return new Look(stack, hook, other, in, out, connection, sourceMac, bridge, hop);
  }

  Look with(Optional<Connection> other) {
    return new Look(stack, hook, skb, in, out, other, sourceMac, bridge, hop);
  }

  Look at(Hook other, Optional<String> device) {
    return new Look(stack, other, skb, in, device, connection, sourceMac, bridge, hop);
  }
}
