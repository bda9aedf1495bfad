package io.podpath.core.cluster;

import io.podpath.core.net.IpAddress;
import java.util.List;
import java.util.Optional;

/**
 * A Pod object.
 *
 * @param status what {@code kubectl get pods} prints: Running, CrashLoopBackOff, ContainerCreating
 *     …
 * @param hostNetwork empty where the output does not tell
 */
public record Pod(
    String namespace,
    String name,
    Optional<String> node,
    List<IpAddress> ips,
    Optional<Boolean> hostNetwork,
    Optional<String> status) {

  public Pod {
    ips = List.copyOf(ips);
  }

  /** This pod, completed from another reading of the same object. */
  public Pod or(Pod other) {
    return new Pod(
        namespace,
        name,
        node.or(other::node),
        ips.isEmpty() ? other.ips : ips,
        hostNetwork.or(other::hostNetwork),
        status.or(other::status));
  }

  @Override
  public String toString() {
    return "Pod/"
        + namespace
        + "/"
        + name
        + ips.stream().findFirst().map(i -> " " + i).orElse("")
        + node.map(n -> " on " + n).orElse("");
  }
}
