package io.podpath.core.walk;

import io.podpath.core.snapshot.Provenance;
import io.podpath.core.walk.Step.Kind;
import io.podpath.core.walk.Step.Mark;
import java.util.List;
import java.util.Optional;

/** A packet somewhere on its way, and what brought it there. */
record Journey(Situation at, Trail trail) {

  static List<Journey> one(Situation at, Trail trail) {
    return List.of(new Journey(at, trail));
  }

  /** It is lost here, because of this entry. */
  static List<Journey> lost(
      Stack stack,
      Kind kind,
      Optional<String> device,
      Object entry,
      Optional<Provenance> source,
      Packet packet,
      Disposition disposition,
      Trail trail) {
    return one(
        new Situation.Ended(stack, packet, disposition),
        trail.step(stack, kind, device, entry, Mark.BROKEN, source, packet));
  }

  /** Nothing can be said from here on. */
  static List<Journey> open(
      Stack stack,
      Kind kind,
      Optional<String> device,
      String reason,
      Optional<Provenance> source,
      Packet packet,
      Trail trail) {
    return one(
        new Situation.Ended(stack, packet, Disposition.INSUFFICIENT_INFO),
        trail.step(stack, kind, device, reason, Mark.UNKNOWN, source, packet).doubting(reason));
  }
}
