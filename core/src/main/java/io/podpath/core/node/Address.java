package io.podpath.core.node;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import java.util.Optional;
import java.util.Set;

/**
 * An address of an interface.
 *
 * @param prefixLength of the network it stands in
 * @param peer the other end of a point-to-point link
 * @param scope global, link, host …
 * @param flags secondary, dynamic, tentative, dadfailed, deprecated …
 */
public record Address(
    String device,
    IpAddress local,
    int prefixLength,
    Optional<IpAddress> peer,
    Optional<IpAddress> broadcast,
    String scope,
    Set<String> flags) {

  public Address {
    flags = Set.copyOf(flags);
  }

  /** The network this address stands in. */
  public IpPrefix network() {
    return new IpPrefix(peer.orElse(local), prefixLength);
  }

  /** As {@code ip addr} prints it, with the device at the end for both families. */
  @Override
  public String toString() {
    String word = local.family() == IpFamily.INET ? "inet " : "inet6 ";
    return word
        + local
        + peer.map(p -> " peer " + p).orElse("")
        + "/"
        + prefixLength
        + broadcast.map(b -> " brd " + b).orElse("")
        + " scope "
        + scope
        + " dev "
        + device;
  }
}
