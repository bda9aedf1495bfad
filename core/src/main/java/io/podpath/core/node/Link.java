package io.podpath.core.node;

import io.podpath.core.net.IfIndex;
import io.podpath.core.net.MacAddress;
import io.podpath.core.net.Mtu;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A network interface.
 *
 * @param flags as in the angle brackets of {@code ip link}: UP, LOWER_UP, NO-CARRIER, NOARP …
 * @param operState UP, DOWN, UNKNOWN, LOWERLAYERDOWN …; empty where the tool does not print it
 * @param master the bridge or bond it belongs to
 * @param peer what stands behind {@code @}: the other end of a veth, the lower link, or {@code
 *     NONE}
 * @param linkType ether, ipip, none, loopback …
 */
public record Link(
    String name,
    Optional<IfIndex> index,
    Set<String> flags,
    Optional<Mtu> mtu,
    Optional<String> operState,
    Optional<String> master,
    Optional<String> peer,
    String linkType,
    Optional<MacAddress> mac,
    Optional<LinkKind> kind) {

  public Link {
    flags = Set.copyOf(flags);
  }

  /** Administratively up ({@code IFF_UP}). */
  public boolean isUp() {
    return flags.contains("UP");
  }

  /** As the first line of {@code ip link}, without queueing words. */
  @Override
  public String toString() {
    String at = peer.map(p -> "@" + p).orElse("");
    String number = index.map(i -> i + ": ").orElse("");
    String words = flags.stream().sorted().collect(Collectors.joining(",", "<", ">"));
    return number
        + name
        + at
        + ": "
        + words
        + mtu.map(m -> " mtu " + m).orElse("")
        + master.map(m -> " master " + m).orElse("")
        + operState.map(s -> " state " + s).orElse("");
  }
}
