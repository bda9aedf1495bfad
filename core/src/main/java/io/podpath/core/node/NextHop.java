package io.podpath.core.node;

import io.podpath.core.net.IpAddress;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * One way a route goes.
 *
 * @param gateway the next hop; empty for destinations on the link
 * @param device the output interface; empty where the route has none (blackhole)
 * @param weight of a multipath route
 * @param flags onlink, linkdown, dead, pervasive …
 * @param encap lightweight tunnel as iproute2 prints it, such as {@code mpls 200}
 */
public record NextHop(
    Optional<IpAddress> gateway,
    Optional<String> device,
    OptionalInt weight,
    Set<String> flags,
    Optional<String> encap) {

  public NextHop {
    flags = Set.copyOf(flags);
  }

  public static NextHop via(IpAddress gateway, String device) {
    return new NextHop(
        Optional.of(gateway), Optional.of(device), OptionalInt.empty(), Set.of(), Optional.empty());
  }

  public static NextHop dev(String device) {
    return new NextHop(
        Optional.empty(), Optional.of(device), OptionalInt.empty(), Set.of(), Optional.empty());
  }

  public boolean isOnlink() {
    return flags.contains("onlink");
  }
}
