package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.MacAddress;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.walk.Step.Kind;
import io.podpath.core.walk.Step.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a packet's way has brought so far. Immutable, so that a way may part into several.
 *
 * @param telling whether every step is kept; else only those that broke the way or left it open
 * @param connections what the namespaces track, by their position
 * @param doubts what was passed over because nothing is known of it; none of them may be decided
 *     otherwise for the way to hold
 * @param assumptions what is taken for granted about machines nobody recorded
 * @param seen places the packet passed, to tell a loop
 * @param asked what the tables were last asked with; the steps they decide keep it
 * @param learned what the namespaces have learned of each other since the packet was sent
 */
record Trail(
    boolean telling,
    Steps steps,
    List<Connection> connections,
    List<String> doubts,
    List<String> assumptions,
    List<Passage> seen,
    Optional<Asked> asked,
    Learned learned) {

  /** A packet to a destination that a namespace takes in by a device. */
  record Passage(Netns place, String device, Packet packet) {
    Passage {
      // what comes round again is older, and still the same
      packet = packet.ageless();
    }
  }

  /** A namespace has learned a neighbour's MAC address from the neighbour's own question. */
  record Acquaintance(Netns place, String device, IpAddress address, MacAddress mac) {}

  /**
   * @param heard who has sent a frame of its own, so that bridges know where it is
   * @param met who was asked for its address knows the one that asked
   */
  record Learned(List<MacAddress> heard, List<Acquaintance> met) {
    static final Learned NOTHING = new Learned(List.of(), List.of());
  }

  static Trail begin(boolean telling) {
    return new Trail(
        telling,
        Steps.none(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        Learned.NOTHING);
  }

  /** The way of an answer begins with what the request left behind. */
  static Trail after(Trail request) {
    return new Trail(
        request.telling,
        Steps.none(),
        request.connections,
        List.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        request.learned);
  }

  /** Without what a walk only writes. */
  Trail apart() {
    return new Trail(telling, steps, connections, List.of(), List.of(), seen, asked, learned);
  }

  /** With what was noted before. */
  Trail joining(Trail before) {
    if (before.doubts.isEmpty() && before.assumptions.isEmpty()) {
      return this;
    }
    Trail all =
        new Trail(
            telling, steps, connections, before.doubts, before.assumptions, seen, asked, learned);
    for (String doubt : doubts) {
      all = all.doubting(doubt);
    }
    for (String assumption : assumptions) {
      all = all.assuming(assumption);
    }
    return all;
  }

  Trail step(
      Stack stack,
      Kind kind,
      Optional<String> device,
      Object entry,
      Mark mark,
      Optional<Provenance> source,
      Packet packet) {
    if (!telling && mark == Mark.OK) {
      return this;
    }
    Steps.Decided step =
        new Steps.Decided(
            stack.place(),
            kind,
            device,
            entry,
            mark,
            source,
            packet,
            asked.filter(a -> a.decides(stack.place(), kind)));
    return new Trail(
        telling,
        new Steps.More(step, steps),
        connections,
        doubts,
        assumptions,
        seen,
        asked,
        learned);
  }

  /** From here on it is this that the tables are asked with. */
  Trail asking(Asked what) {
    return telling
        ? new Trail(true, steps, connections, doubts, assumptions, seen, Optional.of(what), learned)
        : this;
  }

  Trail doubting(String reason) {
    return doubts.contains(reason)
        ? this
        : new Trail(
            telling,
            steps,
            connections,
            appended(doubts, reason),
            assumptions,
            seen,
            asked,
            learned);
  }

  Trail assuming(String what) {
    return assumptions.contains(what)
        ? this
        : new Trail(
            telling, steps, connections, doubts, appended(assumptions, what), seen, asked, learned);
  }

  Trail with(Connection connection) {
    return with(appended(connections, connection));
  }

  Trail with(int index, Connection connection) {
    List<Connection> changed = new ArrayList<>(connections);
    changed.set(index, connection);
    return with(changed);
  }

  private Trail with(List<Connection> changed) {
    return new Trail(telling, steps, changed, doubts, assumptions, seen, asked, learned);
  }

  /** Empty when the packet was here before. */
  Optional<Trail> passing(Passage passage) {
    return seen.contains(passage)
        ? Optional.empty()
        : Optional.of(
            new Trail(
                telling,
                steps,
                connections,
                doubts,
                assumptions,
                appended(seen, passage),
                asked,
                learned));
  }

  /** Somebody sends a frame, or answers a request for its address. */
  Trail hearing(Optional<MacAddress> mac) {
    return mac.isEmpty() || learned.heard().contains(mac.get())
        ? this
        : with(new Learned(appended(learned.heard(), mac.get()), learned.met()));
  }

  Trail meeting(Acquaintance other) {
    return with(new Learned(learned.heard(), appended(learned.met(), other)));
  }

  private Trail with(Learned more) {
    return new Trail(telling, steps, connections, doubts, assumptions, seen, asked, more);
  }

  List<MacAddress> heard() {
    return learned.heard();
  }

  /** The MAC address a namespace has learned since the packet was sent. */
  Optional<MacAddress> met(Netns place, String device, IpAddress address) {
    for (Acquaintance known : learned.met()) {
      if (known.place().equals(place)
          && known.device().equals(device)
          && known.address().equals(address)) {
        return Optional.of(known.mac());
      }
    }
    return Optional.empty();
  }

  private static <T> List<T> appended(List<T> list, T last) {
    List<T> more = new ArrayList<>(list.size() + 1);
    more.addAll(list);
    more.add(last);
    return more;
  }
}
