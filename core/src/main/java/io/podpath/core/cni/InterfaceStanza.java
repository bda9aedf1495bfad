package io.podpath.core.cni;

import io.podpath.core.net.IpAddress;
import java.util.List;
import java.util.Optional;

/**
 * An {@code iface … static} stanza of {@code /etc/network/interfaces}.
 *
 * @param netmask as written: a mask or a length
 * @param unknownOptions options that ifupdown has no meaning for
 */
public record InterfaceStanza(
    String device,
    Optional<IpAddress> address,
    Optional<String> netmask,
    List<String> unknownOptions) {

  public InterfaceStanza {
    unknownOptions = List.copyOf(unknownOptions);
  }

  @Override
  public String toString() {
    return "iface "
        + device
        + " inet static"
        + address.map(a -> " address " + a).orElse("")
        + netmask.map(n -> " netmask " + n).orElse("");
  }
}
