package io.podpath.core.cluster;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import java.util.List;
import java.util.Optional;

/** Where a service's traffic goes; made from EndpointSlice and from the older Endpoints alike. */
public record EndpointSlice(
    String namespace,
    String name,
    String service,
    List<Endpoint> endpoints,
    List<EndpointPort> ports) {

  public EndpointSlice {
    endpoints = List.copyOf(endpoints);
    ports = List.copyOf(ports);
  }

  /**
   * @param ready whether new connections may go there
   */
  public record Endpoint(IpAddress address, boolean ready, Optional<String> node) {}

  public record EndpointPort(Optional<String> name, IpProtocol protocol, Port port) {}

  @Override
  public String toString() {
    return "EndpointSlice/" + namespace + "/" + name;
  }
}
