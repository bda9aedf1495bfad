package io.podpath.tui.cli;

import io.podpath.core.blueprint.KnownCluster;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.fixtures.lab.Lab;
import io.podpath.fixtures.lab.LabCopy;
import io.podpath.fixtures.lab.LabException;
import io.podpath.fixtures.lab.LabHome;
import io.podpath.fixtures.lab.TakenDownOnInterrupt;
import java.io.InputStream;
import java.util.List;

/** {@code --with lab}: a lab built like the cluster, proven to forward, read and taken down. */
final class LabReference {

  private LabReference() {}

  static Reference of(Snapshot snapshot, Surroundings surroundings) throws Refusal {
    KnownCluster known = Reference.known(snapshot);
    LabHome home = LabHome.standard();
    String name = LabHome.nameForThisCall();
    surroundings
        .errors()
        .println(
            "building a lab of "
                + known.facts().nodes().size()
                + " nodes with "
                + known.fabric().name()
                + " to compare with");
    try (TakenDownOnInterrupt _ = TakenDownOnInterrupt.of(home, name)) {
      for (String left : home.abandoned()) {
        Lab.down(home, left);
      }
      LabCopy copy = LabCopy.up(home, name, known);
      try {
        Snapshot held =
            surroundings
                .inputs()
                .read(List.of(copy.lab().gather().toString()), InputStream.nullInputStream())
                .history()
                .latest();
        return Reference.drawn(
            "a lab of "
                + known.fabric().name()
                + " on "
                + copy.lab().state().kernel().map(Object::toString).orElse("this machine")
                + ", in which "
                + copy.proven()
                + " of "
                + copy.proven()
                + " packets between pods were delivered",
            known,
            known.blueprint(),
            held);
      } finally {
        copy.lab().down();
      }
    } catch (LabException e) {
      throw new Refusal("--with lab: " + e.getMessage());
    }
  }
}
