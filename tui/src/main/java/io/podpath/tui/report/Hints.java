package io.podpath.tui.report;

/**
 * How to call podpath again on the same input.
 *
 * @param program {@code podpath}, or {@code kubectl podpath} as a plugin
 * @param input arguments that name the input, quoted for a shell
 */
public record Hints(String program, String input) {

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
