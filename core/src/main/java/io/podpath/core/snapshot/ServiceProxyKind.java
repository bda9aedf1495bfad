package io.podpath.core.snapshot;

import java.util.Locale;

/** How services are made to work on the nodes. */
public enum ServiceProxyKind {
  IPTABLES,
  IPVS,
  NFTABLES,
  UNKNOWN;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
