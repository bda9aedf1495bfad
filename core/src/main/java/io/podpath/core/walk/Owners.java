package io.podpath.core.walk;

import io.podpath.core.cluster.KubeNode;
import io.podpath.core.cluster.Pod;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.snapshot.Section;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Whose an address is. One that only one machine has is known by its number among that machine's,
 * so that what is said of one machine's addresses can be said of another's.
 */
final class Owners {

  /**
   * @param machine by its number
   * @param number among the machine's own addresses
   */
  record Owned(int machine, int number) {}

  private final Map<Object, Owned> owned = new HashMap<>();
  private final NavigableSet<IpAddress> inOrder = new TreeSet<>();
  private final Set<Object> several = new HashSet<>();
  private final Map<String, Integer> machines = new HashMap<>();
  private final List<String> names = new ArrayList<>();
  private final List<List<Object>> addresses = new ArrayList<>();
  private final Map<Netns, Integer> places = new HashMap<>();

  private Owners(Wiring wiring) {
    for (Stack stack : wiring.stacks()) {
      int machine = machine(stack.place().node());
      places.put(stack.place(), places.size());
      stack.facts().get(Section.ADDRESSES).values().forEach(a -> add(machine, a.local()));
      stack.links().forEach(l -> l.value().mac().ifPresent(m -> add(machine, m)));
    }
    Map<String, Integer> byName = new HashMap<>();
    machines.forEach((name, number) -> byName.put(name.toLowerCase(java.util.Locale.ROOT), number));
    for (Pod pod : wiring.view().get(Section.PODS).values().toList()) {
      Optional<Integer> machine =
          pod.node().map(n -> byName.get(n.toLowerCase(java.util.Locale.ROOT)));
      for (IpAddress address : pod.ips()) {
        machine.ifPresentOrElse(m -> add(m, address), () -> share(address));
      }
    }
    wiring
        .view()
        .get(Section.NODES)
        .values()
        .filter(n -> !machines.containsKey(n.name()))
        .map(KubeNode::knownInternalIps)
        .forEach(all -> all.forEach(this::share));
    for (Object address : owned.keySet()) {
      if (address instanceof IpAddress ip) {
        inOrder.add(ip);
      }
    }
  }

  static Owners of(Wiring wiring) {
    return new Owners(wiring);
  }

  private int machine(String name) {
    Integer known = machines.get(name);
    if (known != null) {
      return known;
    }
    machines.put(name, addresses.size());
    names.add(name);
    addresses.add(new ArrayList<>());
    return addresses.size() - 1;
  }

  private void add(int machine, Object address) {
    Owned known = owned.get(address);
    if (known == null && !several.contains(address)) {
      owned.put(address, new Owned(machine, addresses.get(machine).size()));
      addresses.get(machine).add(address);
    } else if (known != null && known.machine() != machine) {
      share(address);
    }
  }

  private void share(Object address) {
    owned.remove(address);
    several.add(address);
  }

  /** All IP addresses of a network that only one machine has. */
  Stream<IpAddress> owned(IpPrefix network) {
    return inOrder.tailSet(network.address()).stream().takeWhile(network::contains);
  }

  int machines() {
    return addresses.size();
  }

  String node(int machine) {
    return names.get(machine);
  }

  /** The number of a machine; -1 of one that was not recorded. */
  int machineOf(String node) {
    return machines.getOrDefault(node, -1);
  }

  /** Empty for what nobody has, or more than one machine. */
  Optional<Owned> owner(Object address) {
    return Optional.ofNullable(owned.get(address));
  }

  /** Whether no machine has it. */
  boolean isNobodys(Object address) {
    return !owned.containsKey(address) && !several.contains(address);
  }

  /** The address a machine has by this number, if it has so many. */
  Optional<Object> address(int machine, int number) {
    List<Object> own = addresses.get(machine);
    return number < own.size() ? Optional.of(own.get(number)) : Optional.empty();
  }

  /** A namespace among its machine's; empty where it was not recorded. */
  Optional<Integer> number(Netns place) {
    Integer number = places.get(place);
    Integer host = places.get(Netns.host(place.node()));
    return number == null || host == null ? Optional.empty() : Optional.of(number - host);
  }
}
