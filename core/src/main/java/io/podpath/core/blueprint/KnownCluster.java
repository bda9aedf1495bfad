package io.podpath.core.blueprint;

import java.util.List;

/**
 * What a snapshot tells of the cluster it was taken of: enough to say what each node must hold.
 *
 * @param services whether these are all of its services; the proxy is left out where none are known
 * @param nodes whether these are all of its nodes; others may have been left out of what was read
 * @param assumed what was not read and had to be taken as usual, in whole sentences
 */
public record KnownCluster(
    ClusterFacts facts,
    Fabric fabric,
    ServiceProxy proxy,
    boolean services,
    boolean nodes,
    List<String> assumed) {

  public KnownCluster {
    assumed = List.copyOf(assumed);
  }

  public Blueprint blueprint() {
    return Blueprint.of(facts, fabric, proxy);
  }
}
