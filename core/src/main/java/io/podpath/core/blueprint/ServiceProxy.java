package io.podpath.core.blueprint;

import io.podpath.core.snapshot.ServiceProxyKind;

/** What translates service addresses on every node. */
public interface ServiceProxy {

  /** As in {@code podpath lab up … --proxy NAME}. */
  String name();

  ServiceProxyKind kind();

  /** Writes down what the node holds. */
  void lay(ClusterFacts cluster, NodeFacts node, NodeDraft draft);
}
