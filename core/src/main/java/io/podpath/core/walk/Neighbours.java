package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.MacAddress;
import io.podpath.core.node.Link;
import io.podpath.core.node.Neighbour;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.walk.Step.Kind;
import io.podpath.core.walk.Step.Mark;
import io.podpath.core.walk.Wiring.End;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The MAC address of the next hop: net/core/neighbour.c: neigh_resolve_output. */
final class Neighbours {

  private static final Set<String> FAILED = Set.of("FAILED", "INCOMPLETE");

  /** What was found out. */
  sealed interface Answer {
    /**
     * @param mac empty where somebody answers whose MAC address was not recorded
     */
    record Known(Optional<MacAddress> mac, Trail trail) implements Answer {}

    record Over(List<Journey> journeys) implements Answer {}
  }

  private Neighbours() {}

  static boolean hasNone(Stack stack, String device) {
    return stack
        .link(device)
        .map(Fact::value)
        .map(Link::flags)
        .filter(f -> f.contains("NOARP") || f.contains("POINTOPOINT") || f.contains("LOOPBACK"))
        .isPresent();
  }

  static Answer resolve(
      Wiring wiring, Stack stack, String device, IpAddress next, Packet packet, Trail before) {
    Trail trail = before.asking(new NeighbourQuery(stack, device, next));
    Optional<Fact<Neighbour>> entry = stack.neighbour(device, next);
    boolean failed =
        entry.filter(e -> e.value().states().stream().anyMatch(FAILED::contains)).isPresent();
    if (entry.isPresent() && !failed && entry.get().value().mac().isPresent()) {
      Optional<MacAddress> mac = entry.get().value().mac();
      return new Answer.Known(
          mac,
          trail.step(
              stack,
              Kind.NEIGH,
              Optional.of(device),
              entry.get().value(),
              Mark.OK,
              Optional.of(entry.get().from()),
              packet));
    }
    boolean wire = wiring.isWire(stack, device);
    // on a wire whoever has the address is found by it, among however many machines
    Segment segment =
        wire ? onWire(wiring, stack, device, next) : Segment.from(wiring, stack, device);
    List<End> answering = segment.answering(next, asker(stack, device, packet));
    if (!answering.isEmpty()) {
      End first = answering.getFirst();
      Optional<MacAddress> mac = first.stack().mac(first.device());
      return new Answer.Known(mac, trail);
    }
    String text =
        entry.map(e -> e.value().toString()).orElse("nobody answers for " + next + " on " + device);
    if (segment.whole() || failed && !wire) {
      return new Answer.Over(
          Journey.lost(
              stack,
              Kind.NEIGH,
              Optional.of(device),
              text,
              entry.map(Fact::from),
              packet,
              Disposition.NEIGHBOUR_FAILED,
              trail));
    }
    return new Answer.Known(Optional.empty(), trail);
  }

  private static Segment onWire(Wiring wiring, Stack stack, String device, IpAddress next) {
    List<End> stations = new ArrayList<>(wiring.onSameWire(stack, device, next));
    stations.addAll(wiring.proxiesOnSameWire(stack, device));
    return new Segment(stations, false);
  }

  /** ARP names an address of the device (arp_solicit with arp_announce 0). */
  private static IpAddress asker(Stack stack, String device, Packet packet) {
    return stack.hasAddress(packet.source())
        ? packet.source()
        : stack.addresses(device).stream()
            .map(a -> a.value().local())
            .filter(a -> a.family() == packet.family())
            .findFirst()
            .orElse(packet.source());
  }
}
