package io.podpath.core.node;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.MacAddress;
import io.podpath.core.net.Port;
import io.podpath.core.net.Vni;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A forwarding database entry of a bridge port or a VXLAN link.
 *
 * @param device the bridge port or VXLAN link; empty where {@code bridge fdb show dev X} left it
 *     out and X is not known
 * @param destination where VXLAN sends frames for this MAC
 * @param flags self, master, permanent, static, offload, extern_learn …
 */
public record FdbEntry(
    MacAddress mac,
    Optional<String> device,
    Optional<IpAddress> destination,
    Optional<Port> port,
    Optional<Vni> vni,
    OptionalInt vlan,
    Optional<String> master,
    Set<String> flags) {

  public FdbEntry {
    flags = Set.copyOf(flags);
  }

  public FdbEntry withDestination(IpAddress address) {
    return new FdbEntry(mac, device, Optional.of(address), port, vni, vlan, master, flags);
  }

  public FdbEntry withMac(MacAddress other) {
    return new FdbEntry(other, device, destination, port, vni, vlan, master, flags);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(mac.toString());
    device.ifPresent(d -> text.append(" dev ").append(d));
    destination.ifPresent(d -> text.append(" dst ").append(d));
    port.ifPresent(p -> text.append(" port ").append(p));
    vni.ifPresent(v -> text.append(" vni ").append(v));
    vlan.ifPresent(v -> text.append(" vlan ").append(v));
    master.ifPresent(m -> text.append(" master ").append(m));
    if (flags.contains("self")) {
      text.append(" self");
    }
    flags.stream().filter(f -> !f.equals("self")).sorted().forEach(f -> text.append(' ').append(f));
    return text.toString();
  }
}
