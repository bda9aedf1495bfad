package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
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
import java.util.Map;
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
    if (next.family() == IpFamily.INET6) {
      return solicited(wiring, segment, stack, device, next, packet, entry, trail);
    }
    IpAddress asker = asker(stack, device, next, packet);
    List<End> answering = segment.answering(next, asker);
    if (!answering.isEmpty()) {
      End first = answering.getFirst();
      Optional<MacAddress> mac = first.stack().mac(first.device());
      return new Answer.Known(mac, introduced(stack, device, asker, first, trail.hearing(mac)));
    }
    boolean silent = isSilent(segment, stack, next);
    String text =
        entry.map(e -> e.value().toString()).orElse("nobody answers for " + next + " on " + device);
    Optional<String> unread = unread(wiring, segment, next);
    if (!silent && !failed && segment.whole() && unread.isPresent()) {
      return open(stack, device, unread.get(), packet, trail);
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

  /** The same of IPv6, where the question is a packet as others are. */
  private static Answer solicited(
      Wiring wiring,
      BroadcastDomain segment,
      Stack stack,
      String device,
      IpAddress next,
      Packet packet,
      Optional<Fact<Neighbour>> entry,
      Trail trail) {
    Solicitation question = new Solicitation(stack, device, next);
    Optional<End> asked = segment.answering(next, packet.source()).stream().findFirst();
    if (asked.isPresent()) {
      return switch (question.of(packet.source(), asked.get(), segment.way(asked.get()))) {
        case Solicitation.Outcome.Answered(var asker) -> {
          Optional<MacAddress> mac = asked.get().stack().mac(asked.get().device());
          yield new Answer.Known(
              mac, introduced(stack, device, asker, asked.get(), trail.hearing(mac)));
        }
        case Solicitation.Outcome.Silent silent -> silent(stack, device, silent, packet, trail);
        case Solicitation.Outcome.Open(var reason) -> open(stack, device, reason, packet, trail);
      };
    }
    Optional<String> unread = unread(wiring, segment, next).or(() -> proxy(segment));
    boolean whole = segment.whole() || isSilent(segment, stack, next);
    if (whole && unread.isPresent()) {
      return open(stack, device, unread.get(), packet, trail);
    }
    if (whole) {
      String text =
          entry
              .map(e -> e.value().toString())
              .orElse("nobody answers for " + next + " on " + device);
      return silent(
          stack,
          device,
          new Solicitation.Outcome.Silent(text, entry.map(Fact::from)),
          packet,
          trail);
    }
    return switch (question.ofNobody(packet.source())) {
      case Solicitation.Outcome.Answered _ -> new Answer.Known(Optional.empty(), trail);
      case Solicitation.Outcome.Silent silent -> silent(stack, device, silent, packet, trail);
      case Solicitation.Outcome.Open(var reason) -> open(stack, device, reason, packet, trail);
    };
  }

  /** Whose address it is was recorded, and does not answer. */
  private static boolean isSilent(BroadcastDomain segment, Stack stack, IpAddress next) {
    return segment.stations().stream()
        .anyMatch(s -> s.stack() != stack && s.stack().hasAddress(next));
  }

  /** For whom a machine answers beside its own addresses is a table of its own, nobody's yet. */
  private static Optional<String> proxy(BroadcastDomain segment) {
    return segment.stations().stream()
        .filter(s ->
            s.stack()
                .maxConf(IpFamily.INET6, s.device(), "proxy_ndp")
                .optional()
                .filter(v -> v > 0)
                .isPresent())
        .map(s -> "ip -6 neigh show proxy of " + s.stack() + ", which answers for others")
        .findFirst();
  }

  private static Answer open(
      Stack stack, String device, String reason, Packet packet, Trail trail) {
    return new Answer.Over(
        Journey.open(
            stack, Kind.NEIGH, Optional.of(device), reason, Optional.empty(), packet, trail));
  }

  private static Answer silent(
      Stack stack, String device, Solicitation.Outcome.Silent silent, Packet packet, Trail trail) {
    return new Answer.Over(
        Journey.lost(
            stack,
            Kind.NEIGH,
            Optional.of(device),
            silent.why(),
            silent.from(),
            packet,
            Disposition.NEIGHBOUR_FAILED,
            trail));
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
    return new BroadcastDomain(stations, Map.of(), false);
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
