package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import java.util.Optional;

/**
 * A packet of a connection, as a chain of iptables sees it, mostly the first between pods of two
 * nodes in FORWARD. It has no mark and was not translated; what is empty is not known.
 *
 * @param established whether it is a later one of its connection, and not NEW
 * @param sourceNetwork the pod subnet whose pods the source stands for
 * @param destinationPort empty for a port that no rule names
 * @param in where it came in: the pod's bridge or link, a tunnel, a card; never lo
 */
public record ForwardPacket(
    IpFamily family,
    Optional<IpAddress> source,
    Optional<IpAddress> destination,
    Optional<String> in,
    Optional<String> out,
    IpProtocol protocol,
    Optional<Port> destinationPort,
    Optional<IpPrefix> sourceNetwork,
    Optional<IpPrefix> destinationNetwork,
    boolean established) {

  /** The first packet of a connection, from and to these very addresses. */
  public ForwardPacket(
      IpFamily family,
      Optional<IpAddress> source,
      Optional<IpAddress> destination,
      Optional<String> in,
      Optional<String> out,
      IpProtocol protocol) {
    this(
        family,
        source,
        destination,
        in,
        out,
        protocol,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false);
  }

  /** The first packet of a connection from some pod of a network to one of another. */
  public ForwardPacket(
      IpFamily family,
      Optional<IpAddress> source,
      Optional<IpAddress> destination,
      Optional<String> in,
      Optional<String> out,
      IpProtocol protocol,
      Optional<Port> destinationPort,
      Optional<IpPrefix> sourceNetwork,
      Optional<IpPrefix> destinationNetwork) {
    this(
        family,
        source,
        destination,
        in,
        out,
        protocol,
        destinationPort,
        sourceNetwork,
        destinationNetwork,
        false);
  }

  public ForwardPacket with(IpProtocol other) {
    return with(other, destinationPort);
  }

  /** To this port. */
  public ForwardPacket to(Port port) {
    return with(protocol, Optional.of(port));
  }

  private ForwardPacket with(IpProtocol other, Optional<Port> port) {
    return new ForwardPacket(
        family,
        source,
        destination,
        in,
        out,
        other,
        port,
        sourceNetwork,
        destinationNetwork,
        established);
  }

  /** A later packet of the connection. */
  public ForwardPacket later() {
    return new ForwardPacket(
        family,
        source,
        destination,
        in,
        out,
        protocol,
        destinationPort,
        sourceNetwork,
        destinationNetwork,
        true);
  }

  /** Between others. */
  public ForwardPacket between(IpAddress from, IpAddress to) {
    return new ForwardPacket(
        family,
        Optional.of(from),
        Optional.of(to),
        in,
        out,
        protocol,
        destinationPort,
        sourceNetwork,
        destinationNetwork,
        established);
  }

  public boolean isIcmp() {
    return protocol.equals(IpProtocol.ICMP) || protocol.equals(IpProtocol.ICMPV6);
  }
}
