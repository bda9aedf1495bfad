package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.walk.Step.Mark;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Walks packets through the state of a cluster as the Linux kernels of its machines would. */
public final class Walker {

  /** Where chance chooses among more ways than these, the rest is not walked. */
  private static final int MOST_WAYS = 512;

  private static final int MOST_MOVES = 4_096;

  private final Wiring wiring;
  private final Stretches stretches;

  private Walker(Wiring wiring, Stretches stretches) {
    this.wiring = wiring;
    this.stretches = stretches;
  }

  public static Walker of(ClusterView view) {
    Wiring wiring = Wiring.of(view);
    return new Walker(wiring, Stretches.of(wiring));
  }

  /**
   * The same cluster in which the host namespace of one node holds something else, with all that
   * does not follow from it; empty where anything may.
   *
   * @param view but for that as before, also the cluster's objects
   */
  Optional<Walker> changed(ClusterView view, String node) {
    return wiring.changed(view, node).map(w -> new Walker(w, stretches.changed(w, node)));
  }

  /**
   * Nodes of which a packet to or from the node that has changed may take another way than before;
   * empty if all may.
   *
   * @param node in which it is changed from {@code before}
   */
  Optional<Set<String>> touched(Walker before, String node) {
    return stretches.touched(
        before.wiring.stack(Netns.host(node)).orElseThrow(),
        wiring.stack(Netns.host(node)).orElseThrow());
  }

  /** Walks as this one does, and tells whose tables are asked. */
  Walker telling(AskedMachines asked) {
    return new Walker(wiring.telling(asked), stretches);
  }

  /** A way that ended, and all that it left behind. */
  private record Finished(Situation.Ended at, Trail trail) {}

  /**
   * @throws IllegalArgumentException when nothing was recorded of the namespace it begins in
   */
  public Trace walk(Question question) {
    return walk(question, true);
  }

  /**
   * The same without steps but those that broke a way or left it open: for many questions.
   *
   * @throws IllegalArgumentException when nothing was recorded of the namespace it begins in
   */
  public Trace outcome(Question question) {
    return walk(question, false);
  }

  /**
   * Whether a packet arrives where it is meant to and is answered, if that is known from packets
   * that are alike to all machines they pass: for many questions.
   *
   * @return false where it does not, and also where it has to be walked to know
   */
  public boolean surelyDelivers(Question question) {
    return stretches.deliver(question, this);
  }

  private Trace walk(Question question, boolean telling) {
    List<Finished> there = finish(begin(question, telling));
    List<Way> forward = new ArrayList<>();
    List<Way> replies = new ArrayList<>();
    for (Finished way : there) {
      Way told = way(way, question.meant());
      forward.add(told);
      if (told.isDelivered()) {
        replies.addAll(answer(way, question));
      }
    }
    return new Trace(question, forward, replies);
  }

  /**
   * @throws IllegalArgumentException when nothing was recorded of the namespace it begins in
   */
  Journey begin(Question question, boolean telling) {
    Stack stack =
        wiring
            .stack(question.from())
            .orElseThrow(() ->
                new IllegalArgumentException("no namespace " + question.from() + " is recorded"));
    Packet packet = question.packet();
    Situation start =
        question
            .in()
            .<Situation>map(device ->
                new Situation.Received(
                    stack, device, Skb.of(packet), Optional.empty(), Optional.empty()))
            .orElseGet(() -> new Situation.Sent(stack, packet, Optional.empty()));
    return new Journey(start, Trail.begin(telling));
  }

  private List<Finished> finish(Journey first) {
    List<Finished> finished = new ArrayList<>();
    Deque<Journey> open = new ArrayDeque<>();
    open.push(first);
    int moves = 0;
    while (!open.isEmpty()) {
      Journey journey = open.pop();
      if (journey.at() instanceof Situation.Ended ended) {
        finished.add(new Finished(ended, journey.trail()));
      } else if (finished.size() >= MOST_WAYS || ++moves > MOST_MOVES) {
        finished.add(tooMany(first, journey));
        return finished;
      } else {
        List<Journey> next = move(journey);
        for (int i = next.size() - 1; i >= 0; i--) {
          open.push(next.get(i));
        }
      }
    }
    return finished;
  }

  /** What was not walked to its end is left open. */
  private static Finished tooMany(Journey first, Journey journey) {
    Stack stack = first.at().stack();
    Trail trail =
        journey.trail().doubting("more than " + MOST_WAYS + " ways or " + MOST_MOVES + " moves");
    return new Finished(
        new Situation.Ended(stack, first.at().packet(), Disposition.INSUFFICIENT_INFO), trail);
  }

  List<Journey> move(Journey journey) {
    Trail trail = journey.trail();
    return switch (journey.at()) {
      case Situation.Sent sent -> IpOutput.send(sent, trail);
      case Situation.Arrived arrived -> LinkInput.receive(wiring, arrived, trail);
      case Situation.Received received -> IpInput.receive(received, trail);
      case Situation.Transmitted transmitted -> LinkOutput.transmit(wiring, transmitted, trail);
      case Situation.Switched switched -> OpenVswitch.switched(wiring, switched, trail);
      case Situation.Ended ended -> List.of(journey);
    };
  }

  private Way way(Finished finished, Optional<Netns> meant) {
    Situation.Ended at = finished.at();
    Trail trail = finished.trail();
    Disposition disposition = at.disposition();
    if (disposition == Disposition.DELIVERED) {
      boolean elsewhere = meant.filter(p -> !isAt(p, at.stack().place())).isPresent();
      if (elsewhere) {
        disposition = Disposition.DELIVERED_ELSEWHERE;
      } else if (!trail.doubts().isEmpty()) {
        disposition = Disposition.INSUFFICIENT_INFO;
      }
    }
    return new Way(
        disposition,
        at.stack().place(),
        disposition == Disposition.DELIVERED_ELSEWHERE
            ? wrongAtLast(trail.steps().told())
            : trail.steps().told(),
        at.packet(),
        trail.doubts(),
        trail.assumptions());
  }

  /** Who takes what is not for them is where it goes wrong. */
  private static List<Step> wrongAtLast(List<Step> steps) {
    if (steps.isEmpty()) {
      return steps;
    }
    List<Step> changed = new ArrayList<>(steps);
    changed.add(changed.removeLast().with(Mark.BROKEN));
    return changed;
  }

  /** A pod whose own namespace was not recorded is behind its node's. */
  private boolean isAt(Netns meant, Netns end) {
    return meant.equals(end)
        || meant.node().equals(end.node()) && end.pod().isEmpty() && wiring.stack(meant).isEmpty();
  }

  /** What the one who got the packet answers. */
  private List<Way> answer(Finished request, Question question) {
    return answer(request).stream()
        .flatMap(back -> finish(back).stream())
        .map(f -> answered(f, question))
        .toList();
  }

  private static Optional<Journey> answer(Finished request) {
    Packet packet = request.at().packet();
    // nobody answers from an address that others have too (icmpv6_echo_reply: saddr = NULL), but a
    // server that is asked by UDP, where it is its own as well (ipv6_chk_addr)
    Stack stack = request.at().stack();
    Flow taken = Flow.of(packet, request.at().in().orElse(Flow.LOOPBACK), Optional.empty(), 0);
    boolean own = packet.payload() instanceof Payload.Udp && stack.hasAddress(packet.destination());
    boolean anycast = !own && stack.fib(packet.family()).isAnycast(taken);
    return answerTo(packet.payload())
        .map(packet::answeredWith)
        .map(answered -> anycast ? answered.from(IpAddress.of("::")) : answered)
        .map(reply ->
            request
                .at()
                .behind()
                .map(d -> fromPod(stack, d, reply))
                .orElseGet(() -> new Situation.Sent(stack, reply, bound(request.at(), reply))))
        .map(at -> new Journey(at, Trail.after(request.trail())));
  }

  /** The answer to a packet that came to where it was meant to; else empty. */
  Optional<Journey> answer(Situation.Ended at, Trail trail, Question question) {
    Finished request = new Finished(at, trail);
    return way(request, question.meant()).isDelivered() ? answer(request) : Optional.empty();
  }

  /** Whether an answer came to who asked. */
  boolean isAnswered(Situation.Ended at, Trail trail, Question question) {
    return answered(new Finished(at, trail), question).isDelivered();
  }

  /**
   * An echo reply of IPv6 asks for a way by the device the request came in by (net/ipv6/icmp.c:
   * icmpv6_echo_reply), and so does TCP for an address of the link (tcp_ipv6.c: tcp_v6_init_req);
   * the others ask for none.
   */
  private static Optional<String> bound(Situation.Ended request, Packet reply) {
    if (reply.protocol().equals(IpProtocol.TCP) && reply.family() == IpFamily.INET6) {
      return request.in().filter(d -> reply.destination().isLinkLocal());
    }
    return reply.protocol().equals(IpProtocol.ICMPV6)
        ? request.in().flatMap(d -> d.equals(Flow.LOOPBACK) ? ownDevice(request) : Optional.of(d))
        : Optional.empty();
  }

  /** What came in by lo counts for the device its address is on (net/ipv6/icmp.c: icmp6_dev). */
  private static Optional<String> ownDevice(Situation.Ended request) {
    Flow flow = Flow.of(request.packet(), Flow.LOOPBACK, Optional.empty(), 0);
    return request.stack().fib(IpFamily.INET6).lookup(flow) instanceof Decision.Found found
        ? found.hops().getFirst().device()
        : Optional.empty();
  }

  /**
   * An answer counts where it was asked for, and only from whom was asked: a socket takes nothing
   * from anybody else (net/ipv4/inet_hashtables.c: inet_lookup).
   */
  private Way answered(Finished answer, Question question) {
    Way way =
        way(answer, question.in().isPresent() ? Optional.empty() : Optional.of(question.from()));
    Packet packet = way.packet();
    boolean asked =
        // who pings is content with an echo reply from anybody (net/ipv4/raw.c: raw_v4_input)
        !question.hasPorts()
            || packet.source().equals(question.to())
                && packet.sourcePort().equals(Optional.of(question.port()))
                && packet.destinationPort().equals(Optional.of(question.sourcePort()));
    if (!way.isDelivered() || asked) {
      return way;
    }
    Step last =
        new Step(
            way.end(),
            Step.Kind.DELIVER,
            Optional.empty(),
            "the answer comes from " + packet.source() + ", asked was " + question.to(),
            Mark.BROKEN,
            Optional.empty(),
            packet,
            Optional.empty());
    List<Step> steps = new ArrayList<>(way.steps());
    steps.add(last);
    return new Way(
        Disposition.REPLY_LOST, way.end(), steps, packet, way.doubts(), way.assumptions());
  }

  /** A pod whose namespace was not recorded sends to its node, or to a neighbour on its bridge. */
  private static Situation fromPod(Stack stack, String device, Packet packet) {
    String bridge =
        stack
            .link(device)
            .flatMap(l -> l.value().master())
            .filter(m -> Wiring.isBridge(stack, m))
            .orElse(device);
    boolean near =
        stack.addresses(bridge).stream()
            .anyMatch(a -> a.value().network().contains(packet.destination()));
    Frame frame =
        new Frame(
            Optional.empty(),
            near ? Optional.empty() : stack.mac(bridge),
            OptionalInt.empty(),
            packet);
    return new Situation.Arrived(stack, device, frame, Skb.of(packet));
  }

  private static Optional<Payload> answerTo(Payload payload) {
    return switch (payload) {
      case Payload.Tcp(var from, var to, var flags) ->
          Optional.of(new Payload.Tcp(to, from, Set.of("SYN", "ACK")));
      case Payload.Udp(var from, var to) -> Optional.of(new Payload.Udp(to, from));
      case Payload.Icmp(var protocol, var type, var code, var id) ->
          Optional.of(
              new Payload.Icmp(
                  protocol,
                  protocol.equals(IpProtocol.ICMP)
                      ? Payload.Icmp.ECHO_REPLY
                      : Payload.Icmp.ECHO_REPLY6,
                  0,
                  id));
      case Payload.Vxlan _,
          Payload.FlannelUdp _,
          Payload.Encapsulated _,
          Payload.GreFrame _,
          Payload.Opaque _ ->
          Optional.empty();
    };
  }
}
