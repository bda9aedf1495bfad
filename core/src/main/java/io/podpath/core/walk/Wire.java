package io.podpath.core.walk;

import io.podpath.core.cluster.KubeNode;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.MacAddress;
import io.podpath.core.node.LinkKind;
import io.podpath.core.node.Neighbour;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.walk.Step.Kind;
import io.podpath.core.walk.Step.Mark;
import io.podpath.core.walk.Wiring.End;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The network between machines. Which machine gets a frame follows from whose MAC address it has,
 * else from whose address the next hop is. Routers are not recorded: that they know the way to
 * every node is an assumption, and told as one.
 */
final class Wire {

  private final Wiring wiring;
  private final Situation.Transmitted at;
  private final Stack stack;
  private final Packet packet;
  private final IpAddress next;

  private Wire(Wiring wiring, Situation.Transmitted at) {
    this.wiring = wiring;
    this.at = at;
    this.stack = at.stack();
    this.packet = at.frame().packet();
    this.next = at.hop().address();
  }

  static List<Journey> cross(Wiring wiring, Situation.Transmitted at, Trail trail) {
    return new Wire(wiring, at).cross(trail);
  }

  private List<Journey> cross(Trail trail) {
    Optional<MacAddress> to = at.frame().destination();
    if (to.isPresent()) {
      List<End> named = wiring.onSameWire(stack, at.device(), to.get());
      if (!named.isEmpty()) {
        return arriveAt(named, at.frame(), trail);
      }
    }
    List<End> owners = wiring.onSameWire(stack, at.device(), next);
    List<End> taking =
        owners.stream().filter(s -> to.isEmpty() || s.stack().mac(s.device()).isEmpty()).toList();
    if (!taking.isEmpty()) {
      return arriveAt(taking, at.frame(), trail);
    }
    if (!owners.isEmpty()) {
      return wrongNeighbour(owners.getFirst(), trail);
    }
    return routed(trail);
  }

  private List<Journey> arriveAt(List<End> ends, Frame frame, Trail trail) {
    List<Journey> journeys = new ArrayList<>(1);
    for (End end : ends) {
      Trail crossed = crossed(end, trail);
      Optional<List<Journey>> tooLong = tooLong(end, crossed);
      if (tooLong.isPresent()) {
        journeys.addAll(tooLong.get());
        continue;
      }
      journeys.add(
          new Journey(
              new Situation.Arrived(end.stack(), end.device(), frame, Skb.of(frame.packet())),
              crossed));
    }
    return journeys;
  }

  /** A veth pair's end takes no more than its mtu; what a card takes its driver decides. */
  private Optional<List<Journey>> tooLong(End end, Trail trail) {
    return end.stack().kind(end.device()).filter(LinkKind.Veth.class::isInstance).isPresent()
        ? LinkOutput.tooLong(end.stack(), end.device(), packet, Kind.WIRE, trail)
        : Optional.empty();
  }

  /** Text only where somebody wants to read it. */
  private record Crossing(Packet packet, Stack to) {
    @Override
    public String toString() {
      return packet + " to " + to;
    }
  }

  private Trail crossed(End end, Trail trail) {
    return trail.step(
        stack,
        Kind.WIRE,
        Optional.of(at.device()),
        new Crossing(packet, end.stack()),
        Mark.OK,
        Optional.empty(),
        packet);
  }

  private List<Journey> wrongNeighbour(End owner, Trail trail) {
    Optional<Fact<Neighbour>> entry = stack.neighbour(at.device(), next);
    return Journey.lost(
        stack,
        Kind.NEIGH,
        Optional.of(at.device()),
        entry.map(e -> e.value().toString()).orElse(next.toString())
            + "; "
            + owner.stack()
            + " has "
            + owner.stack().mac(owner.device()).map(MacAddress::toString).orElse("another one"),
        entry.map(Fact::from),
        packet,
        Disposition.NEIGHBOUR_FAILED,
        trail);
  }

  private boolean isOuter() {
    return Encapsulation.isOuter(packet);
  }

  /** Nobody on this network that was recorded is the next hop. */
  private List<Journey> routed(Trail trail) {
    IpAddress destination = packet.destination();
    boolean onLink = next.equals(destination);
    Optional<Fact<KubeNode>> unrecorded =
        wiring.unrecorded(destination).or(() -> wiring.unrecorded(next));
    if (unrecorded.isPresent()) {
      return open("node " + unrecorded.get().value().name() + " is not recorded", trail);
    }
    if (!onLink) {
      List<End> owners =
          wiring.owners(destination).stream().filter(e -> e.stack() != stack).toList();
      if (!owners.isEmpty()) {
        Trail assumed =
            trail.assuming(
                "router "
                    + next
                    + " is not recorded; that it reaches "
                    + destination
                    + " is taken for granted");
        Optional<String> unsolicited = unsolicited(owners, destination);
        if (unsolicited.isPresent()) {
          return open(unsolicited.get(), assumed);
        }
        Frame frame = Frame.bare(packet.aged());
        return arriveAt(owners, frame, assumed);
      }
    }
    Optional<String> unread = wiring.unreadAddresses();
    if (unread.isPresent()) {
      return open(unread.get(), trail);
    }
    String entry = at.hop().route().map(r -> r.value().toString()).orElse(at.device() + " " + next);
    Disposition disposition =
        isOuter()
            ? Disposition.WRONG_TUNNEL_ENDPOINT
            : onLink ? Disposition.NO_SUCH_NODE : Disposition.LEFT_THE_CLUSTER;
    return Journey.lost(
        stack,
        Kind.WIRE,
        Optional.of(at.device()),
        (onLink ? "no node has " + destination : "to " + next + ", which is no node")
            + ": "
            + entry,
        at.hop().route().map(Fact::from),
        packet,
        disposition,
        trail);
  }

  /** Why a router that nobody recorded may not find out where IPv6 packets are to go. */
  private static Optional<String> unsolicited(List<End> owners, IpAddress destination) {
    if (destination.isV4()) {
      return Optional.empty();
    }
    return owners.stream()
        .map(o -> Solicitation.ofRouter(o, destination))
        .flatMap(o ->
            switch (o) {
              case Solicitation.Outcome.Answered _ -> Stream.<String>empty();
              case Solicitation.Outcome.Silent(var why, var from) ->
                  Stream.of("a router that is not recorded may ask in vain: " + why);
              case Solicitation.Outcome.Open(var reason) -> Stream.of(reason);
            })
        .findFirst();
  }

  private List<Journey> open(String reason, Trail trail) {
    return Journey.open(
        stack, Kind.WIRE, Optional.of(at.device()), reason, Optional.empty(), packet, trail);
  }
}
