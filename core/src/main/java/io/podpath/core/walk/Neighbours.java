package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.MacAddress;
import io.podpath.core.node.Link;
import io.podpath.core.node.Neighbour;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Section;
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
    Optional<MacAddress> met = trail.met(stack.place(), device, next);
    if (met.isPresent()) {
      return new Answer.Known(met, trail);
    }
    boolean wire = wiring.isWire(stack, device);
    // on a wire whoever has the address is found by it, among however many machines
    BroadcastDomain segment =
        wire ? onWire(wiring, stack, device, next) : BroadcastDomain.from(wiring, stack, device);
    IpAddress asker = asker(stack, device, next, packet);
    List<End> answering = segment.answering(next, asker);
    if (!answering.isEmpty()) {
      End first = answering.getFirst();
      Optional<MacAddress> mac = first.stack().mac(first.device());
      return new Answer.Known(mac, introduced(stack, device, asker, first, trail.hearing(mac)));
    }
    // whose address it is was recorded, and does not answer
    boolean silent =
        segment.stations().stream().anyMatch(s -> s.stack() != stack && s.stack().hasAddress(next));
    String text =
        entry.map(e -> e.value().toString()).orElse("nobody answers for " + next + " on " + device);
    Optional<String> unread = unread(wiring, segment, next);
    if (!silent && !failed && segment.whole() && unread.isPresent()) {
      return new Answer.Over(
          Journey.open(
              stack,
              Kind.NEIGH,
              Optional.of(device),
              unread.get(),
              Optional.empty(),
              packet,
              trail));
    }
    if (segment.whole() || silent || failed) {
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

  /** Why somebody may answer for the address though nobody that was recorded does. */
  private static Optional<String> unread(Wiring wiring, BroadcastDomain segment, IpAddress next) {
    return segment.stations().stream()
        .map(End::stack)
        .filter(s -> !s.facts().get(Section.ADDRESSES).isComplete())
        .map(s ->
            "addresses of " + s.place() + ": " + s.facts().get(Section.ADDRESSES).coverage().gap())
        .findFirst()
        .or(() ->
            wiring.pods(next).stream()
                .filter(p -> wiring.owners(next).isEmpty())
                .map(p ->
                    "the namespace of pod " + p.namespace() + "/" + p.name() + " was not recorded")
                .findFirst());
  }

  private static BroadcastDomain onWire(Wiring wiring, Stack stack, String device, IpAddress next) {
    List<End> stations = new ArrayList<>(wiring.onSameWire(stack, device, next));
    stations.addAll(wiring.proxiesOnSameWire(stack, device));
    return new BroadcastDomain(stations, false);
  }

  /** Who is asked learns who asks (arp_process: neigh_event_ns). */
  private static Trail introduced(
      Stack stack, String device, IpAddress asker, End asked, Trail trail) {
    return stack
        .mac(device)
        .map(own ->
            trail
                .hearing(Optional.of(own))
                .meeting(new Trail.Acquaintance(asked.stack().place(), asked.device(), asker, own)))
        .orElse(trail);
  }

  /** Whose address ARP names as the one that asks (arp_solicit with arp_announce 0). */
  static IpAddress asker(Stack stack, String device, IpAddress next, Packet packet) {
    return stack.hasAddress(packet.source())
        ? packet.source()
        : SourceAddress.of(stack, device, Optional.of(next), SourceAddress.LINK)
            .orElse(packet.source());
  }
}
