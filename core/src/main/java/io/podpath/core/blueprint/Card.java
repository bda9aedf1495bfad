package io.podpath.core.blueprint;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.MacAddress;
import java.util.Optional;

/**
 * A network card of a machine.
 *
 * @param segment the network it is plugged into
 * @param prefixLength of the network as the machine is told
 * @param mtu of the network in bytes; tunnels take their overhead off it
 * @param gateway of the default route through this card; empty on all cards but one
 */
public record Card(
    String device,
    String segment,
    IpAddress address,
    int prefixLength,
    MacAddress mac,
    int mtu,
    Optional<IpAddress> gateway) {

  /** Ethernet's own, in bytes (RFC 894). */
  public static final int ETHERNET_MTU = 1500;

  /** A card of a plain Ethernet. */
  public Card(
      String device,
      String segment,
      IpAddress address,
      int prefixLength,
      MacAddress mac,
      Optional<IpAddress> gateway) {
    this(device, segment, address, prefixLength, mac, ETHERNET_MTU, gateway);
  }
}
