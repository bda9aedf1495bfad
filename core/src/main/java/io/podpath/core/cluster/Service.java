package io.podpath.core.cluster;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import java.util.List;
import java.util.Optional;

/**
 * A Service object.
 *
 * @param type ClusterIP, NodePort, LoadBalancer, ExternalName
 * @param clusterIps empty for headless services
 * @param externalIps spec.externalIPs and, from tables, the EXTERNAL-IP column
 * @param loadBalancerIps status.loadBalancer.ingress
 */
public record Service(
    String namespace,
    String name,
    String type,
    List<IpAddress> clusterIps,
    List<IpAddress> externalIps,
    List<IpAddress> loadBalancerIps,
    List<ServicePort> ports,
    ServiceTraffic traffic) {

  public Service {
    clusterIps = List.copyOf(clusterIps);
    externalIps = List.copyOf(externalIps);
    loadBalancerIps = List.copyOf(loadBalancerIps);
    ports = List.copyOf(ports);
  }

  /**
   * @param nodePort empty when none is allocated
   * @param target targetPort, a number or a name; empty when it is the port, or not told
   */
  public record ServicePort(
      Optional<String> name,
      IpProtocol protocol,
      Port port,
      Optional<Port> nodePort,
      Optional<String> target) {
    @Override
    public String toString() {
      return port
          + nodePort.map(n -> ":" + n).orElse("")
          + "/"
          + protocol.toString().toUpperCase(java.util.Locale.ROOT);
    }
  }

  @Override
  public String toString() {
    return "Service/"
        + namespace
        + "/"
        + name
        + clusterIps.stream().findFirst().map(i -> " " + i).orElse("");
  }
}
