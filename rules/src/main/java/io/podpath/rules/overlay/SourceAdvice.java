package io.podpath.rules.overlay;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.Route;
import io.podpath.core.snapshot.ClusterView;
import java.util.List;
import java.util.Optional;

/**
 * What should be, and what lasts, where tunnel packets come from the wrong address of a node: that
 * is another matter where the node has an address in each of two networks than where it has two in
 * the one between the nodes.
 */
final class SourceAdvice {

  private SourceAdvice() {}

  static String expected(
      ClusterView view, Optional<MissingAddress> missing, List<OuterSources.Stranger> group) {
    OuterSources.Stranger first = group.getFirst();
    return missing
        .map(m ->
            m.entry()
                + " on "
                + first.receiver()
                + "    (all other nodes are known by their address in "
                + m.network()
                + ")")
        .or(() ->
            right(view, group)
                .map(known ->
                    "src "
                        + known
                        + " on the way from "
                        + first.sender().name()
                        + " to "
                        + first.address()))
        .orElse("the same network for all nodes");
  }

  static String lasting(
      ClusterView view, Optional<MissingAddress> missing, List<OuterSources.Stranger> group) {
    return right(view, group)
        .map(known -> lasting(group.getFirst(), known))
        .orElseGet(() -> ofTwoNetworks(missing, group.getFirst()));
  }

  private static String lasting(OuterSources.Stranger stranger, IpAddress known) {
    Route route = stranger.taken().route().value();
    String sender = stranger.sender().name();
    String network = route.destination().toRouteString();
    if (route.preferredSource().isPresent() && !route.hasProtocol("kernel")) {
      return "find out who wrote the route to "
          + network
          + " on "
          + sender
          + ", and let it name src "
          + known
          + " or no route at all";
    }
    return "make "
        + known
        + " the first address that "
        + sender
        + " has in "
        + network
        + ", or take "
        + stranger.taken().source()
        + " from it. A route with src heals only the pair it is for";
  }

  private static String ofTwoNetworks(
      Optional<MissingAddress> missing, OuterSources.Stranger first) {
    String network = missing.map(m -> m.network().toString()).orElse("one network");
    return "use one network for all nodes: give "
        + first.receiver()
        + missing
            .map(m -> " the address " + m.entry())
            .orElse(" an address in the network the others are known by")
        + ", or let Calico detect addresses in one network only (IP_AUTODETECTION_METHOD=cidr="
        + network
        + ") and restart calico-node. A route with src heals only the pair it is for";
  }

  /**
   * By which the sender is known, if that is no matter of two networks: a route to the one receiver
   * names another source, or sender and receivers are known by one network already.
   */
  private static Optional<IpAddress> right(ClusterView view, List<OuterSources.Stranger> group) {
    boolean one =
        group.stream()
            .allMatch(s ->
                !s.known().isEmpty()
                    && (isNamed(s.taken().route().value())
                        || s.known().stream().allMatch(k -> sameNetwork(view, k, s.address()))));
    return one ? group.getFirst().known().stream().findFirst() : Optional.empty();
  }

  private static boolean isNamed(Route route) {
    return route.destination().isHost() && route.preferredSource().isPresent();
  }

  private static boolean sameNetwork(ClusterView view, IpAddress known, IpAddress receiver) {
    Optional<IpPrefix> network = AsymmetricTunnelSource.network(view, known);
    return network.isPresent() && network.equals(AsymmetricTunnelSource.network(view, receiver));
  }
}
