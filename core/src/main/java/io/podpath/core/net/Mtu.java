package io.podpath.core.net;

/** Largest IP packet a link carries, in bytes. */
public record Mtu(int bytes) {
  @Override
  public String toString() {
    return Integer.toString(bytes);
  }
}
