package io.podpath.core.snapshot;

import java.util.Optional;

/**
 * Where one fact was read.
 *
 * @param source the text
 * @param line line of the source's file, from 1
 * @param column where in the line it begins, from 1; 1 also stands for the line as a whole
 */
public record Provenance(Source source, int line, int column) {

  public Provenance(Source source, int line) {
    this(source, line, 1);
  }

  /** The line as it stood there. */
  public String raw() {
    return source.line(line);
  }

  public Optional<String> node() {
    return source.node();
  }

  /** {@code file:line}, or {@code file:line:column} for a place inside the line. */
  @Override
  public String toString() {
    return source.file() + ":" + line + (column > 1 ? ":" + column : "");
  }
}
