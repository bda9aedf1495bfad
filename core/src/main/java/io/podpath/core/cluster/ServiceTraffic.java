package io.podpath.core.cluster;

import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.Port;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which endpoints a Service's connections go to, and from where they may come (kubernetes,
 * staging/src/k8s.io/api/core/v1/types.go: ServiceSpec).
 *
 * @param internal internalTrafficPolicy: Cluster, or Local: then a node without an endpoint of its
 *     own drops what is for the cluster IP; empty where a table does not tell
 * @param external externalTrafficPolicy: the same for node ports, external and load balancer
 *     addresses; empty where a table does not tell
 * @param affinity seconds for which a client stays with its endpoint (sessionAffinity ClientIP);
 *     empty for None
 * @param sourceRanges loadBalancerSourceRanges; empty for all
 * @param healthCheck healthCheckNodePort
 */
public record ServiceTraffic(
    Optional<String> internal,
    Optional<String> external,
    OptionalInt affinity,
    List<IpPrefix> sourceRanges,
    Optional<Port> healthCheck) {

  /** A table of services does not tell. */
  public static final ServiceTraffic UNTOLD =
      new ServiceTraffic(
          Optional.empty(), Optional.empty(), OptionalInt.empty(), List.of(), Optional.empty());

  /** To every ready endpoint, from everywhere. */
  public static final ServiceTraffic CLUSTER =
      new ServiceTraffic(
          Optional.of("Cluster"),
          Optional.of("Cluster"),
          OptionalInt.empty(),
          List.of(),
          Optional.empty());

  public ServiceTraffic {
    sourceRanges = List.copyOf(sourceRanges);
  }

  public boolean isTold() {
    return internal.isPresent();
  }

  /** Connections to the cluster IP stay on their node. */
  public boolean staysInside() {
    return internal.filter("Local"::equals).isPresent();
  }

  /** Connections that come to a node from outside stay on it. */
  public boolean staysOutside() {
    return external.filter("Local"::equals).isPresent();
  }
}
