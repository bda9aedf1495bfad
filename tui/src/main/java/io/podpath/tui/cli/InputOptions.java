package io.podpath.tui.cli;

import io.podpath.core.fix.ShellWord;
import io.podpath.tui.report.Hints;
import io.podpath.tui.report.SafeText;
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

  void check(Surroundings surroundings) throws Refusal {
    source.check(named(), noInput(surroundings.program()));
  }

  static String noInput(String program) {
    return """
    this version reads recorded and pasted input only, gathering from live nodes comes later: name an input
      %1$s doctor FILE             a bundle, a directory of outputs or pasted terminal text (- is standard input)
      %1$s doctor --example NAME   a recorded cluster
      %1$s doctor --lab            the lab that is up\
    """
        .formatted(program);
  }

  Inputs.Loaded load(Surroundings surroundings) throws Refusal {
    return source.load(surroundings, named());
  }

  Hints hints(String program) {
    List<String> words = source.words(named());
    return new Hints(
        program,
        String.join(" ", words.stream().map(SafeText::of).map(ShellWord::quoted).toList()));
  }
}
