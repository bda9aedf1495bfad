package io.podpath.core.blueprint;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import java.util.List;
import java.util.Optional;

/**
 * One port of a service.
 *
 * @param portName empty for a service with one nameless port
 * @param externalIps spec.externalIPs
 * @param endpoints ready ones, in the order of their slices
 */
public record ServiceFacts(
    String namespace,
    String name,
    String portName,
    IpProtocol protocol,
    IpAddress clusterIp,
    Port port,
    Optional<Port> nodePort,
    List<IpAddress> externalIps,
    List<Endpoint> endpoints) {

  public ServiceFacts {
    externalIps = List.copyOf(externalIps);
    endpoints = List.copyOf(endpoints);
  }

  public record Endpoint(IpAddress address, Port port) {
    @Override
    public String toString() {
      return (address.isV4() ? address.toString() : "[" + address + "]") + ":" + port;
    }
  }

  /** {@code namespace/name:port}, as kube-proxy writes it into comments and hashes. */
  public String servicePort() {
    return namespace + "/" + name + (portName.isEmpty() ? "" : ":" + portName);
  }

  public ServiceFacts withExternalIps(List<IpAddress> addresses) {
    return new ServiceFacts(
        namespace, name, portName, protocol, clusterIp, port, nodePort, addresses, endpoints);
  }

  public ServiceFacts withEndpoints(List<Endpoint> others) {
    return new ServiceFacts(
        namespace, name, portName, protocol, clusterIp, port, nodePort, externalIps, others);
  }
}
