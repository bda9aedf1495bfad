package io.podpath.core.rule;

import java.util.Locale;

/** What kind of entry a culprit is; part of the JSON contract. */
public enum EntryKind {
  ROUTE,
  NEIGH,
  FDB,
  ADDRESS,
  LINK,
  RULE,
  IPTABLES,
  IPSET,
  IPVS,
  SYSCTL,
  FILE,
  BGP,
  OVS,
  OBJECT,
  LOG;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
