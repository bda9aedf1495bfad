package io.podpath.core.cluster;

import io.podpath.core.net.IpAddress;

/**
 * A name with an address from a hand-written list or a hosts file; says nothing but that somebody
 * holds it.
 */
public record Host(String name, IpAddress address) {
  @Override
  public String toString() {
    return name + " " + address;
  }
}
