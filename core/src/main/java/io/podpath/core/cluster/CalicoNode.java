package io.podpath.core.cluster;

import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What Calico knows of a node: its Node resource, or the {@code projectcalico.org/…} annotations of
 * a Kubernetes Node.
 *
 * @param bgpAddress the address other nodes send tunnels and BGP to
 * @param bgpNetwork the network of that address, as far as its length was given
 * @param tunnelAddress the address of tunl0
 * @param routeReflectorClusterId set on route reflectors
 */
public record CalicoNode(
    String name,
    Gathered<IpAddress> bgpAddress,
    Gathered<IpPrefix> bgpNetwork,
    Gathered<IpAddress> tunnelAddress,
    Gathered<String> routeReflectorClusterId,
    Gathered<Long> asNumber,
    Gathered<SortedMap<String, String>> labels) {

  public CalicoNode {
    labels = labels.map(m -> Collections.unmodifiableSortedMap(new TreeMap<>(m)));
  }

  /** This node, completed from another reading of the same object. */
  public CalicoNode or(CalicoNode other) {
    return new CalicoNode(
        name,
        bgpAddress.isNotGathered() ? other.bgpAddress : bgpAddress,
        bgpNetwork.isNotGathered() ? other.bgpNetwork : bgpNetwork,
        tunnelAddress.isNotGathered() ? other.tunnelAddress : tunnelAddress,
        routeReflectorClusterId.isNotGathered()
            ? other.routeReflectorClusterId
            : routeReflectorClusterId,
        asNumber.isNotGathered() ? other.asNumber : asNumber,
        labels.isNotGathered() ? other.labels : labels);
  }

  @Override
  public String toString() {
    return "CalicoNode/" + name + bgpAddress.optional().map(a -> " " + a).orElse("");
  }
}
