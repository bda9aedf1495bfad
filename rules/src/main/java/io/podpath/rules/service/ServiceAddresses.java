package io.podpath.rules.service;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.Port;
import io.podpath.core.node.Address;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteType;
import io.podpath.core.rule.Need;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which addresses are services'. */
final class ServiceAddresses {

  /** Table nat of iptables, at least in part. */
  static final Need NAT =
      new Need(
          "nat table of iptables",
          false,
          (view, node) ->
              ClusterView.iptables(node.host(), IpFamily.INET).stream()
                      .anyMatch(l ->
                          l.chains().values().anyMatch(c -> c.table().equals("nat"))
                              || l.rules().values().anyMatch(r -> r.table().equals("nat")))
                  ? Optional.empty()
                  : Optional.of("not recorded"));

  static final String DEVICE = "kube-ipvs0";
  private static final Port HTTPS = new Port(443);

  private ServiceAddresses() {}

  /** Whether an agent that dials this address means a service, by what was gathered of services. */
  static boolean isService(ClusterView view, IpAddress address, Port port) {
    boolean known =
        view.get(Section.SERVICES).values().anyMatch(s -> s.clusterIps().contains(address))
            || view.get(Section.NETWORK_PLANS)
                .values()
                .anyMatch(p -> p.serviceSubnets().stream().anyMatch(n -> n.contains(address)))
            || view.nodes().stream().anyMatch(n -> local(n, address).isPresent());
    return known || looksLikeApiService(view, address, port);
  }

  /**
   * The API server's service has the first address of the service range and port 443; nodes and
   * pods never get such an address.
   */
  private static boolean looksLikeApiService(ClusterView view, IpAddress address, Port port) {
    boolean first =
        address.isV4() && (address.low() & 0xff) == 1 && (address.low() >>> 8 & 0xff) == 0;
    return first
        && port.equals(HTTPS)
        && view.plan().ownersOf(address).isEmpty()
        && !view.plan().isPodAddress(address);
  }

  /**
   * The entry that makes the address local on kube-ipvs0: its route in table local if shown, else
   * the address itself.
   */
  static Optional<Fact<?>> local(NodeState node, IpAddress address) {
    Optional<Fact<?>> route =
        localRoutes(node).stream()
            .filter(f -> f.value().destination().equals(address.toPrefix()))
            .<Fact<?>>map(f -> f)
            .findFirst();
    return route.or(() ->
        addresses(node).stream()
            .filter(f -> f.value().local().equals(address))
            .<Fact<?>>map(f -> f)
            .findFirst());
  }

  static List<Fact<Route>> localRoutes(NodeState node) {
    List<Fact<Route>> routes = new ArrayList<>();
    for (IpFamily family : IpFamily.values()) {
      routes.addAll(
          node.host()
              .localRoutes(family)
              .where(r ->
                  r.type() == RouteType.LOCAL
                      && r.destination().isHost()
                      && r.device().filter(DEVICE::equals).isPresent()));
    }
    return routes;
  }

  static List<Fact<Address>> addresses(NodeState node) {
    return node.get(Section.ADDRESSES)
        .where(a -> a.device().equals(DEVICE) && !a.local().isLinkLocal());
  }
}
