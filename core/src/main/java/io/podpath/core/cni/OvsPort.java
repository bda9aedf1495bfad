package io.podpath.core.cni;

import io.podpath.core.net.IpAddress;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A port of an Open vSwitch bridge with its interface.
 *
 * @param type internal, gre, vxlan, geneve, patch …; empty for a plain system interface
 * @param options remote_ip, key, …
 * @param error what {@code ovs-vsctl show} says went wrong
 */
public record OvsPort(
    String bridge,
    String port,
    String interfaceName,
    Optional<String> type,
    SortedMap<String, String> options,
    Optional<String> tag,
    Optional<String> error) {

  public OvsPort {
    options = Collections.unmodifiableSortedMap(new TreeMap<>(options));
  }

  public boolean isTunnel() {
    return type.filter(t ->
            t.equals("gre") || t.equals("vxlan") || t.equals("geneve") || t.equals("ipsec_gre"))
        .isPresent();
  }

  /** {@code options:remote_ip}; empty when missing or {@code flow}. */
  public Optional<IpAddress> remoteIp() {
    return Optional.ofNullable(options.get("remote_ip")).flatMap(IpAddress::parse);
  }

  public OvsPort withOption(String key, String value) {
    SortedMap<String, String> changed = new TreeMap<>(options);
    changed.put(key, value);
    return new OvsPort(bridge, port, interfaceName, type, changed, tag, error);
  }

  @Override
  public String toString() {
    return "Port "
        + port
        + " Interface "
        + interfaceName
        + type.map(t -> " type: " + t).orElse("")
        + (options.isEmpty() ? "" : " options: " + options);
  }
}
