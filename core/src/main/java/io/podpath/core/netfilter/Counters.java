package io.podpath.core.netfilter;

/** Packets and bytes; {@code iptables -L -v} rounds them ("2947", "248K"). */
public record Counters(long packets, long bytes) {
  @Override
  public String toString() {
    return "[" + packets + ":" + bytes + "]";
  }
}
