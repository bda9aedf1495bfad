package io.podpath.probes.bundle;

/**
 * Something about an input its reader should know and that is no error: a file nobody recognised, a
 * text that was not UTF-8.
 *
 * @param file as in {@link io.podpath.core.snapshot.Source#file()}
 */
public record Note(String file, String text) {
  @Override
  public String toString() {
    return file + ": " + text;
  }
}
