package io.podpath.core.blueprint;

import io.podpath.core.cluster.HostPort;
import io.podpath.core.net.IpAddress;
import java.util.List;
import java.util.Optional;

/**
 * A pod with a network of its own.
 *
 * @param hostPorts of its node that lead to it
 * @param attachment empty where its runtime's names for it are not known
 */
public record PodFacts(
    String namespace,
    String name,
    IpAddress address,
    List<HostPort> hostPorts,
    Optional<CniAttachment> attachment) {

  public PodFacts {
    hostPorts = List.copyOf(hostPorts);
  }

  public PodFacts(String namespace, String name, IpAddress address, List<HostPort> hostPorts) {
    this(namespace, name, address, hostPorts, Optional.empty());
  }

  public PodFacts(String namespace, String name, IpAddress address) {
    this(namespace, name, address, List.of());
  }

  /** Name of its network namespace in a bundle. */
  public String netns() {
    return namespace + "_" + name;
  }

  public PodFacts withAddress(IpAddress other) {
    return new PodFacts(namespace, name, other, hostPorts, attachment);
  }
}
