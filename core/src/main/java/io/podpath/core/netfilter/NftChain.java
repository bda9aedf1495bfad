package io.podpath.core.netfilter;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A chain of nftables.
 *
 * @param family ip, ip6, inet, bridge, netdev, arp
 * @param type filter, nat, route; empty for a chain without a hook
 * @param hook prerouting, input, forward, output, postrouting, ingress
 * @param priority lower runs first
 */
public record NftChain(
    String family,
    String table,
    String name,
    Optional<String> type,
    Optional<String> hook,
    OptionalInt priority,
    Optional<String> policy) {

  @Override
  public String toString() {
    return "chain "
        + family
        + " "
        + table
        + " "
        + name
        + hook.map(h -> " hook " + h).orElse("")
        + policy.map(p -> " policy " + p).orElse("");
  }
}
