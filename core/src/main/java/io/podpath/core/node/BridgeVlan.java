package io.podpath.core.node;

import java.util.Set;

/**
 * A VLAN of a bridge port.
 *
 * @param first lowest VLAN id of the range, 1 to 4094
 * @param last highest VLAN id of the range
 * @param flags PVID, "Egress Untagged"
 */
public record BridgeVlan(String port, int first, int last, Set<String> flags) {
  public BridgeVlan {
    flags = Set.copyOf(flags);
  }

  @Override
  public String toString() {
    return port
        + " "
        + (first == last ? Integer.toString(first) : first + "-" + last)
        + flags.stream().sorted().map(f -> " " + f).reduce("", String::concat);
  }
}
