package io.podpath.core.node;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.Port;
import java.util.Optional;

/**
 * A socket as {@code ss} lists it.
 *
 * @param protocol tcp, udp, sctp …
 * @param state LISTEN, ESTAB, UNCONN …
 * @param localAddress empty for {@code *} and for what is no IP socket
 */
public record Socket(
    String protocol,
    String state,
    Optional<IpAddress> localAddress,
    Optional<Port> localPort,
    Optional<IpAddress> peerAddress,
    Optional<Port> peerPort) {

  @Override
  public String toString() {
    return protocol
        + " "
        + state
        + " "
        + localAddress.map(IpAddress::toString).orElse("*")
        + ":"
        + localPort.map(Port::toString).orElse("*")
        + " "
        + peerAddress.map(IpAddress::toString).orElse("*")
        + ":"
        + peerPort.map(Port::toString).orElse("*");
  }
}
