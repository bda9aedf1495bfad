package io.podpath.core.walk;

import io.podpath.core.net.MacAddress;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.walk.Step.Kind;
import java.util.List;
import java.util.Optional;

/**
 * The forwarding entries of a VXLAN device, or of a bridge's ports, asked for a MAC address.
 *
 * @param mac empty where it is not known
 */
record FdbQuery(Stack stack, List<String> devices, Optional<MacAddress> mac) implements Asked {

  FdbQuery {
    devices = List.copyOf(devices);
  }

  @Override
  public boolean decides(Netns place, Kind kind) {
    return place.equals(stack.place()) && kind == Kind.FDB;
  }

  @Override
  public Optional<String> in() {
    return Optional.empty();
  }

  @Override
  public List<Considered> considered(Step answer) {
    return stack.allFdb().stream()
        .filter(f -> f.value().device().filter(devices::contains).isPresent())
        .map(f -> row(f, answer))
        .toList();
  }

  private Considered row(Fact<FdbEntry> fact, Step answer) {
    boolean chosen = answer.source().filter(fact.from()::equals).isPresent();
    boolean same = mac.filter(fact.value().mac()::equals).isPresent();
    String reason =
        same
            ? "the frame is for " + fact.value().mac()
            : chosen ? "taken where no entry has the MAC address" : "another MAC address";
    return new Considered(fact.value().toString(), Optional.of(fact.from()), chosen, reason);
  }
}
