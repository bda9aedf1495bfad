package io.podpath.core.cluster;

import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A Pod object.
 *
 * @param status what {@code kubectl get pods} prints: Running, CrashLoopBackOff, ContainerCreating
 *     …
 * @param hostNetwork empty where the output does not tell
 * @param hostPorts that lead to it; tables of kubectl do not tell of them
 */
public record Pod(
    String namespace,
    String name,
    Optional<String> node,
    List<IpAddress> ips,
    Optional<Boolean> hostNetwork,
    Optional<String> status,
    Gathered<List<HostPort>> hostPorts) {

  /** What kubectl prints of pods that ran to their end. */
  private static final Set<String> ENDED =
      Set.of("Completed", "Succeeded", "Failed", "Error", "Evicted", "Shutdown", "Terminated");

  public Pod {
    ips = List.copyOf(ips);
    hostPorts = hostPorts.map(List::copyOf);
  }

  /** Whether its network is gone; its address is still in its object, and may be another's. */
  public boolean isEnded() {
    return status.filter(ENDED::contains).isPresent();
  }

  /** This pod, completed from another reading of the same object. */
  public Pod or(Pod other) {
    return new Pod(
        namespace,
        name,
        node.or(other::node),
        ips.isEmpty() ? other.ips : ips,
        hostNetwork.or(other::hostNetwork),
        status.or(other::status),
        hostPorts.isNotGathered() ? other.hostPorts : hostPorts);
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
