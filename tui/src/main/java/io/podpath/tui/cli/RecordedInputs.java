package io.podpath.tui.cli;

import io.podpath.fixtures.example.Examples;
import io.podpath.fixtures.lab.LabException;
import io.podpath.fixtures.lab.LabHome;
import io.podpath.probes.bundle.Input;
import io.podpath.probes.bundle.InputException;
import io.podpath.probes.bundle.InputReader;
import io.podpath.probes.bundle.Limits;
import io.podpath.tui.report.PassedOver;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/** Recorded clusters from files, and the examples on the class path. */
final class RecordedInputs implements Inputs {

  @Override
  public Loaded read(List<String> inputs, InputStream standardInput) throws Refusal {
    try {
      return loaded(new InputReader(Limits.standard(), standardInput).read(inputs));
    } catch (InputException e) {
      throw new Refusal(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Loaded example(String name) {
    return loaded(Examples.load(name));
  }

  @Override
  public List<String> examples() {
    return Examples.names();
  }

  @Override
  public Loaded lab(String name) throws Refusal {
    LabHome home = LabHome.standard();
    try {
      String lab = name.isEmpty() ? LabCommand.only(home, "--lab", "--lab ") : name;
      Path bundle = LabCommand.open(home, lab).gather();
      return read(List.of(bundle.toString()), InputStream.nullInputStream());
    } catch (LabException e) {
      throw new Refusal(String.valueOf(e.getMessage()));
    }
  }

  private static Loaded loaded(Input input) {
    return new Loaded(
        input.history(),
        input.notes().stream().map(n -> new PassedOver(n.file(), n.text())).toList());
  }
}
