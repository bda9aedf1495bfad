package io.podpath.core.node;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A port of a Linux bridge.
 *
 * @param state forwarding, disabled, blocking, learning, listening
 * @param options such as {@code hairpin on}, {@code isolated off}
 */
public record BridgePort(
    String port, String bridge, Optional<String> state, SortedMap<String, String> options) {

  public BridgePort {
    options = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(options));
  }

  @Override
  public String toString() {
    return port + " master " + bridge + state.map(s -> " state " + s).orElse("");
  }
}
