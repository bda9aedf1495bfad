package io.podpath.core.walk;

import io.podpath.core.walk.Step.Kind;
import java.util.List;
import java.util.Optional;

/**
 * What a namespace's tables were asked with; it can be asked again for what they did not choose.
 */
public sealed interface Asked permits RouteQuery, ChainQuery, NeighbourQuery, FdbQuery {

  /** Whether a step of this kind at this place is an answer to it. */
  boolean decides(Netns place, Kind kind);

  /** The rows considered for the answer that this step is, in the order they are considered in. */
  List<Considered> considered(Step answer);

  /** The device of a packet that came in; empty for what the namespace sends itself. */
  Optional<String> in();
}
