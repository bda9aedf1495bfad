package io.podpath.core.cluster;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import java.util.Optional;

/**
 * A port of a node that leads to a pod on it.
 *
 * @param hostIp the one address of the node it is on; empty for all of them
 * @param port of the node
 * @param containerPort where the pod answers
 */
public record HostPort(
    Optional<IpAddress> hostIp, Port port, IpProtocol protocol, Port containerPort) {

  public HostPort(Port port, IpProtocol protocol, Port containerPort) {
    this(Optional.empty(), port, protocol, containerPort);
  }

  @Override
  public String toString() {
    return hostIp.map(ip -> ip + ":").orElse("") + port + "->" + containerPort + "/" + protocol;
  }
}
