package io.podpath.tui.cli;

import io.podpath.core.fix.ShellWord;
import io.podpath.tui.report.Hints;
import io.podpath.tui.report.SafeText;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Where the data comes from. */
final class InputOptions {

  @Parameters(
      paramLabel = "FILE",
      arity = "0..*",
      description =
          "Bundle (directory, .tar.gz, .tar.zst, .zip), outputs as loose files, or pasted terminal text; - reads standard input.")
  private List<String> files = List.of();

  @Option(
      names = "--from",
      paramLabel = "FILE|DIR|-",
      description = "The same as FILE. May be repeated.")
  private List<String> from = List.of();

  @Option(
      names = "--example",
      paramLabel = "NAME",
      arity = "0..1",
      fallbackValue = "",
      description = "A recorded cluster that podpath carries with it; without NAME lists them.")
  private Optional<String> example = Optional.empty();

  @Option(
      names = "--lab",
      paramLabel = "NAME",
      arity = "0..1",
      fallbackValue = "",
      description = "A lab that is up (podpath lab); without NAME the only one.")
  private Optional<String> lab = Optional.empty();

  /** What was named on the command line; an example is not a file. */
  List<String> named() {
    List<String> named = new ArrayList<>(files);
    named.addAll(from);
    return named;
  }

  boolean asksForExamples() {
    return example.filter(String::isEmpty).isPresent() && named().isEmpty();
  }

  void check(Surroundings surroundings) throws Refusal {
    if (example.isPresent() && !named().isEmpty()) {
      throw new Refusal(
          "--example "
              + example.get()
              + " and "
              + named().getFirst()
              + ": name either an example or files");
    }
    if (lab.isPresent() && (example.isPresent() || !named().isEmpty())) {
      throw new Refusal("--lab: name a lab, an example or files, not several");
    }
    if (lab.isPresent()) {
      return;
    }
    if (example.isEmpty() && named().isEmpty()) {
      throw new Refusal(noInput(surroundings.program()));
    }
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
    if (example.isPresent()) {
      return example(surroundings.inputs(), example.get());
    }
    if (lab.isPresent()) {
      return surroundings.inputs().lab(lab.get());
    }
    if (named().contains("-") && surroundings.terminal().in()) {
      PrintWriter errors = surroundings.errors();
      errors.println("Reading the terminal: paste the text, then press Ctrl-D on an empty line.");
    }
    return surroundings.inputs().read(named(), surroundings.in());
  }

  private static Inputs.Loaded example(Inputs inputs, String name) throws Refusal {
    List<String> examples = inputs.examples();
    if (!examples.contains(name)) {
      String hint = Nearest.hint(name, examples);
      String what = "--example " + name + ": there is no such example";
      String all = hint.isEmpty() ? "; there are\n  " + String.join("\n  ", examples) : hint;
      throw new Refusal(what + all);
    }
    return inputs.example(name);
  }

  Hints hints(String program) {
    List<String> words = new ArrayList<>();
    example.ifPresent(e -> words.addAll(List.of("--example", e)));
    lab.ifPresent(l -> words.addAll(l.isEmpty() ? List.of("--lab") : List.of("--lab", l)));
    words.addAll(named());
    return new Hints(
        program,
        String.join(" ", words.stream().map(SafeText::of).map(ShellWord::quoted).toList()));
  }
}
