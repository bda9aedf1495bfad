package io.podpath.core.blueprint;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import java.util.List;

/** A process that keeps part of a node's state while it runs. */
public sealed interface Daemon {

  /**
   * BIRD with Calico's filters.
   *
   * @param config text of bird.cfg
   */
  record Bird(String config) implements Daemon {}

  /**
   * FRR.
   *
   * @param zebra text of zebra.conf
   * @param ospfd text of ospfd.conf
   */
  record Frr(String zebra, String ospfd) implements Daemon {}

  /** ovsdb-server and ovs-vswitchd; the ports stand in the node's table of OVS ports. */
  record OpenVswitch(String bridge) implements Daemon {}

  /**
   * flannel's udp forwarder between flannel0 and UDP port 8285.
   *
   * @param device flannel0, which comes and goes with the process
   * @param tunnel its address
   * @param peers who has which subnet
   */
  record FlannelUdp(
      String device, IpAddress listen, IpAddress tunnel, IpPrefix network, List<Peer> peers)
      implements Daemon {
    public FlannelUdp {
      peers = List.copyOf(peers);
    }

    public record Peer(IpPrefix subnet, IpAddress node) {}
  }

  /** A server on the node itself that answers on a TCP port, such as the API server. */
  record HostServer(String name, int port) implements Daemon {}
}
