package io.podpath.core.node;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.MacAddress;
import java.util.Optional;
import java.util.Set;

/**
 * A neighbour (ARP, ND) entry.
 *
 * @param states NUD states: REACHABLE, STALE, PERMANENT, FAILED, INCOMPLETE …; empty where the tool
 *     does not tell
 * @param flags router, proxy, extern_learn …
 */
public record Neighbour(
    IpAddress address,
    Optional<String> device,
    Optional<MacAddress> mac,
    Set<String> states,
    Set<String> flags) {

  public Neighbour {
    states = Set.copyOf(states);
    flags = Set.copyOf(flags);
  }

  public Neighbour withMac(MacAddress other) {
    return new Neighbour(address, device, Optional.of(other), states, flags);
  }

  @Override
  public String toString() {
    return address
        + device.map(d -> " dev " + d).orElse("")
        + mac.map(m -> " lladdr " + m).orElse("")
        + flags.stream().sorted().map(f -> " " + f).reduce("", String::concat)
        + states.stream().sorted().map(s -> " " + s).reduce("", String::concat);
  }
}
