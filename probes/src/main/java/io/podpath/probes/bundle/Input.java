package io.podpath.probes.bundle;

import io.podpath.core.snapshot.History;
import java.util.List;

/** What was read. */
public record Input(History history, List<Note> notes, List<RecordedCapture> captures) {
  public Input {
    notes = List.copyOf(notes);
    captures = List.copyOf(captures);
  }
}
