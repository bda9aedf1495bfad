package io.podpath.core.netfilter;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An IPVS virtual server with its real servers.
 *
 * @param firewallMark set instead of address and port for a mark-based service
 * @param scheduler rr, wrr, lc, sh …; empty where the listing does not show it
 * @param persistent seconds for which a client stays with its real server; empty when it does not
 */
public record VirtualServer(
    Optional<IpProtocol> protocol,
    Optional<IpAddress> address,
    Optional<Port> port,
    Optional<Long> firewallMark,
    String scheduler,
    OptionalInt persistent,
    List<RealServer> realServers) {

  public VirtualServer {
    realServers = List.copyOf(realServers);
  }

  public VirtualServer with(List<RealServer> others) {
    return new VirtualServer(protocol, address, port, firewallMark, scheduler, persistent, others);
  }

  /**
   * @param forwarding Masq, Route, Tunnel or Local; empty where the listing does not show it
   * @param weight 0 takes no new connections; empty where the listing does not show it
   */
  public record RealServer(IpAddress address, Port port, String forwarding, OptionalInt weight) {
    @Override
    public String toString() {
      return (address.isV4() ? address.toString() : "[" + address + "]") + ":" + port;
    }
  }

  @Override
  public String toString() {
    String head =
        firewallMark
            .map(m -> "-f " + m)
            .orElseGet(() ->
                (protocol.filter(IpProtocol.UDP::equals).isPresent()
                        ? "-u "
                        : protocol.filter(IpProtocol.SCTP::equals).isPresent()
                            ? "--sctp-service "
                            : "-t ")
                    + address.map(a -> a.isV4() ? a.toString() : "[" + a + "]").orElse("?")
                    + ":"
                    + port.map(Port::toString).orElse("?"));
    return "-A "
        + head
        + (scheduler.isEmpty() ? "" : " -s " + scheduler)
        + (persistent.isEmpty() ? "" : " -p " + persistent.getAsInt());
  }
}
