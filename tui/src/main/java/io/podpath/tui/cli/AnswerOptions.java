package io.podpath.tui.cli;

import io.podpath.tui.report.Paint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** In which form the answer is given, and where it goes. */
final class AnswerOptions {

  @Option(
      names = {"-o", "--output"},
      paramLabel = "text|json",
      description = "Form of the answer (default: text).")
  private Form form = Form.TEXT;

  @Option(
      names = {"-O", "--output-file"},
      paramLabel = "FILE",
      description = "Writes the answer to a file.")
  private Optional<String> file = Optional.empty();

  @Option(
      names = "--color",
      paramLabel = "auto|always|never",
      description = "Colour (default: auto).")
  private Colour colour = Colour.AUTO;

  Form form() {
    return form;
  }

  void checkForm() throws Refusal {
    if (!form.isThere()) {
      throw new Refusal(
          "-o " + form + ": this version does not write that form yet; it writes text and json");
    }
  }

  Paint paint(Surroundings surroundings) {
    return colour.paint(surroundings, toTerminal(surroundings));
  }

  /**
   * Whether marks must do without Unicode. What goes to a file or another program is always UTF-8.
   */
  boolean ascii(Surroundings surroundings) {
    return switch (surroundings.variable("PODPATH_GLYPHS").orElse("auto")) {
      case "ascii" -> true;
      case "unicode" -> false;
      default -> toTerminal(surroundings) && !surroundings.terminal().utf8();
    };
  }

  private boolean toTerminal(Surroundings surroundings) {
    return file.isEmpty() && surroundings.terminal().out();
  }

  /** Finds out before the work whether its result can be written. */
  Answer prepare(Surroundings surroundings, List<String> inputs) throws Refusal {
    if (file.isEmpty()) {
      return text -> print(surroundings, text);
    }
    OutputFile target = OutputFile.of("-O", file.get(), inputs);
    return target::write;
  }

  /** Where the answer goes. */
  @FunctionalInterface
  interface Answer {
    void give(String text) throws Refusal;
  }

  private static void print(Surroundings surroundings, String text) throws Refusal {
    try {
      surroundings.out().write(text.getBytes(StandardCharsets.UTF_8));
      surroundings.out().flush();
    } catch (IOException e) {
      // "| head" has read enough and closed the pipe: nobody is left to be told.
      if (!String.valueOf(e.getMessage()).contains("Broken pipe")) {
        throw new Refusal("cannot write the answer: " + e.getMessage());
      }
    }
  }
}
