package io.podpath.core.blueprint;

import io.podpath.core.snapshot.FabricKind;

/** A way to bring packets from pods of one node to pods of another. */
public interface Fabric {

  /** As in {@code podpath lab up NAME}. */
  String name();

  /** What podpath recognises it as. */
  FabricKind kind();

  /** Writes down what the node holds. */
  void lay(ClusterFacts cluster, NodeFacts node, NodeDraft draft);
}
