package io.podpath.core.walk;

import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.MacAddress;
import io.podpath.core.node.Link;
import io.podpath.core.node.RouteType;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.walk.Wiring.End;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a frame to everybody reaches from a device: the broadcast domain.
 *
 * @param stations devices whose IP layer gets it
 * @param ways the bridges on the way to each
 * @param whole whether nothing else can be there; a wire may always lead to machines nobody
 *     recorded
 */
record BroadcastDomain(List<End> stations, Map<End, List<Crossing>> ways, boolean whole) {

  /**
   * A bridge on the way.
   *
   * @param in the port a frame comes in by; empty where the bridge itself sends
   * @param out the port it leaves by; empty where it is for the bridge itself
   */
  record Crossing(Stack stack, String bridge, Optional<String> in, Optional<String> out) {
    Crossing inverse() {
      return new Crossing(stack, bridge, out, in);
    }
  }

  private static final int MOST_STATIONS = 100_000;

  /** ARP asks for a route without one. */
  private static final IpProtocol NO_PROTOCOL = new IpProtocol(0);

  /** From what a device sends. */
  static BroadcastDomain from(Wiring wiring, Stack stack, String device) {
    Search search = new Search(wiring);
    search.sent(new End(stack, device), List.of());
    return new BroadcastDomain(search.stations, search.ways, search.whole);
  }

  /** Walks through bridges and device pairs. */
  private static final class Search {
    private final Wiring wiring;
    private final List<End> stations = new ArrayList<>();
    private final Map<End, List<Crossing>> ways = new HashMap<>();
    private final Set<End> seen = new HashSet<>();
    private boolean whole = true;

    Search(Wiring wiring) {
      this.wiring = wiring;
    }

    void sent(End from, List<Crossing> way) {
      if (!seen.add(from) || stations.size() > MOST_STATIONS) {
        return;
      }
      Stack stack = from.stack();
      String device = from.device();
      if (Wiring.isBridge(stack, device)) {
        for (Fact<Link> port : stack.portsOf(device)) {
          String out = port.value().name();
          sent(
              new End(stack, out),
              longer(way, new Crossing(stack, device, Optional.empty(), Optional.of(out))));
        }
        return;
      }
      Optional<End> other = wiring.otherEnd(stack, device);
      if (other.isPresent()) {
        arrived(other.get(), way);
        return;
      }
      if (OpenVswitch.isBridge(stack, device)) {
        OpenVswitch.reached(wiring, stack, device).forEach(e -> arrived(e, way));
        return;
      }
      whole = false;
      if (wiring.isWire(stack, device)) {
        wiring.onSameWire(stack, device).forEach(e -> arrived(e, way));
      }
    }

    private void arrived(End at, List<Crossing> way) {
      Stack stack = at.stack();
      Optional<String> bridge =
          stack
              .link(at.device())
              .flatMap(l -> l.value().master())
              .filter(m -> Wiring.isBridge(stack, m));
      if (bridge.isEmpty()) {
        found(at, way);
        return;
      }
      Optional<String> in = Optional.of(at.device());
      found(
          new End(stack, bridge.get()),
          longer(way, new Crossing(stack, bridge.get(), in, Optional.empty())));
      seen.add(at);
      for (Fact<Link> port : stack.portsOf(bridge.get())) {
        if (!port.value().name().equals(at.device())) {
          String out = port.value().name();
          sent(
              new End(stack, out),
              longer(way, new Crossing(stack, bridge.get(), in, Optional.of(out))));
        }
      }
    }

    private void found(End station, List<Crossing> way) {
      stations.add(station);
      ways.putIfAbsent(station, way);
    }

    private static List<Crossing> longer(List<Crossing> way, Crossing next) {
      List<Crossing> all = new ArrayList<>(way);
      all.add(next);
      return all;
    }
  }

  /** Stations with this MAC address. */
  List<End> with(MacAddress mac) {
    return stations.stream()
        .filter(s -> s.stack().mac(s.device()).filter(mac::equals).isPresent())
        .toList();
  }

  /** Stations that answer when asked for the address. */
  List<End> answering(IpAddress address, IpAddress asker) {
    return stations.stream().filter(s -> answers(s, address, asker)).toList();
  }

  /** The bridges on the way to a station. */
  List<Crossing> way(End station) {
    return ways.getOrDefault(station, List.of());
  }

  /** net/ipv4/arp.c: arp_process; for IPv6 ndisc_recv_ns. */
  private static boolean answers(End station, IpAddress address, IpAddress asker) {
    Stack stack = station.stack();
    Fib fib = stack.fib(address.family());
    if (address.family() == IpFamily.INET6) {
      String carrier = Wiring.carrier(stack, station.device());
      return stack.addresses(carrier).stream()
              .map(Fact::value)
              .anyMatch(a -> a.local().equals(address) && !SourceAddress6.isTentative(a))
          || fib.typeOf(address, Optional.of(carrier))
              .optional()
              .filter(RouteType.ANYCAST::equals)
              .isPresent();
    }
    // ip_route_input_noref: a request nobody may send from there is not answered
    Packet request =
        new Packet(
            asker,
            address,
            new Payload.Opaque(NO_PROTOCOL),
            Packet.TTL,
            Packet.IPV4_HEADER,
            false,
            0);
    Decision way = fib.lookup(Flow.of(request, station.device(), Optional.empty(), 0));
    if (!(way instanceof Decision.Found found)) {
      return way instanceof Decision.Open && fib.isLocal(address);
    }
    boolean local = found.type() == RouteType.LOCAL;
    // proxy_arp: for whom this node would forward to by another device
    boolean proxied =
        found.type() == RouteType.UNICAST
            && forwards(station)
            && isSet(stack.maxConf(IpFamily.INET, station.device(), "proxy_arp"))
            && found.hops().stream()
                .noneMatch(h -> h.device().filter(station.device()::equals).isPresent());
    Optional<String> out = local ? Optional.empty() : found.hops().getFirst().device();
    return (local ? !isIgnored(station, address, asker) : proxied)
        && isAcceptable(ReversePath.of(stack, Skb.of(request), station.device(), out));
  }

  /** What is not known of the filter is told where the packet itself meets it. */
  private static boolean isAcceptable(ReversePath.Answer answer) {
    return answer instanceof ReversePath.Answer.Fine || answer instanceof ReversePath.Answer.Open;
  }

  /** The device's own setting, which the one for all is written into. */
  private static boolean forwards(End station) {
    Stack stack = station.stack();
    Gathered<Integer> own = stack.setting(Stack.key(IpFamily.INET, station.device(), "forwarding"));
    return isSet(
        own instanceof Gathered.Known<Integer> ? own : stack.setting("net.ipv4.ip_forward"));
  }

  private static boolean isSet(Gathered<Integer> setting) {
    return setting.optional().filter(v -> v > 0).isPresent();
  }

  /**
   * arp_ignore: 1 answers for the device's own addresses only, 2 also asks for one network, 8
   * never.
   */
  private static boolean isIgnored(End station, IpAddress address, IpAddress asker) {
    int level =
        station.stack().maxConf(IpFamily.INET, station.device(), "arp_ignore").optional().orElse(0);
    boolean own =
        station.stack().addresses(station.device()).stream()
            .anyMatch(a -> a.value().local().equals(address));
    boolean near =
        station.stack().addresses(station.device()).stream()
            .anyMatch(
                a -> a.value().local().equals(address) && a.value().network().contains(asker));
    return switch (level) {
      case 0 -> false;
      case 1 -> !own;
      case 2 -> !near;
      case 8 -> true;
      default -> false;
    };
  }
}
