package io.podpath.core.compare;

import io.podpath.core.blueprint.Card;
import io.podpath.core.blueprint.ClusterFacts;
import io.podpath.core.blueprint.NodeFacts;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.MacAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * One node's own values turned into another's: addresses, pod subnets, the hardware address of the
 * VXLAN device. Where the first has an entry for the second, the second has one for the first, so
 * that the values change places.
 */
public final class SwappedNames implements UnaryOperator<String> {

  private static final Pattern VALUE =
      Pattern.compile(
          "(?<![\\w.:])(?:(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}|\\d{1,3}(?:\\.\\d{1,3}){3}(?:/\\d{1,2})?)(?![\\w:]|\\.\\d)");

  private final NodeFacts one;
  private final NodeFacts other;
  private final Map<String, String> exact = new LinkedHashMap<>();

  private SwappedNames(NodeFacts one, NodeFacts other) {
    this.one = one;
    this.other = other;
    for (int i = 0; i < Math.min(one.cards().size(), other.cards().size()); i++) {
      Card mine = one.cards().get(i);
      Card theirs = other.cards().get(i);
      swap(mine.address().toString(), theirs.address().toString());
    }
    swap(one.address().toString(), other.address().toString());
    both(one.tunnelMac().map(MacAddress::toString), other.tunnelMac().map(MacAddress::toString));
    both(
        one.tunnelAddress().map(IpAddress::toString),
        other.tunnelAddress().map(IpAddress::toString));
  }

  /** Nodes that the cluster does not know keep their names. */
  public static UnaryOperator<String> swapping(ClusterFacts cluster, String one, String other) {
    Optional<NodeFacts> first = cluster.node(one);
    Optional<NodeFacts> second = cluster.node(other);
    return first.isPresent() && second.isPresent()
        ? new SwappedNames(first.get(), second.get())
        : UnaryOperator.identity();
  }

  private void both(Optional<String> mine, Optional<String> theirs) {
    mine.ifPresent(m -> theirs.ifPresent(t -> swap(m, t)));
  }

  private void swap(String mine, String theirs) {
    exact.putIfAbsent(mine, theirs);
    exact.putIfAbsent(theirs, mine);
  }

  @Override
  public String apply(String text) {
    return VALUE.matcher(text).replaceAll(m -> value(m.group()));
  }

  private String value(String word) {
    int slash = word.indexOf('/');
    String address = slash < 0 ? word : word.substring(0, slash);
    String length = word.substring(address.length());
    String same = exact.get(address);
    if (same != null) {
      return same + length;
    }
    return isWide(length)
        ? word
        : IpAddress.parse(address).flatMap(this::inPodSubnet).map(a -> a + length).orElse(word);
  }

  /** The network of all pods begins with the address that the first node's network begins with. */
  private boolean isWide(String length) {
    return !length.isEmpty()
        && one.podSubnet()
            .filter(s -> Integer.parseInt(length.substring(1)) < s.length())
            .isPresent();
  }

  private Optional<IpAddress> inPodSubnet(IpAddress address) {
    Optional<IpPrefix> mine = one.podSubnet();
    Optional<IpPrefix> theirs = other.podSubnet();
    if (mine.isEmpty() || theirs.isEmpty()) {
      return Optional.empty();
    }
    if (mine.get().contains(address)) {
      return Optional.of(moved(address, mine.get(), theirs.get()));
    }
    return theirs.get().contains(address)
        ? Optional.of(moved(address, theirs.get(), mine.get()))
        : Optional.empty();
  }

  private static IpAddress moved(IpAddress address, IpPrefix from, IpPrefix to) {
    long offset = address.low() - from.address().low();
    return to.address().plus(offset);
  }
}
