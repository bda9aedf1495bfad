package io.podpath.core.cluster;

import io.podpath.core.net.Gathered;

/**
 * Calico's BGPConfiguration; only the one named {@code default} counts.
 *
 * @param nodeToNodeMesh spec.nodeToNodeMeshEnabled; absent means true
 */
public record BgpConfiguration(
    String name, Gathered<Boolean> nodeToNodeMesh, Gathered<Long> asNumber) {
  @Override
  public String toString() {
    return "BGPConfiguration/"
        + name
        + nodeToNodeMesh.optional().map(m -> " nodeToNodeMeshEnabled: " + m).orElse("");
  }
}
