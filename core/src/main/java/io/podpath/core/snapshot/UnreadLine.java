package io.podpath.core.snapshot;

/**
 * A line no parser could read.
 *
 * @param section the table it makes partial
 * @param reason what was expected, in a few words
 */
public record UnreadLine(Section<?> section, Provenance from, String reason) {
  @Override
  public String toString() {
    return from + ": " + reason + ": " + from.raw();
  }
}
