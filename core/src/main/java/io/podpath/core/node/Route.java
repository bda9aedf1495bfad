package io.podpath.core.node;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A route.
 *
 * @param protocol who made it: kernel, boot, static, bird, zebra, ra, dhcp …; empty where the tool
 *     does not say
 * @param scope global, link, host …; empty where not printed, which for iproute2 means global
 * @param metric priority; empty and 0 are the same for IPv4
 * @param nextHops empty for blackhole and its kin
 * @param metrics RTAX metrics such as mtu and advmss, in their own units
 * @param attributes further words with a value (nhid, tos, pref, expires …)
 */
public record Route(
    RouteType type,
    IpPrefix destination,
    RouteTable table,
    Optional<String> protocol,
    Optional<String> scope,
    Optional<IpAddress> preferredSource,
    OptionalLong metric,
    List<NextHop> nextHops,
    SortedMap<String, String> metrics,
    SortedMap<String, String> attributes) {

  public Route {
    nextHops = List.copyOf(nextHops);
    metrics = copy(metrics);
    attributes = copy(attributes);
  }

  private static final SortedMap<String, String> NONE = java.util.Collections.emptySortedMap();

  /** Of a million routes few have any. */
  private static SortedMap<String, String> copy(SortedMap<String, String> words) {
    return words.isEmpty()
        ? NONE
        : java.util.Collections.unmodifiableSortedMap(new TreeMap<>(words));
  }

  /** A plain unicast route of the main table. */
  public static Route unicast(IpPrefix destination, NextHop nextHop) {
    return new Route(
        RouteType.UNICAST,
        destination,
        RouteTable.MAIN,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        OptionalLong.empty(),
        List.of(nextHop),
        NONE,
        NONE);
  }

  public IpFamily family() {
    return destination.family();
  }

  /** The only next hop; empty for blackholes and multipath routes. */
  public Optional<NextHop> singleNextHop() {
    return nextHops.size() == 1 ? Optional.of(nextHops.getFirst()) : Optional.empty();
  }

  /** Gateway of the only next hop. */
  public Optional<IpAddress> gateway() {
    return singleNextHop().flatMap(NextHop::gateway);
  }

  /** Device of the only next hop. */
  public Optional<String> device() {
    return singleNextHop().flatMap(NextHop::device);
  }

  public boolean isOnlink() {
    return singleNextHop().map(NextHop::isOnlink).orElse(false);
  }

  public boolean hasProtocol(String name) {
    return protocol.filter(name::equals).isPresent();
  }

  public Route withNextHop(NextHop nextHop) {
    return new Route(
        type,
        destination,
        table,
        protocol,
        scope,
        preferredSource,
        metric,
        List.of(nextHop),
        metrics,
        attributes);
  }

  public Route withProtocol(String name) {
    return new Route(
        type,
        destination,
        table,
        Optional.of(name),
        scope,
        preferredSource,
        metric,
        nextHops,
        metrics,
        attributes);
  }

  public Route withTable(RouteTable other) {
    return new Route(
        type,
        destination,
        other,
        protocol,
        scope,
        preferredSource,
        metric,
        nextHops,
        metrics,
        attributes);
  }

  public OptionalInt mtu() {
    String text = metrics.get("mtu");
    if (text == null) {
      return OptionalInt.empty();
    }
    String digits = text.startsWith("lock ") ? text.substring(5) : text;
    return digits.chars().allMatch(c -> c >= '0' && c <= '9')
            && !digits.isEmpty()
            && digits.length() < 10
        ? OptionalInt.of(Integer.parseInt(digits))
        : OptionalInt.empty();
  }

  /** As {@code ip route show} prints it; the table only when it is not main. */
  @Override
  public String toString() {
    return RouteText.of(this);
  }
}
