package io.podpath.core.walk;

import java.util.Optional;

/**
 * A network namespace.
 *
 * @param pod the name of a pod's namespace on the node, as in the snapshot; empty for the node's
 *     own
 */
public record Place(String node, Optional<String> pod) {

  public static Place host(String node) {
    return new Place(node, Optional.empty());
  }

  public static Place pod(String node, String netns) {
    return new Place(node, Optional.of(netns));
  }

  /** {@code host}, or the name of the pod's namespace. */
  public String netns() {
    return pod.orElse("host");
  }

  @Override
  public String toString() {
    return node + pod.map(p -> ":" + p).orElse("");
  }
}
