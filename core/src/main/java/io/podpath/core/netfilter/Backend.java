package io.podpath.core.netfilter;

/**
 * Which kernel side an iptables listing shows. Both may hold rules at once, and both then apply.
 */
public enum Backend {
  LEGACY,
  NFT,
  /** Printed by {@code iptables} without saying which. */
  UNSTATED
}
