package io.podpath.core.walk;

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
 */
record Trail(
    boolean telling,
    Steps steps,
    List<Connection> connections,
    List<String> doubts,
    List<String> assumptions,
    List<Passage> seen) {

  /** A packet to a destination that a namespace takes in by a device. */
  record Passage(Place place, String device, Packet packet) {
    Passage {
      // what comes round again is older, and still the same
      packet = packet.ageless();
    }
  }

  static Trail begin(boolean telling) {
    return new Trail(telling, Steps.none(), List.of(), List.of(), List.of(), List.of());
  }

  /** The way of an answer begins with what the request left behind. */
  static Trail after(Trail request) {
    return new Trail(
        request.telling, Steps.none(), request.connections, List.of(), List.of(), List.of());
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
        new Steps.Decided(stack.place(), kind, device, entry, mark, source, packet);
    return new Trail(telling, new Steps.More(step, steps), connections, doubts, assumptions, seen);
  }

  Trail doubting(String reason) {
    return doubts.contains(reason)
        ? this
        : new Trail(telling, steps, connections, appended(doubts, reason), assumptions, seen);
  }

  Trail assuming(String what) {
    return assumptions.contains(what)
        ? this
        : new Trail(telling, steps, connections, doubts, appended(assumptions, what), seen);
  }

  Trail with(Connection connection) {
    return new Trail(telling, steps, appended(connections, connection), doubts, assumptions, seen);
  }

  Trail with(int index, Connection connection) {
    List<Connection> changed = new ArrayList<>(connections);
    changed.set(index, connection);
    return new Trail(telling, steps, changed, doubts, assumptions, seen);
  }

  /** Empty when the packet was here before. */
  Optional<Trail> passing(Passage passage) {
    return seen.contains(passage)
        ? Optional.empty()
        : Optional.of(
            new Trail(telling, steps, connections, doubts, assumptions, appended(seen, passage)));
  }

  private static <T> List<T> appended(List<T> list, T last) {
    List<T> more = new ArrayList<>(list.size() + 1);
    more.addAll(list);
    more.add(last);
    return more;
  }
}
