package io.podpath.core.blueprint;

import io.podpath.core.blueprint.ServiceFacts.Endpoint;
import io.podpath.core.cluster.EndpointSlice;
import io.podpath.core.cluster.Service;
import io.podpath.core.cluster.Service.ServicePort;
import io.podpath.core.net.IpAddress;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Services with their ready endpoints, port by port as kube-proxy handles them. */
final class ServiceReader {

  private ServiceReader() {}

  static List<ServiceFacts> services(Snapshot snapshot) {
    List<ServiceFacts> services = new ArrayList<>();
    List<EndpointSlice> slices = snapshot.get(Section.ENDPOINT_SLICES).values().toList();
    for (Service service : snapshot.get(Section.SERVICES).values().toList()) {
      Optional<IpAddress> address =
          service.clusterIps().stream().filter(IpAddress::isV4).findFirst();
      address.ifPresent(
          a -> service.ports().forEach(p -> services.add(service(service, a, p, slices))));
    }
    return services;
  }

  private static ServiceFacts service(
      Service service, IpAddress address, ServicePort port, List<EndpointSlice> slices) {
    return new ServiceFacts(
        service.namespace(),
        service.name(),
        port.name().orElse(""),
        port.protocol(),
        address,
        port.port(),
        port.nodePort(),
        service.externalIps().stream().filter(IpAddress::isV4).toList(),
        service.loadBalancerIps().stream().filter(IpAddress::isV4).toList(),
        service.traffic(),
        slices.stream()
            .filter(s ->
                s.namespace().equals(service.namespace()) && s.service().equals(service.name()))
            .flatMap(s -> endpoints(s, port).stream())
            .distinct()
            .toList());
  }

  /** A slice's port belongs to the service's port of the same name. */
  private static List<Endpoint> endpoints(EndpointSlice slice, ServicePort port) {
    return slice.ports().stream()
        .filter(p ->
            p.name().orElse("").equals(port.name().orElse(""))
                && p.protocol().equals(port.protocol()))
        .flatMap(p ->
            slice.endpoints().stream()
                .filter(e -> e.ready() && e.address().isV4())
                .map(e -> new Endpoint(e.address(), p.port(), e.node())))
        .toList();
  }
}
