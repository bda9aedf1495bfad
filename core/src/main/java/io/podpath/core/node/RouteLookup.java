package io.podpath.core.node;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.Mtu;
import java.util.Optional;

/**
 * The kernel's own answer to {@code ip route get}.
 *
 * @param type unicast, local …
 * @param source the source address the kernel would take
 */
public record RouteLookup(
    IpAddress destination,
    RouteType type,
    Optional<IpAddress> gateway,
    Optional<String> device,
    Optional<IpAddress> source,
    Optional<Mtu> mtu) {

  @Override
  public String toString() {
    return (type == RouteType.UNICAST ? "" : type + " ")
        + destination
        + gateway.map(g -> " via " + g).orElse("")
        + device.map(d -> " dev " + d).orElse("")
        + source.map(s -> " src " + s).orElse("");
  }
}
