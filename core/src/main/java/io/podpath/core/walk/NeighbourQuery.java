package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.node.Neighbour;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.walk.Step.Kind;
import java.util.List;
import java.util.Optional;

/** The neighbour table asked for a next hop, and its other rows of that device. */
record NeighbourQuery(Stack stack, String device, IpAddress next) implements Asked {

  @Override
  public boolean decides(Netns place, Kind kind) {
    return place.equals(stack.place()) && kind == Kind.NEIGH;
  }

  @Override
  public Optional<String> in() {
    return Optional.empty();
  }

  @Override
  public List<Considered> considered(Step answer) {
    return stack.neighbours(next.family()).stream()
        .filter(f -> f.value().device().filter(device::equals).isPresent())
        .map(f -> row(f, answer))
        .toList();
  }

  private Considered row(Fact<Neighbour> fact, Step answer) {
    boolean chosen = answer.source().filter(fact.from()::equals).isPresent();
    String reason =
        fact.value().address().equals(next) ? "the next hop is " + next : "another address";
    return new Considered(fact.value().toString(), Optional.of(fact.from()), chosen, reason);
  }
}
