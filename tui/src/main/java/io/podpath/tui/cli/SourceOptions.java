package io.podpath.tui.cli;

import io.podpath.core.fix.ShellWord;
import io.podpath.tui.report.Hints;
import io.podpath.tui.report.SafeText;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where the data comes from, the same for every command. */
final class SourceOptions {

  private static final String SAVED = "FILE";

  @Option(
      names = "--from",
      paramLabel = "FILE|DIR|-",
      description =
          "Bundle (directory, .tar.gz, .tar.zst, .zip), outputs as loose files, or pasted terminal text; - reads standard input. May be repeated.")
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

  /** What was given by {@code --from}; an example is not a file. */
  List<String> named() {
    return from;
  }

  boolean asksForExamples(List<String> named) {
    return example.filter(String::isEmpty).isPresent() && named.isEmpty();
  }

  /**
   * @param named all files there are, with those of {@code --from}
   * @param noInput what to say when there is nothing to read
   */
  void check(List<String> named, String noInput) throws Refusal {
    if (example.isPresent() && !named.isEmpty()) {
      throw new Refusal(
          "--example "
              + example.get()
              + " and "
              + named.getFirst()
              + ": name either an example or files");
    }
    if (lab.isPresent() && (example.isPresent() || !named.isEmpty())) {
      throw new Refusal("--lab: name a lab, an example or files, not several");
    }
    if (lab.isEmpty() && example.isEmpty() && named.isEmpty()) {
      throw new Refusal(noInput);
    }
  }

  Inputs.Loaded load(Surroundings surroundings, List<String> named) throws Refusal {
    if (example.isPresent()) {
      return example(surroundings.inputs(), example.get());
    }
    if (lab.isPresent()) {
      return surroundings.inputs().lab(lab.get());
    }
    if (named.contains("-") && surroundings.terminal().in()) {
      PrintWriter errors = surroundings.errors();
      errors.println("Reading the terminal: paste the text, then press Ctrl-D on an empty line.");
    }
    return surroundings.inputs().read(named, surroundings.in());
  }

  static Inputs.Loaded example(Inputs inputs, String name) throws Refusal {
    List<String> examples = inputs.examples();
    if (!examples.contains(name)) {
      String hint = Nearest.hint(name, examples);
      String what = "--example " + name + ": there is no such example";
      String all = hint.isEmpty() ? "; there are\n  " + String.join("\n  ", examples) : hint;
      throw new Refusal(what + all);
    }
    return inputs.example(name);
  }

  /** Standard input cannot be read once more, so that a file must stand for it. */
  Hints hints(String program, List<String> named) {
    List<String> words = words(named.stream().map(n -> n.equals("-") ? SAVED : n).toList());
    return new Hints(
        program,
        String.join(" ", words.stream().map(SafeText::of).map(ShellWord::quoted).toList()),
        named.contains("-")
            ? Optional.of(
                SAVED + " is what came from standard input, saved; it cannot be read twice")
            : Optional.empty());
  }

  /** The words that name the same input again. */
  private List<String> words(List<String> named) {
    List<String> words = new ArrayList<>();
    example.ifPresent(e -> words.addAll(List.of("--example", e)));
    lab.ifPresent(l -> words.addAll(l.isEmpty() ? List.of("--lab") : List.of("--lab", l)));
    words.addAll(named);
    return words;
  }
}
