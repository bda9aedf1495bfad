package io.podpath.core.walk;

import java.util.Optional;

/**
 * A network namespace.
 *
 * @param pod the name of a pod's namespace on the node, as in the snapshot; empty for the node's
 *     own
 */
public record Netns(String node, Optional<String> pod) {

  public static Netns host(String node) {
    return new Netns(node, Optional.empty());
  }

  public static Netns pod(String node, String netns) {
    return new Netns(node, Optional.of(netns));
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
