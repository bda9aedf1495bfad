package io.podpath.probes.parse;

/** A line whose meaning is uncertain; caught by the parser of the same text, which reports it. */
final class BadLine extends Exception {

  private static final long serialVersionUID = 1L;

  BadLine(String reason) {
    // A hostile file may have a million such lines: no suppression list, no stack trace.
    super(reason, null, false, false);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
