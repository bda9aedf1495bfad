package io.podpath.tui.cli;

import java.io.InputStream;
import java.util.List;

/** Recorded clusters from files, and the examples on the class path. */
final class RecordedInputs implements Inputs {

  @Override
  public Loaded read(List<String> inputs, InputStream standardInput) throws Refusal {
    throw new Refusal("this version cannot read files yet");
  }

  @Override
  public Loaded example(String name) throws Refusal {
    throw new Refusal("this version cannot read examples yet");
  }

  @Override
  public List<String> examples() {
    return List.of();
  }
}
