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

  public ForwardPacket with(IpProtocol other) {
    return changed(source, destination, other, destinationPort, established);
  }

  /** To this port. */
  public ForwardPacket to(Port port) {
    return changed(source, destination, protocol, Optional.of(port), established);
  }

  /** A later packet of the connection. */
  public ForwardPacket later() {
    return changed(source, destination, protocol, destinationPort, true);
  }

  /** Between others. */
  public ForwardPacket between(IpAddress from, IpAddress to) {
    return changed(Optional.of(from), Optional.of(to), protocol, destinationPort, established);
  }

  private ForwardPacket changed(
      Optional<IpAddress> from,
      Optional<IpAddress> to,
      IpProtocol carried,
      Optional<Port> port,
      boolean later) {
    return new ForwardPacket(
        family, from, to, in, out, carried, port, sourceNetwork, destinationNetwork, later);
  }

  public boolean isIcmp() {
    return protocol.equals(IpProtocol.ICMP) || protocol.equals(IpProtocol.ICMPV6);
  }
}
