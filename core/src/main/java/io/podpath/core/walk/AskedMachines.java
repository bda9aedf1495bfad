package io.podpath.core.walk;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The machines whose tables a walk may have asked: whatever else changes on others, it goes the
 * same way again. A walk gets to another machine's tables by {@link Wiring} only, so those count
 * that were handed out there, also where nothing was made of it.
 */
final class AskedMachines {

  /** A frame to everybody may ask all machines of a cluster. */
  private static final int MOST = 64;

  private final Set<String> nodes = new HashSet<>();
  private boolean all;

  void add(String node) {
    if (!all && nodes.add(node) && nodes.size() > MOST) {
      addAll();
    }
  }

  /** What was asked follows from all machines together. */
  void addAll() {
    all = true;
    nodes.clear();
  }

  /** Empty where it may be all. */
  Optional<Set<String>> nodes() {
    return all ? Optional.empty() : Optional.of(Set.copyOf(nodes));
  }
}
