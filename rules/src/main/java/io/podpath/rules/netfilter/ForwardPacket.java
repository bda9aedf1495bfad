package io.podpath.rules.netfilter;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.IpProtocol;
import java.util.Optional;

/**
 * The first packet of a connection between pods of two nodes, as chain FORWARD sees it. It is NEW,
 * has no mark, was not translated, and is to a port that no rule names; what is empty is not known.
 *
 * @param sourceNetwork the pod subnet whose pods the source stands for
 * @param in where it came in: the pod's bridge or link, a tunnel, a card; never lo
 */
record ForwardPacket(
    IpFamily family,
    Optional<IpAddress> source,
    Optional<IpAddress> destination,
    Optional<String> in,
    Optional<String> out,
    IpProtocol protocol,
    Optional<IpPrefix> sourceNetwork,
    Optional<IpPrefix> destinationNetwork) {

  ForwardPacket(
      IpFamily family,
      Optional<IpAddress> source,
      Optional<IpAddress> destination,
      Optional<String> in,
      Optional<String> out,
      IpProtocol protocol) {
    this(family, source, destination, in, out, protocol, Optional.empty(), Optional.empty());
  }

  ForwardPacket with(IpProtocol other) {
    return new ForwardPacket(
        family, source, destination, in, out, other, sourceNetwork, destinationNetwork);
  }

  boolean isIcmp() {
    return protocol.equals(IpProtocol.ICMP) || protocol.equals(IpProtocol.ICMPV6);
  }
}
