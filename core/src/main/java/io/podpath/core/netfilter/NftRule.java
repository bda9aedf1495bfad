package io.podpath.core.netfilter;

import java.util.OptionalLong;

/**
 * A rule of nftables in nft's own text.
 *
 * @param family ip, ip6, inet, bridge, netdev, arp
 * @param statement as {@code nft list ruleset} prints it, without counters' values
 */
public record NftRule(
    String family, String table, String chain, String statement, OptionalLong handle) {
  @Override
  public String toString() {
    return statement;
  }
}
