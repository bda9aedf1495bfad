package io.podpath.core.blueprint;

import io.podpath.core.snapshot.ServiceProxyKind;

/** A cluster whose services nobody translates, as containers joined without Kubernetes. */
public record NoServiceProxy() implements ServiceProxy {

  @Override
  public String name() {
    return "none";
  }

  @Override
  public ServiceProxyKind kind() {
    return ServiceProxyKind.UNKNOWN;
  }

  @Override
  public void lay(ClusterFacts cluster, NodeFacts node, NodeDraft draft) {
    // nothing to lay: that is what it is
  }
}
