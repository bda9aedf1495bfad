package io.podpath.tui.cli;

/**
 * A request that cannot be met: wrong usage, or an input that cannot be read. The message is one
 * sentence for whoever asked.
 */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  Refusal(String sentence) {
    super(sentence);
  }
}
