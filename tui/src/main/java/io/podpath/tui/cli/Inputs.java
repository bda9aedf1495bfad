package io.podpath.tui.cli;

import io.podpath.core.snapshot.History;
import io.podpath.tui.report.PassedOver;
import java.io.InputStream;
import java.util.List;

/** Where recorded clusters come from. */
interface Inputs {

  /**
   * What was read.
   *
   * @param notes what was passed over
   */
  record Loaded(History history, List<PassedOver> notes) {
    public Loaded {
      notes = List.copyOf(notes);
    }
  }

  /**
   * @param inputs files, directories, archives, or {@code -} for {@code standardInput}
   */
  Loaded read(List<String> inputs, InputStream standardInput) throws Refusal;

  /**
   * @param name one of {@link #examples()}
   */
  Loaded example(String name);

  /** Names of the recorded clusters podpath carries with it. */
  List<String> examples();

  /**
   * What a lab that is up holds now.
   *
   * @param name empty text for the only one there is
   */
  Loaded lab(String name) throws Refusal;
}
