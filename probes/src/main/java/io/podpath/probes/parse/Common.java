package io.podpath.probes.parse;

import java.util.HashMap;
import java.util.Map;

/**
 * Keeps values once that many rows of a table have in common: of a million routes the device, the
 * protocol and the flags are mostly the same few.
 */
final class Common {

  private static final int MOST = 1_000;

  private final Map<Object, Object> seen = new HashMap<>();

  /** The value, or an equal one that was there before. */
  @SuppressWarnings("unchecked") // what equals it is of its type
  <T> T one(T value) {
    Object known = seen.get(value);
    if (known != null) {
      return (T) known;
    }
    if (seen.size() < MOST) {
      seen.put(value, value);
    }
    return value;
  }
}
