package io.podpath.core.snapshot;

import io.podpath.core.cni.KubeProxyConfig;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What one node's tables say of the cluster it is in. It follows from that node alone: where
 * another one has changed it is as before.
 *
 * @param devices names its tables show
 * @param routes of its main tables
 * @param networks its cards stand in, and gateways they reach
 * @param proxyMode of kube-proxy, as its configuration says
 * @param ipvs whether it has virtual servers
 * @param serviceChains whether it has chains kube-proxy writes
 */
record NodeSigns(
    NodeState node,
    List<AddressPlan.AddressClaim> addresses,
    List<AddressPlan.SubnetClaim> subnets,
    Set<String> devices,
    Set<RouteSign> routes,
    Set<IpPrefix> networks,
    Optional<String> proxyMode,
    boolean ipvs,
    boolean serviceChains) {

  /**
   * A route but for its addresses.
   *
   * @param gateway whether it has one
   */
  record RouteSign(
      RouteType type, Optional<String> protocol, Optional<String> device, boolean gateway) {

    static RouteSign of(Route route) {
      return new RouteSign(
          route.type(), route.protocol(), route.device(), route.gateway().isPresent());
    }

    boolean hasProtocol(String name) {
      return protocol.filter(name::equals).isPresent();
    }
  }

  static NodeSigns of(NodeState node) {
    List<AddressPlan.AddressClaim> addresses = new ArrayList<>();
    List<AddressPlan.SubnetClaim> subnets = new ArrayList<>();
    AddressPlan.claimInterfaces(node, addresses);
    AddressPlan.claimSubnets(node, subnets);
    Set<String> devices = new LinkedHashSet<>();
    node.get(Section.LINKS).values().forEach(l -> devices.add(l.name()));
    node.get(Section.ADDRESSES).values().forEach(a -> devices.add(a.device()));
    Set<RouteSign> routes = new HashSet<>();
    for (IpFamily family : IpFamily.values()) {
      for (Fact<Route> route : node.host().mainRoutes(family).facts()) {
        routes.add(RouteSign.of(route.value()));
      }
    }
    routes.forEach(r -> r.device().ifPresent(devices::add));
    return new NodeSigns(
        node,
        List.copyOf(addresses),
        List.copyOf(subnets),
        devices,
        routes,
        ClusterParts.networks(node),
        node.get(Section.KUBE_PROXY_CONFIG)
            .values()
            .map(KubeProxyConfig::mode)
            .flatMap(Optional::stream)
            .filter(m -> !m.isEmpty())
            .findFirst(),
        !node.get(Section.IPVS).isEmpty(),
        hasServiceChains(node));
  }

  private static boolean hasServiceChains(NodeState node) {
    return ClusterView.iptables(node.host(), IpFamily.INET).stream()
        .anyMatch(l ->
            l.chains().values().anyMatch(c -> c.name().equals("KUBE-SERVICES"))
                || l.rules()
                    .values()
                    .anyMatch(r ->
                        r.chain().startsWith("KUBE-SVC") || r.chain().equals("KUBE-SERVICES")));
  }
}
