package io.podpath.core.blueprint;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.MacAddress;
import java.util.List;
import java.util.Optional;

/**
 * A machine of the cluster.
 *
 * @param cards the first is the one other nodes know it by, unless {@code address} is another's
 * @param address by which the fabric knows the node: InternalIP, flannel's public-ip, Calico's
 *     IPv4Address
 * @param podSubnets podCIDR, or the blocks Calico's IPAM gave the node
 * @param tunnelMac hardware address of the VXLAN device; empty for the one podpath derives
 * @param tunnelAddress address of tunl0 or vxlan.calico; empty for the block's first
 * @param clusterId of a BGP route reflector
 */
public record NodeFacts(
    String name,
    List<Card> cards,
    IpAddress address,
    List<IpPrefix> podSubnets,
    List<PodFacts> pods,
    Optional<MacAddress> tunnelMac,
    Optional<IpAddress> tunnelAddress,
    Optional<IpAddress> clusterId) {

  public NodeFacts {
    cards = List.copyOf(cards);
    podSubnets = List.copyOf(podSubnets);
    pods = List.copyOf(pods);
    if (cards.isEmpty()) {
      throw new IllegalArgumentException("node " + name + " has no network card");
    }
  }

  /** The card that has the address other nodes know; the first where none has it. */
  public Card card() {
    return cards.stream()
        .filter(c -> c.address().equals(address))
        .findFirst()
        .orElseGet(cards::getFirst);
  }

  /** The first pod subnet. */
  public Optional<IpPrefix> podSubnet() {
    return podSubnets.stream().findFirst();
  }

  /**
   * Pod subnets that another node needs a way to. What it takes for its own it leaves alone
   * (flannel, pkg/subnet/watch.go: WatchLeases).
   */
  List<IpPrefix> podSubnetsBeside(NodeFacts other) {
    return podSubnets.stream().filter(s -> !other.podSubnets.contains(s)).toList();
  }

  /** The card by which an address is on a network of this machine. */
  public Optional<Card> cardTowards(IpAddress other) {
    return cards.stream()
        .filter(c -> new IpPrefix(c.address(), c.prefixLength()).contains(other))
        .findFirst();
  }

  public NodeFacts withAddress(IpAddress other) {
    return new NodeFacts(name, cards, other, podSubnets, pods, tunnelMac, tunnelAddress, clusterId);
  }

  public NodeFacts withPods(List<IpPrefix> subnets, List<PodFacts> others) {
    return new NodeFacts(
        name, cards, address, subnets, others, tunnelMac, tunnelAddress, clusterId);
  }

  public NodeFacts withTunnelMac(MacAddress mac) {
    return new NodeFacts(
        name, cards, address, podSubnets, pods, Optional.of(mac), tunnelAddress, clusterId);
  }

  public NodeFacts withClusterId(IpAddress id) {
    return new NodeFacts(
        name, cards, address, podSubnets, pods, tunnelMac, tunnelAddress, Optional.of(id));
  }

  public NodeFacts withoutClusterId() {
    return new NodeFacts(
        name, cards, address, podSubnets, pods, tunnelMac, tunnelAddress, Optional.empty());
  }
}
