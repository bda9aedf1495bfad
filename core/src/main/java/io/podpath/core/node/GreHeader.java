package io.podpath.core.node;

import java.util.OptionalLong;

/**
 * What a GRE header has beside the protocol (RFC 2890).
 *
 * @param checksum whether it has one
 * @param sequence whether it has a number
 */
public record GreHeader(OptionalLong key, boolean checksum, boolean sequence) {

  private static final int SHORTEST = 4;
  private static final int FIELD = 4;

  /** With nothing else. */
  public static final GreHeader PLAIN = new GreHeader(OptionalLong.empty(), false, false);

  public static GreHeader withKey(OptionalLong key) {
    return new GreHeader(key, false, false);
  }

  /** In bytes. */
  public int length() {
    return SHORTEST
        + (key.isPresent() ? FIELD : 0)
        + (checksum ? FIELD : 0)
        + (sequence ? FIELD : 0);
  }
}
