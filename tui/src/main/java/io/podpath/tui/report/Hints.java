package io.podpath.tui.report;

import java.util.Optional;

/**
 * How to call podpath again on the same input.
 *
 * @param program {@code podpath}, or {@code kubectl podpath} as a plugin
 * @param input arguments that name the input, quoted for a shell
 * @param note what to know of them; empty where they can be pasted as they are
 */
public record Hints(String program, String input, Optional<String> note) {

  public Hints(String program, String input) {
    this(program, input, Optional.empty());
  }

  String doctor(String options) {
    return program + " doctor " + input + (options.isEmpty() ? "" : " " + options);
  }

  String trace(String question, String options) {
    return program + " trace " + question + " " + input + (options.isEmpty() ? "" : " " + options);
  }

  String reach(String options) {
    return program + " reach " + input + " " + options;
  }

  String explain(String rule) {
    return program + " explain " + rule;
  }
}
