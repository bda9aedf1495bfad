package io.podpath.core.snapshot;

import java.util.Optional;

/**
 * Where one fact was read.
 *
 * @param source the text
 * @param line line of the source's file, from 1
 */
public record Provenance(Source source, int line) {

  /** The line as it stood there. */
  public String raw() {
    return source.line(line);
  }

  public Optional<String> node() {
    return source.node();
  }

  /** {@code file:line}. */
  @Override
  public String toString() {
    return source.file() + ":" + line;
  }
}
