package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.MacAddress;
import io.podpath.core.node.Address;
import io.podpath.core.node.Neighbour;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.walk.BroadcastDomain.Crossing;
import io.podpath.core.walk.Wiring.End;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A question for the MAC address of a neighbour of IPv6 (RFC 4861, net/ipv6/ndisc.c). Unlike ARP,
 * question and answer are packets of ICMPv6 that pass ip6tables as all others do, only a device's
 * own addresses are answered for, and the answer goes by the neighbour table of who gives it.
 */
final class Solicitation {

  private static final int NEIGHBOUR_SOLICITATION = 135;
  private static final int NEIGHBOUR_ADVERTISEMENT = 136;
  private static final int HOPS = 255;

  /** IPv6 header, ICMPv6 header, target, the sender's MAC address. */
  private static final int LENGTH = 72;

  private static final IpAddress SOLICITED = IpAddress.of("ff02::1:ff00:0");
  private static final long SOLICITED_BITS = 0xff_ffff;

  /** Routers, which nobody records, ask with an address of the link. */
  private static final IpAddress OF_A_ROUTER = IpAddress.of("fe80::");

  /** How it ended. */
  sealed interface Outcome {

    /**
     * @param asker whom the neighbour knows from now on
     */
    record Answered(IpAddress asker) implements Outcome {}

    record Silent(String why, Optional<Provenance> from) implements Outcome {}

    record Open(String reason) implements Outcome {}
  }

  /** What becomes of a question or an answer at a hook. */
  private sealed interface Passage {
    record Through(List<Skb> skbs) implements Passage {}

    record Ended(Outcome how) implements Passage {}
  }

  private final Stack stack;
  private final String device;
  private final IpAddress target;

  Solicitation(Stack stack, String device, IpAddress target) {
    this.stack = stack;
    this.device = device;
    this.target = target;
  }

  /**
   * The source of the question: that of the packet that waits, where it is the device's own, else
   * an address of the link (ndisc_solicit, ndisc_send_ns).
   */
  private Optional<IpAddress> asker(IpAddress waiting) {
    List<IpAddress> own =
        stack.addresses(device).stream()
            .map(Fact::value)
            .filter(a -> a.local().family() == IpFamily.INET6)
            .filter(a -> !SourceAddress6.isTentative(a))
            .map(Address::local)
            .toList();
    return own.contains(waiting)
        ? Optional.of(waiting)
        : own.stream().filter(IpAddress::isLinkLocal).reduce((first, last) -> last);
  }

  private Outcome asking(IpAddress waiting, Function<IpAddress, Outcome> how) {
    return asker(waiting)
        .map(how)
        .orElseGet(() ->
            new Outcome.Silent(
                device + " has no address to ask for " + target + " with", Optional.empty()));
  }

  /**
   * A station is asked that has the address.
   *
   * @param way the bridges between
   */
  Outcome of(IpAddress waiting, End station, List<Crossing> way) {
    return asking(
        waiting,
        asker -> {
          Packet question = question(asker);
          Optional<MacAddress> from = stack.mac(device);
          return after(
              List.of(
                  () -> sent(stack, device, question),
                  () -> carried(question, from, way),
                  () -> taken(station, question, from, way)),
              () -> answered(station, asker, way));
        });
  }

  /** Somebody is asked who was not recorded: what the asker's own rules say counts. */
  Outcome ofNobody(IpAddress waiting) {
    End own = new End(stack, device);
    return asking(
        waiting,
        asker ->
            after(
                List.of(
                    () -> sent(stack, device, question(asker)),
                    () -> taken(own, answer(target, asker), Optional.empty(), List.of())),
                () -> new Outcome.Answered(asker)));
  }

  /** A router that nobody recorded asks a station. */
  static Outcome ofRouter(End station, IpAddress target) {
    Stack there = station.stack();
    Solicitation asked = new Solicitation(there, station.device(), target);
    Packet question = asked.question(OF_A_ROUTER);
    Packet answer = asked.answer(target, OF_A_ROUTER);
    return after(
        List.of(
            () -> asked.taken(station, question, Optional.empty(), List.of()),
            () -> asked.sent(there, station.device(), answer)),
        () -> new Outcome.Answered(OF_A_ROUTER));
  }

  private Packet question(IpAddress asker) {
    IpAddress group =
        new IpAddress(
            IpFamily.INET6, SOLICITED.high(), SOLICITED.low() | target.low() & SOLICITED_BITS);
    return packet(asker, group, NEIGHBOUR_SOLICITATION);
  }

  private Packet answer(IpAddress from, IpAddress asker) {
    return packet(from, asker, NEIGHBOUR_ADVERTISEMENT);
  }

  private static Packet packet(IpAddress from, IpAddress to, int type) {
    return new Packet(
        from, to, new Payload.Icmp(IpProtocol.ICMPV6, type, 0, 0), HOPS, LENGTH, false, 0);
  }

  /** One passage after the other, and what comes behind if none of them is the end. */
  private static Outcome after(List<Supplier<Passage>> passages, Supplier<Outcome> then) {
    for (Supplier<Passage> passage : passages) {
      if (passage.get() instanceof Passage.Ended(var how)) {
        return how;
      }
    }
    return then.get();
  }

  /** ndisc_send_skb: the hooks OUTPUT and POSTROUTING, without a look at the routes. */
  private Passage sent(Stack from, String out, Packet packet) {
    Look look =
        new Look(
            from,
            Hook.OUTPUT,
            Skb.of(packet),
            Optional.empty(),
            Optional.of(out),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    Passage passed = through(List.of(look));
    if (!(passed instanceof Passage.Through(var skbs))) {
      return passed;
    }
    List<Outcome> led =
        skbs.stream().filter(s -> s.mark() != 0).flatMap(s -> led(from, out, s).stream()).toList();
    if (!led.isEmpty()) {
      return new Passage.Ended(skbs.size() == 1 ? led.getFirst() : new Outcome.Open(led(from)));
    }
    return through(
        skbs.stream().map(s -> look.with(s).at(Hook.POSTROUTING, Optional.of(out))).toList());
  }

  /**
   * ip6_route_me_harder: with another mark the routes are asked after all, rules by source too.
   *
   * @return empty where it goes on as before
   */
  private Optional<Outcome> led(Stack from, String out, Skb skb) {
    IpAddress to = skb.packet().destination();
    boolean near = to.isMulticast() || to.isLinkLocal();
    Flow flow =
        Flow.of(
            skb.packet(), Flow.LOOPBACK, near ? Optional.of(out) : Optional.empty(), skb.mark());
    return switch (from.fib(IpFamily.INET6).lookup(flow)) {
      case Decision.Found found ->
          found.hops().stream()
                  .allMatch(h -> h.device().equals(Optional.of(out)) && h.gateway().isEmpty())
              ? Optional.empty()
              : Optional.of(new Outcome.Open(led(from)));
      case Decision.Open(var reason) -> Optional.of(new Outcome.Open(reason));
      case Decision.None _, Decision.Refused _, Decision.RuledOut _ ->
          Optional.of(
              new Outcome.Silent(
                  "no route on " + from + " for a question or answer for " + target + " as marked",
                  Optional.empty()));
    };
  }

  private String led(Stack from) {
    return "a mark leads a question or answer for " + target + " another way on " + from;
  }

  /** The firewall of the bridges between. */
  private Passage carried(Packet packet, Optional<MacAddress> from, List<Crossing> way) {
    Passage last = new Passage.Through(List.of(Skb.of(packet)));
    for (Crossing crossing : way) {
      boolean across = crossing.in().isPresent() && crossing.out().isPresent();
      if (across && Bridging.callsFirewall(crossing.stack(), crossing.bridge(), IpFamily.INET6)) {
        last = bridged(crossing, packet, from);
        if (last instanceof Passage.Ended) {
          return last;
        }
      }
    }
    return last;
  }

  private Passage bridged(Crossing crossing, Packet packet, Optional<MacAddress> from) {
    Passage last = new Passage.Through(List.of(Skb.of(packet)));
    for (Hook hook : List.of(Hook.PREROUTING, Hook.FORWARD, Hook.POSTROUTING)) {
      if (!(last instanceof Passage.Through(var skbs))) {
        return last;
      }
      boolean routed = hook != Hook.PREROUTING;
      Look.Ports ports =
          new Look.Ports(crossing.in().orElseThrow(), routed ? crossing.out() : Optional.empty());
      last =
          through(
              skbs.stream()
                  .map(s ->
                      new Look(
                          crossing.stack(),
                          hook,
                          s,
                          Optional.of(crossing.bridge()),
                          routed ? Optional.of(crossing.bridge()) : Optional.empty(),
                          Optional.empty(),
                          from,
                          Optional.of(ports),
                          Optional.empty()))
                  .toList());
    }
    return last;
  }

  /** Hooks PREROUTING and INPUT, the second behind a look-up that finds a group or an address. */
  private Passage taken(End at, Packet packet, Optional<MacAddress> from, List<Crossing> way) {
    Optional<Look.Ports> port =
        way.stream()
            .filter(c -> c.stack() == at.stack() && c.bridge().equals(at.device()))
            .flatMap(c -> c.in().stream())
            .findFirst()
            .map(p -> new Look.Ports(p, Optional.empty()));
    Look first =
        new Look(
            at.stack(),
            Hook.PREROUTING,
            Skb.of(packet),
            Optional.of(at.device()),
            Optional.empty(),
            Optional.empty(),
            from,
            port,
            Optional.empty());
    Passage passed = through(List.of(first));
    return passed instanceof Passage.Through(var skbs)
        ? through(skbs.stream().map(s -> first.with(s).at(Hook.INPUT, Optional.empty())).toList())
        : passed;
  }

  /** ndisc_recv_ns: the answer goes to the MAC address the neighbour table has for the asker. */
  private Outcome answered(End station, IpAddress asker, List<Crossing> way) {
    Stack there = station.stack();
    Optional<Fact<Neighbour>> fixed =
        there
            .neighbour(station.device(), asker)
            .filter(n -> n.value().states().contains("PERMANENT"));
    if (fixed.filter(n -> !n.value().mac().equals(stack.mac(device))).isPresent()) {
      return new Outcome.Silent(
          there + " answers to another address: " + fixed.get().value(), fixed.map(Fact::from));
    }
    boolean own =
        there.addresses(station.device()).stream().anyMatch(a -> a.value().local().equals(target));
    // an anycast address is no source (ndisc_send_na)
    Optional<IpAddress> source =
        own ? Optional.of(target) : SourceAddress6.of(there, Optional.of(station.device()), asker);
    if (source.isEmpty()) {
      return new Outcome.Silent(there + " has no address to answer with", Optional.empty());
    }
    Packet answer = answer(source.get(), asker);
    List<Crossing> back = way.reversed().stream().map(Crossing::inverse).toList();
    Optional<MacAddress> from = there.mac(station.device());
    return after(
        List.of(
            () -> sent(there, station.device(), answer),
            () -> carried(answer, from, back),
            () -> taken(new End(stack, device), answer, from, back)),
        () -> new Outcome.Answered(asker));
  }

  private List<Journey> beyond(Look look, Skb skb, Trail after) {
    return Journey.one(
        new Situation.Received(look.stack(), device, skb, Optional.empty(), Optional.empty()),
        after);
  }

  /** The same packet at a hook, with all marks that chance may have given it. */
  private Passage through(List<Look> looks) {
    List<Skb> passed = new ArrayList<>(1);
    List<Step> lost = new ArrayList<>();
    for (Look look : looks) {
      for (Journey journey :
          Hooks.pass(look, Trail.begin(false), (skb, t) -> beyond(look, skb, t))) {
        if (!journey.trail().doubts().isEmpty()) {
          return new Passage.Ended(new Outcome.Open(journey.trail().doubts().getFirst()));
        }
        switch (journey.at()) {
          case Situation.Received received -> passed.add(received.skb());
          case Situation.Ended _,
              Situation.Sent _,
              Situation.Arrived _,
              Situation.Transmitted _,
              Situation.Switched _ ->
              lost.add(journey.trail().steps().told().getLast());
        }
      }
    }
    Look look = looks.getFirst();
    if (lost.isEmpty()) {
      return new Passage.Through(passed.stream().distinct().toList());
    }
    return new Passage.Ended(
        passed.isEmpty()
            ? new Outcome.Silent(
                "the question or answer for %s is lost on %s: %s"
                    .formatted(target, look.stack(), lost.getFirst().entry()),
                lost.getFirst().source())
            : new Outcome.Open(
                "chance decides on %s whether the question or answer for %s is lost: %s"
                    .formatted(look.stack(), target, lost.getFirst().entry())));
  }
}
