package io.podpath.probes.parse;

import java.util.List;
import java.util.Set;

/**
 * How {@code bridge link} differs from {@code ip link}: the state is the spanning tree's, priority
 * and cost follow.
 */
final class BridgePortLine {

  private static final Set<String> STATES =
      Set.of("disabled", "listening", "learning", "forwarding", "blocking");

  private BridgePortLine() {}

  static boolean isState(String word) {
    return STATES.contains(word);
  }

  static boolean is(List<String> words) {
    for (int i = 0; i + 1 < words.size(); i++) {
      if (words.get(i).equals("state") && isState(words.get(i + 1))) {
        return true;
      }
    }
    return false;
  }
}
