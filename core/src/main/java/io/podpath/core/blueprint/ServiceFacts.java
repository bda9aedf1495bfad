package io.podpath.core.blueprint;

import io.podpath.core.cluster.ServiceTraffic;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One port of a service.
 *
 * @param portName empty for a service with one nameless port
 * @param externalIps spec.externalIPs
 * @param loadBalancerIps status.loadBalancer.ingress
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
    List<IpAddress> loadBalancerIps,
    ServiceTraffic traffic,
    List<Endpoint> endpoints) {

  public ServiceFacts {
    externalIps = List.copyOf(externalIps);
    loadBalancerIps = List.copyOf(loadBalancerIps);
    endpoints = List.copyOf(endpoints);
  }

  /** A service that no load balancer knows and that takes every endpoint. */
  public ServiceFacts(
      String namespace,
      String name,
      String portName,
      IpProtocol protocol,
      IpAddress clusterIp,
      Port port,
      Optional<Port> nodePort,
      List<IpAddress> externalIps,
      List<Endpoint> endpoints) {
    this(
        namespace,
        name,
        portName,
        protocol,
        clusterIp,
        port,
        nodePort,
        externalIps,
        List.of(),
        ServiceTraffic.CLUSTER,
        endpoints);
  }

  /**
   * @param node as the slice names it
   */
  public record Endpoint(IpAddress address, Port port, Optional<String> node) {

    public Endpoint(IpAddress address, Port port) {
      this(address, port, Optional.empty());
    }

    /** Where no slice says it, the address does. */
    boolean isOn(NodeFacts other) {
      return node.map(other.name()::equals)
          .orElseGet(() ->
              other.address().equals(address)
                  || other.podSubnets().stream().anyMatch(s -> s.contains(address)));
    }

    @Override
    public String toString() {
      return (address.isV4() ? address.toString() : "[" + address + "]") + ":" + port;
    }
  }

  /**
   * Where it can be called besides its cluster IP.
   *
   * @param kind as kube-proxy calls it in its comments
   */
  public record Entrance(String kind, IpAddress address) {}

  /**
   * Where it is called.
   *
   * @param fromOutside whether also from outside the cluster
   */
  public record Called(IpAddress address, Port port, boolean fromOutside) {}

  /** All that a node answers for it. */
  public List<Called> called(NodeFacts node) {
    List<Called> all = new ArrayList<>();
    all.add(new Called(clusterIp, port, false));
    entrances().forEach(e -> all.add(new Called(e.address(), port, true)));
    nodePort.ifPresent(p -> all.add(new Called(node.address(), p, true)));
    return all;
  }

  /** Its addresses for callers from outside the cluster; node ports are not among them. */
  List<Entrance> entrances() {
    List<Entrance> all = new ArrayList<>();
    externalIps.forEach(a -> all.add(new Entrance("external", a)));
    loadBalancerIps.forEach(a -> all.add(new Entrance("loadbalancer", a)));
    return all;
  }

  /** Whether anybody outside the cluster can call it. */
  boolean isExternal() {
    return nodePort.isPresent() || !externalIps.isEmpty() || !loadBalancerIps.isEmpty();
  }

  /** Where calls of the cluster IP on a node go. */
  List<Endpoint> inside(NodeFacts node) {
    return traffic.staysInside() ? on(node) : endpoints;
  }

  /** Where calls from outside that come to a node go. */
  List<Endpoint> outside(NodeFacts node) {
    return traffic.staysOutside() ? on(node) : endpoints;
  }

  List<Endpoint> on(NodeFacts node) {
    return endpoints.stream().filter(e -> e.isOn(node)).toList();
  }

  /** {@code namespace/name:port}, as kube-proxy writes it into comments and hashes. */
  public String servicePort() {
    return namespace + "/" + name + (portName.isEmpty() ? "" : ":" + portName);
  }

  public ServiceFacts withExternalIps(List<IpAddress> addresses) {
    return new ServiceFacts(
        namespace,
        name,
        portName,
        protocol,
        clusterIp,
        port,
        nodePort,
        addresses,
        loadBalancerIps,
        traffic,
        endpoints);
  }

  public ServiceFacts withEndpoints(List<Endpoint> others) {
    return new ServiceFacts(
        namespace,
        name,
        portName,
        protocol,
        clusterIp,
        port,
        nodePort,
        externalIps,
        loadBalancerIps,
        traffic,
        others);
  }
}
