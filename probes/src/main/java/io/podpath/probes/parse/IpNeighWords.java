package io.podpath.probes.parse;

import java.util.Set;

/** States of {@code ip neigh}, as {@code ipneigh.c} prints them. */
final class IpNeighWords {

  private static final Set<String> STATES =
      Set.of(
          "INCOMPLETE",
          "REACHABLE",
          "STALE",
          "DELAY",
          "PROBE",
          "FAILED",
          "NOARP",
          "PERMANENT",
          "NONE");

  private IpNeighWords() {}

  static boolean isState(String word) {
    return STATES.contains(word);
  }
}
