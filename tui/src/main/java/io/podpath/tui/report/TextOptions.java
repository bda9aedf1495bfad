package io.podpath.tui.report;

import java.util.Set;

/**
 * How a diagnosis is written as text.
 *
 * @param width columns of the terminal
 * @param ascii whether marks must be ASCII
 * @param full every finding and every list in full
 * @param show ids of the only findings to write, in full; empty for all
 */
public record TextOptions(
    int width, Paint paint, boolean ascii, boolean full, Set<String> show, Hints hints) {

  public TextOptions {
    show = Set.copyOf(show);
  }
}
