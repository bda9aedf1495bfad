package io.podpath.core.walk;

import io.podpath.core.snapshot.Provenance;
import io.podpath.core.walk.Step.Kind;
import io.podpath.core.walk.Step.Mark;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a packet's way has brought so far. Immutable, so that a way may part into several.
 *
 * @param connections what the namespaces track, by their position
 * @param doubts what was passed over because nothing is known of it; none of them may be decided
 *     otherwise for the way to hold
 * @param assumptions what is taken for granted about machines nobody recorded
 * @param seen places the packet passed, to tell a loop
 */
record Trail(
    List<Step> steps,
    List<Connection> connections,
    List<String> doubts,
    List<String> assumptions,
    Set<Passage> seen) {

  /** A packet to a destination that a namespace takes in by a device. */
  record Passage(Place place, String device, Packet packet) {
    Passage {
      // what comes round again is older, and still the same
      packet = packet.ageless();
    }
  }

  static final Trail EMPTY = new Trail(List.of(), List.of(), List.of(), List.of(), Set.of());

  /** The way of an answer begins with what the request left behind. */
  static Trail after(Trail request) {
    return new Trail(List.of(), request.connections, List.of(), List.of(), Set.of());
  }

  Trail step(
      Stack stack,
      Kind kind,
      Optional<String> device,
      String entry,
      Mark mark,
      Optional<Provenance> source,
      Packet packet) {
    return withSteps(
        appended(steps, new Step(stack.place(), kind, device, entry, mark, source, packet)));
  }

  private Trail withSteps(List<Step> other) {
    return new Trail(other, connections, doubts, assumptions, seen);
  }

  Trail doubting(String reason) {
    return doubts.contains(reason)
        ? this
        : new Trail(steps, connections, appended(doubts, reason), assumptions, seen);
  }

  Trail assuming(String what) {
    return assumptions.contains(what)
        ? this
        : new Trail(steps, connections, doubts, appended(assumptions, what), seen);
  }

  Trail with(Connection connection) {
    return new Trail(steps, appended(connections, connection), doubts, assumptions, seen);
  }

  Trail with(int index, Connection connection) {
    List<Connection> changed = new ArrayList<>(connections);
    changed.set(index, connection);
    return new Trail(steps, changed, doubts, assumptions, seen);
  }

  /** Empty when the packet was here before. */
  Optional<Trail> passing(Passage passage) {
    if (seen.contains(passage)) {
      return Optional.empty();
    }
    Set<Passage> more = new HashSet<>(seen);
    more.add(passage);
    return Optional.of(new Trail(steps, connections, doubts, assumptions, more));
  }

  /** How often the packet was taken in. */
  int length() {
    return seen.size();
  }

  private static <T> List<T> appended(List<T> list, T last) {
    List<T> more = new ArrayList<>(list.size() + 1);
    more.addAll(list);
    more.add(last);
    return more;
  }
}
