package io.podpath.core.walk;

/** Where netfilter looks at packets ({@code NF_INET_*}); printed as the built-in chains are. */
public enum Hook {
  PREROUTING,
  INPUT,
  FORWARD,
  OUTPUT,
  POSTROUTING
}
