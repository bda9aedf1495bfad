package io.podpath.core.cni;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import java.util.Optional;

/**
 * A route of BIRD's own table.
 *
 * @param kind unicast, blackhole, unreachable …
 * @param protocol name of the BIRD protocol it came from
 * @param best whether it is the one exported to the kernel (the asterisk)
 */
public record BirdRoute(
    IpPrefix destination,
    String kind,
    Optional<IpAddress> gateway,
    Optional<String> device,
    String protocol,
    boolean best) {
  @Override
  public String toString() {
    return destination
        + (kind.equals("unicast") ? "" : " " + kind)
        + gateway.map(g -> " via " + g).orElse("")
        + device.map(d -> " on " + d).orElse("")
        + " ["
        + protocol
        + "]"
        + (best ? " *" : "");
  }
}
