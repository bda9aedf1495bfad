package io.podpath.tui.cli;

import io.podpath.tui.report.Hints;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Where the data comes from, for a command whose arguments are files. */
final class InputOptions {

  @Parameters(
      paramLabel = "FILE",
      arity = "0..*",
      description =
          "Bundle (directory, .tar.gz, .tar.zst, .zip), outputs as loose files, or pasted terminal text; - reads standard input.")
  private List<String> files = List.of();

  @Mixin private SourceOptions source;

  /** What was named on the command line; an example is not a file. */
  List<String> named() {
    List<String> named = new ArrayList<>(files);
    named.addAll(source.named());
    return named;
  }

  boolean asksForExamples() {
    return source.asksForExamples(named());
  }

  /**
   * @param command what the user may type to name an input
   */
  void check(Surroundings surroundings, String command) throws Refusal {
    source.check(named(), noInput(surroundings.program(), command));
  }

  static String noInput(String program, String command) {
    return """
    this version reads recorded and pasted input only, gathering from live nodes comes later: name an input
      %1$s %2$s FILE             a bundle, a directory of outputs or pasted terminal text (- is standard input)
      %1$s %2$s --example NAME   a recorded cluster
      %1$s %2$s --lab            the lab that is up\
    """
        .formatted(program, command);
  }

  Inputs.Loaded load(Surroundings surroundings) throws Refusal {
    return source.load(surroundings, named());
  }

  Hints hints(String program) {
    return source.hints(program, named());
  }
}
