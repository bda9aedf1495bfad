package io.podpath.core.cni;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.MacAddress;
import io.podpath.core.net.Port;
import java.util.Optional;

/**
 * A line of an agent's log that tells something about the network; all other lines are left aside.
 */
public sealed interface LogEvent {

  /**
   * Which program said it: flanneld, kube-proxy, calico-node, bird, weave, kubelet …, or "agent".
   */
  String component();

  /**
   * A connection that failed.
   *
   * @param error connection refused, i/o timeout, no route to host, network is unreachable …
   */
  record DialFailed(String component, IpAddress address, Port port, String error)
      implements LogEvent {}

  /** A configuration that strict decoding refuses. */
  record ConfigRejected(String component, ConfigProblem problem) implements LogEvent {}

  /** iptables-restore refused kube-proxy's rules. */
  record RulesRejected(String component, String reason) implements LogEvent {}

  /** A daemon chose its address: flannel's "Using interface", Calico's "Using autodetected". */
  record AddressChosen(
      String component, Optional<String> device, IpAddress address, Optional<Integer> prefixLength)
      implements LogEvent {}

  /** Calico found its address in use by another node. */
  record AddressInUse(String component, IpAddress address, String otherNode) implements LogEvent {}

  /** Calico found no address. */
  record AddressNotDetected(String component, String method) implements LogEvent {}

  /**
   * flannel learned or acquired a subnet. {@code via} is the other node's public address; empty for
   * the own lease.
   */
  record SubnetLearned(
      String component, IpPrefix subnet, Optional<IpAddress> via, Optional<MacAddress> vtep)
      implements LogEvent {}

  /** flannel programs a VXLAN neighbour (AddARP) or forwarding entry (AddFDB). */
  record VtepProgrammed(
      String component,
      Optional<IpAddress> address,
      MacAddress mac,
      Optional<IpAddress> destination)
      implements LogEvent {}

  /** flannel found no usable subnet: pod cidr not assigned, or one outside the network. */
  record SubnetRefused(String component, String reason) implements LogEvent {}

  /** flannel's backend as it says at its start. */
  record BackendChosen(String component, String backend) implements LogEvent {}

  /** BIRD: a BGP connection from an address no session is configured for. */
  record UnexpectedPeer(String component, IpAddress address) implements LogEvent {}

  /**
   * kubelet or the container runtime could not set up the network of a pod or of the node: what CNI
   * or its plug-in said.
   */
  record CniFailed(String component, String reason) implements LogEvent {}

  /** The program ended because of an error. */
  record Terminated(String component, String reason) implements LogEvent {}

  /** A program says that it works: synced, connected, session up. */
  record Working(String component, String what) implements LogEvent {}
}
