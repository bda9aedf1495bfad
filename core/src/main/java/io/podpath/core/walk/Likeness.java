package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.MacAddress;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.node.Neighbour;
import io.podpath.core.node.NextHop;
import io.podpath.core.node.Route;
import io.podpath.core.node.RouteTable;
import io.podpath.core.node.RouteType;
import io.podpath.core.snapshot.Fact;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * What one machine knows of the addresses of others: the group an address is in, and the rows of
 * routes, neighbours and FDB it leads to. Two machines' addresses are alike to it if nothing but
 * whose they are tells them apart, and the same goes for all addresses that their rows name.
 */
final class Likeness {

  /** Of an address that more would have to be told of. */
  static final int NONE = -1;

  private static final int UNASKED = 0;

  /** Rows of machines that are read one after the other lie near each other in memory. */
  private static final int BLOCK = 64;

  private final Wiring wiring;
  private final Stack host;
  private final int machine;
  private final Owners owners;
  private final AddressGroups groups;
  private final Constants constants;

  /** By the number an address has on its machine, by that machine. */
  private final Map<Integer, AtomicIntegerArray> known = new ConcurrentHashMap<>();

  private final Map<Numbers, Integer> numbers = new HashMap<>();

  /** By their likeness; the first one is none. */
  private final List<List<Integer>> named = new CopyOnWriteArrayList<>(List.of(List.of()));

  /**
   * @param groups which addresses all that the machine holds says the same of, but for the rows of
   *     the host's own routes, neighbours and FDB
   */
  Likeness(Wiring wiring, Stack host, Owners owners, AddressGroups groups, Constants constants) {
    this.wiring = wiring;
    this.host = host;
    this.machine = owners.machineOf(host.place().node());
    this.owners = owners;
    this.groups = groups;
    this.constants = constants;
  }

  /**
   * What addresses share of which the machine's rows say the same, or {@link #NONE}.
   *
   * @param owner another machine
   * @param number of the address among that machine's
   */
  int of(int owner, int number) {
    AtomicIntegerArray all = known.get(number);
    if (all == null) {
      all = known.computeIfAbsent(number, n -> new AtomicIntegerArray(owners.machines()));
    }
    int likeness = all.getPlain(owner);
    if (likeness == UNASKED) {
      int begin = owner - owner % BLOCK;
      Description description = new Description();
      for (int i = begin; i < Math.min(begin + BLOCK, owners.machines()); i++) {
        all.setPlain(i, i == machine ? NONE : likeness(i, number, description));
      }
      likeness = all.getPlain(owner);
    }
    return likeness;
  }

  private int likeness(int owner, int number, Description description) {
    Optional<Object> address = owners.address(owner, number);
    return address.isEmpty() ? NONE : description.of(owner, address.get());
  }

  /** Numbers of the addresses of the same machine that the rows of one with this likeness name. */
  List<Integer> named(int likeness) {
    return named.get(likeness);
  }

  /** The rows an address leads to, of one address after the other. */
  private final class Description {
    private final Numbers.Builder words = new Numbers.Builder(32);
    private final List<Integer> others = new ArrayList<>(2);
    private final Recent shape = new Recent();
    private final Recent exit = new Recent();
    private final Recent entry = new Recent();
    private int owner;
    private boolean whole;

    /** What addresses of an owner have in common with those that are told of the same. */
    int of(int its, Object address) {
      owner = its;
      whole = true;
      words.clear();
      others.clear();
      switch (address) {
        case IpAddress ip -> describe(ip);
        case MacAddress mac -> describe(mac);
        default -> throw new IllegalStateException(address.toString());
      }
      return whole ? number(words.build()) : NONE;
    }

    private int number(Numbers key) {
      synchronized (numbers) {
        Integer number = numbers.get(key);
        if (number != null) {
          return number;
        }
        int next = named.size();
        named.add(List.copyOf(others));
        numbers.put(key, next);
        return next;
      }
    }

    private void describe(IpAddress address) {
      // for the source of IPv6 packets bits are counted
      whole &= address.isV4();
      words.add(groups.of(address));
      words.add(wiring.pods(address).size());
      List<List<Fact<Route>>> routes = host.fib(IpFamily.INET).rows(address);
      words.add(routes.size());
      for (List<Fact<Route>> same : routes) {
        words.add(same.size());
        for (Fact<Route> route : same) {
          add(route.value());
        }
      }
      host.neighbourTables()
          .forEach((device, table) -> {
            Fact<Neighbour> neighbour = table.get(address);
            if (neighbour != null) {
              constant(device);
              address(neighbour.value().mac());
              constant(neighbour.value().states());
              constant(neighbour.value().flags());
            }
          });
    }

    private void describe(MacAddress mac) {
      host.fdbTables()
          .forEach((device, table) -> {
            for (Fact<FdbEntry> fact : table.getOrDefault(mac, List.of())) {
              FdbEntry entry = fact.value();
              constant(device);
              address(entry.destination());
              words.add(
                  this.entry.number(
                      List.of(
                          entry.port(), entry.vni(), entry.vlan(), entry.master(), entry.flags())));
            }
          });
    }

    private void add(Route route) {
      words.add(
          shape.number(
              new Shape(
                  route.type(),
                  route.destination().length(),
                  route.table(),
                  route.scope(),
                  route.metric(),
                  route.metrics(),
                  route.attributes())));
      address(route.preferredSource());
      words.add(route.nextHops().size());
      for (NextHop hop : route.nextHops()) {
        address(hop.gateway());
        words.add(exit.number(new Exit(hop.device(), hop.weight(), hop.flags(), hop.encap())));
      }
    }

    private void constant(Object value) {
      words.add(constants.number(value));
    }

    private void address(Optional<?> address) {
      Optional<Owners.Owned> its = address.flatMap(owners::owner);
      if (its.isPresent() && its.get().machine() == owner) {
        words.add(2);
        words.add(its.get().number());
        if (!others.contains(its.get().number())) {
          others.add(its.get().number());
        }
      } else {
        words.add(address.isPresent() ? 1 : 0);
        address.ifPresent(this::constant);
      }
    }
  }

  /** The number of a value that mostly is the one that was asked for before. */
  private final class Recent {
    private Object value = this;
    private int number;

    int number(Object other) {
      if (!other.equals(value)) {
        number = constants.number(other);
        value = other;
      }
      return number;
    }
  }

  /** A route but for its addresses. */
  private record Shape(
      RouteType type,
      int length,
      RouteTable table,
      Optional<String> scope,
      OptionalLong metric,
      SortedMap<String, String> metrics,
      SortedMap<String, String> attributes) {}

  /** A next hop but for its address. */
  private record Exit(
      Optional<String> device, OptionalInt weight, Set<String> flags, Optional<String> encap) {}

  /** Whether it is an address of this machine's own. */
  boolean isOwn(Object address) {
    return owners.owner(address).filter(o -> o.machine() == machine).isPresent();
  }
}
