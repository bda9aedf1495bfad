package io.podpath.core.walk;

import io.podpath.core.cluster.Pod;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.node.Address;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteType;
import io.podpath.core.snapshot.AddressPlan;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Devices;
import io.podpath.core.snapshot.FibTable;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Packets between pods of two nodes as chain FORWARD of one of them sees them.
 *
 * @param remote the other node, where known
 * @param outgoing from this node's pod to the other's; else the other way
 */
public record PodTraffic(ForwardPacket packet, Optional<String> remote, boolean outgoing) {

  /**
   * More pairs than these are judged by a sample: rules that tell one remote subnet from the next
   * are rare.
   */
  private static final int MOST_REMOTES = 64;

  /**
   * An end of the traffic: an address in the subnet, and the device by which the node reaches it.
   */
  private record End(IpAddress address, IpPrefix subnet, Optional<String> device) {}

  public static List<PodTraffic> of(ClusterView view, NodeState node, IpFamily family) {
    Optional<End> local = local(view, node, family);
    List<PodTraffic> traffic = new ArrayList<>();
    if (local.isPresent()) {
      remotes(view, node, family)
          .forEach((remote, subnet) -> {
            IpAddress there = pod(view, remote, subnet);
            Optional<String> way =
                FibTable.main(node.host(), family).bestSeen(there).flatMap(f -> f.value().device());
            both(traffic, local.get(), new End(there, subnet, way), Optional.of(remote));
          });
    }
    if (traffic.isEmpty()) {
      Optional<String> in = local.flatMap(End::device);
      Optional<String> out = card(node, family);
      traffic.add(
          new PodTraffic(packet(family, local, Optional.empty(), in, out), Optional.empty(), true));
      traffic.add(
          new PodTraffic(
              packet(family, Optional.empty(), local, out, in), Optional.empty(), false));
    }
    return traffic;
  }

  /** A packet of which nothing is known but that it is forwarded for pods. */
  public static PodTraffic unknown(IpFamily family) {
    return new PodTraffic(
        packet(family, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
        Optional.empty(),
        true);
  }

  private static void both(List<PodTraffic> traffic, End local, End remote, Optional<String> name) {
    IpFamily family = local.address().family();
    traffic.add(
        new PodTraffic(
            packet(
                family, Optional.of(local), Optional.of(remote), local.device(), remote.device()),
            name,
            true));
    traffic.add(
        new PodTraffic(
            packet(
                family, Optional.of(remote), Optional.of(local), remote.device(), local.device()),
            name,
            false));
  }

  private static ForwardPacket packet(
      IpFamily family,
      Optional<End> source,
      Optional<End> destination,
      Optional<String> in,
      Optional<String> out) {
    return new ForwardPacket(
        family,
        source.map(End::address),
        destination.map(End::address),
        in,
        out,
        IpProtocol.TCP,
        Optional.empty(),
        source.map(End::subnet),
        destination.map(End::subnet),
        false);
  }

  public PodTraffic icmp() {
    return new PodTraffic(
        packet.with(packet.family() == IpFamily.INET ? IpProtocol.ICMP : IpProtocol.ICMPV6),
        remote,
        outgoing);
  }

  /** One subnet of each other node. */
  private static Map<String, IpPrefix> remotes(ClusterView view, NodeState node, IpFamily family) {
    Map<String, IpPrefix> remotes = new LinkedHashMap<>();
    for (AddressPlan.SubnetClaim claim : view.podSubnets()) {
      boolean other =
          !claim.node().equals(node.name())
              && claim.subnet().family() == family
              && remotes.size() < MOST_REMOTES;
      if (other && view.podSubnetOwners(claim.subnet()).size() == 1) {
        remotes.putIfAbsent(claim.node(), claim.subnet());
      }
    }
    return remotes;
  }

  private static Optional<End> local(ClusterView view, NodeState node, IpFamily family) {
    for (AddressPlan.SubnetClaim claim : view.podSubnets()) {
      if (claim.node().equals(node.name()) && claim.subnet().family() == family) {
        Optional<End> behindLink = podLink(node, claim.subnet());
        return behindLink.or(() ->
            Optional.of(
                new End(
                    pod(view, node.name(), claim.subnet()),
                    claim.subnet(),
                    bridge(node, claim.subnet()))));
      }
    }
    return Optional.empty();
  }

  /** Calico has a route and a link for each pod of its own. */
  private static Optional<End> podLink(NodeState node, IpPrefix subnet) {
    for (Route route : node.host().mainRoutes(subnet.family()).values().toList()) {
      boolean pod =
          route.type() == RouteType.UNICAST
              && route.destination().isHost()
              && subnet.contains(route.destination());
      if (pod && route.device().filter(Devices::isPodLink).isPresent()) {
        return Optional.of(new End(route.destination().address(), subnet, route.device()));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> bridge(NodeState node, IpPrefix subnet) {
    Optional<String> byAddress =
        node.get(Section.ADDRESSES)
            .values()
            .filter(a -> Devices.isPodBridge(a.device()) && a.network().equals(subnet))
            .map(Address::device)
            .findFirst();
    return byAddress.or(() ->
        node.host()
            .mainRoutes(subnet.family())
            .values()
            .filter(r ->
                r.gateway().isEmpty()
                    && r.destination().equals(subnet)
                    && r.device().filter(Devices::isPodBridge).isPresent())
            .flatMap(r -> r.device().stream())
            .findFirst());
  }

  /** A pod of that node, or an address that one could have. */
  private static IpAddress pod(ClusterView view, String node, IpPrefix subnet) {
    return view.get(Section.PODS)
        .values()
        .filter(p -> p.node().filter(node::equals).isPresent())
        .map(Pod::ips)
        .flatMap(List::stream)
        .filter(subnet::contains)
        .findFirst()
        .orElseGet(() ->
            subnet.isHost()
                ? subnet.address()
                : subnet.address().plus(subnet.family().bits() - subnet.length() > 4 ? 10 : 1));
  }

  /** The card towards the other nodes, where the node has one only. */
  private static Optional<String> card(NodeState node, IpFamily family) {
    List<String> cards =
        node.host()
            .mainRoutes(family)
            .values()
            .flatMap(r -> r.device().stream())
            .filter(d -> Devices.isUnderlay(d, Optional.empty()))
            .distinct()
            .toList();
    return cards.size() == 1 ? Optional.of(cards.getFirst()) : Optional.empty();
  }
}
