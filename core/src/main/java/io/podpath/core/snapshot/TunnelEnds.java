package io.podpath.core.snapshot;

import io.podpath.core.cluster.CalicoNode;
import io.podpath.core.cluster.KubeNode;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.Address;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Addresses of tunnel devices. They lie in pod networks: no other node can send an outer packet to
 * one.
 */
public final class TunnelEnds {

  private static final List<String> ANNOTATIONS =
      List.of(
          "projectcalico.org/IPv4IPIPTunnelAddr",
          "projectcalico.org/IPv4VXLANTunnelAddr",
          "projectcalico.org/IPv6VXLANTunnelAddr");

  /**
   * @param device empty when only an object tells the address
   */
  public record End(String node, IpAddress address, Optional<String> device, Provenance from) {}

  private final List<End> ends;

  private TunnelEnds(List<End> ends) {
    this.ends = List.copyOf(ends);
  }

  public static TunnelEnds of(Snapshot snapshot) {
    List<End> ends = new ArrayList<>();
    for (NodeState node : snapshot.nodes().values()) {
      for (Fact<Address> fact : node.get(Section.ADDRESSES).facts()) {
        if (Devices.isTunnel(fact.value().device()) && !fact.value().local().isLinkLocal()) {
          ends.add(
              new End(
                  node.name(),
                  fact.value().local(),
                  Optional.of(fact.value().device()),
                  fact.from()));
        }
      }
      for (Fact<Route> fact : node.host().localRoutes(IpFamily.INET).facts()) {
        Route route = fact.value();
        if (route.type() == RouteType.LOCAL
            && route.destination().isHost()
            && route.device().filter(Devices::isTunnel).isPresent()) {
          ends.add(
              new End(node.name(), route.destination().address(), route.device(), fact.from()));
        }
      }
    }
    for (Fact<CalicoNode> fact : snapshot.get(Section.CALICO_NODES).facts()) {
      fact.value()
          .tunnelAddress()
          .optional()
          .ifPresent(a -> ends.add(new End(fact.value().name(), a, Optional.empty(), fact.from())));
    }
    for (Fact<KubeNode> fact : snapshot.get(Section.NODES).facts()) {
      for (String key : ANNOTATIONS) {
        fact.value()
            .annotation(key)
            .optional()
            .flatMap(IpAddress::parse)
            .ifPresent(a ->
                ends.add(
                    new End(fact.value().name(), a, Optional.empty(), snapshot.place(fact, key))));
      }
    }
    return new TunnelEnds(ends);
  }

  public List<End> all() {
    return ends;
  }

  /** The first account of this address. */
  public Optional<End> at(IpAddress address) {
    return ends.stream().filter(e -> e.address().equals(address)).findFirst();
  }

  /** Nodes with this very tunnel address. */
  public Set<String> nodesAt(IpAddress address) {
    Set<String> nodes = new LinkedHashSet<>();
    ends.stream().filter(e -> e.address().equals(address)).forEach(e -> nodes.add(e.node()));
    return nodes;
  }

  /** Nodes with a tunnel address inside the prefix. */
  public Set<String> nodesWithin(IpPrefix prefix) {
    Set<String> nodes = new LinkedHashSet<>();
    ends.stream().filter(e -> prefix.contains(e.address())).forEach(e -> nodes.add(e.node()));
    return nodes;
  }

  public List<End> of(String node) {
    return ends.stream().filter(e -> e.node().equals(node)).toList();
  }
}
