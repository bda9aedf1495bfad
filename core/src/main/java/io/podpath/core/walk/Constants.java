package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import java.util.Map;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;

/** Numbers for values, equal ones for equal values. */
final class Constants {

  private final Map<Object, Integer> numbers = new ConcurrentHashMap<>();
  private final NavigableSet<IpAddress> addresses = new ConcurrentSkipListSet<>();

  int number(Object value) {
    Integer number = numbers.get(value);
    if (number != null) {
      return number;
    }
    synchronized (numbers) {
      if (value instanceof IpAddress ip) {
        addresses.add(ip);
      }
      return numbers.computeIfAbsent(value, v -> numbers.size());
    }
  }

  /** All addresses of a network that have one. */
  Stream<IpAddress> in(IpPrefix network) {
    return addresses.tailSet(network.address()).stream().takeWhile(network::contains);
  }
}
