package io.podpath.rules.overlay;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.Address;
import io.podpath.core.node.Route;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Devices;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Section;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The address a node lacks in the network by which all others are known.
 *
 * @param entry with its host part and device where all others show the same pattern, else only the
 *     network
 * @param table the node's address table
 */
record MissingAddress(IpPrefix network, String entry, Optional<Provenance> table) {

  static Optional<MissingAddress> of(
      ClusterView view, String receiver, List<OuterSources.Stranger> group) {
    boolean oneReceiver =
        group.stream().map(OuterSources.Stranger::receiver).distinct().count() == 1;
    Optional<NodeState> node = view.snapshot().node(receiver);
    if (!oneReceiver
        || group.size() < 2
        || node.isEmpty()
        || !node.get().get(Section.ADDRESSES).isComplete()) {
      return Optional.empty();
    }
    Optional<IpAddress> sample = group.getFirst().known().stream().findFirst();
    Optional<IpPrefix> network = sample.flatMap(a -> AsymmetricTunnelSource.network(view, a));
    if (network.isEmpty()
        || !group.stream().allMatch(s -> s.known().stream().allMatch(network.get()::contains))) {
      return Optional.empty();
    }
    boolean has =
        node.get().get(Section.ADDRESSES).values().anyMatch(a -> network.get().contains(a.local()));
    if (has) {
      return Optional.empty();
    }
    IpAddress own = group.getFirst().address();
    String entry = pattern(network.get(), own, group).orElse("an address in " + network.get());
    return Optional.of(
        new MissingAddress(
            network.get(), entry, node.get().get(Section.ADDRESSES).first().map(Fact::from)));
  }

  /**
   * Where every other node has the same host part in both networks and one device for the second,
   * so will this one.
   */
  private static Optional<String> pattern(
      IpPrefix network, IpAddress own, List<OuterSources.Stranger> group) {
    Set<String> devices = new LinkedHashSet<>();
    for (OuterSources.Stranger stranger : group) {
      Optional<Address> known =
          stranger
              .sender()
              .get(Section.ADDRESSES)
              .values()
              .filter(a -> stranger.known().contains(a.local()))
              .findFirst();
      if (known.isEmpty()
          || host(known.get().local(), network.length())
              != host(stranger.taken().source(), network.length())) {
        return Optional.empty();
      }
      devices.add(known.get().device());
    }
    if (devices.size() != 1 || !own.isV4()) {
      return Optional.empty();
    }
    IpAddress address = network.address().plus(host(own, network.length()));
    return Optional.of(address + "/" + network.length() + " dev " + devices.iterator().next());
  }

  private static long host(IpAddress address, int length) {
    return address.low() - new IpPrefix(address, length).address().low();
  }

  /** Networks of the nodes' cards. */
  static List<IpPrefix> networks(ClusterView view) {
    List<IpPrefix> networks = new ArrayList<>();
    for (NodeState node : view.machines()) {
      node.get(Section.ADDRESSES)
          .values()
          .filter(a -> Devices.isUnderlay(a.device(), Optional.empty()) && a.local().isV4())
          .forEach(a -> networks.add(a.network()));
      node.host()
          .mainRoutes(IpFamily.INET)
          .values()
          .filter(MissingAddress::connected)
          .forEach(r -> networks.add(r.destination()));
    }
    return networks.stream().distinct().toList();
  }

  private static boolean connected(Route route) {
    return route.hasProtocol("kernel")
        && route.gateway().isEmpty()
        && route.device().filter(d -> Devices.isUnderlay(d, Optional.empty())).isPresent();
  }
}
