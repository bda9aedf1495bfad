package io.podpath.core.cni;

import java.util.Optional;

/**
 * Something wrong in a strictly decoded configuration.
 *
 * @param path of the field with dots, as {@code iptables.masqueradeAl}
 * @param found what stands there, or the decoder's own words
 * @param expected the type or the values allowed
 * @param meant the known field nearest in spelling
 * @param line of the file or log it was read from, from 1
 */
public record ConfigProblem(
    Kind kind,
    String path,
    String found,
    Optional<String> expected,
    Optional<String> meant,
    int line) {

  public enum Kind {
    UNKNOWN_FIELD,
    WRONG_TYPE,
    UNKNOWN_VALUE,
    NOT_PARSEABLE
  }

  @Override
  public String toString() {
    return path + ": " + found;
  }
}
