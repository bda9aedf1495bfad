package io.podpath.core.node;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.Port;
import io.podpath.core.net.Vni;
import java.util.Optional;

/** What a link is, as {@code ip -d link} tells it ({@code IFLA_INFO_KIND}). */
public sealed interface LinkKind {

  /** The kind's name in rtnetlink. */
  String name();

  /**
   * @param nfCallIptables whether this bridge alone passes IPv4 frames to iptables; {@code
   *     net.bridge.bridge-nf-call-iptables} does it for all bridges
   *     (net/bridge/br_netfilter_hooks.c: br_nf_pre_routing asks for either)
   * @param nfCallIp6tables the same for IPv6
   */
  record Bridge(boolean vlanFiltering, boolean nfCallIptables, boolean nfCallIp6tables)
      implements LinkKind {

    /** Whether frames of this family pass the firewall whatever the sysctl says. */
    public boolean callsFirewall(IpFamily family) {
      return family == IpFamily.INET ? nfCallIptables : nfCallIp6tables;
    }

    @Override
    public String name() {
      return "bridge";
    }
  }

  record Veth() implements LinkKind {
    @Override
    public String name() {
      return "veth";
    }
  }

  /**
   * @param local source address of the outer packet
   * @param remote default destination; empty for flannel and Calico, which fill the FDB
   * @param device the underlay link
   * @param port destination port of the outer UDP packet
   */
  record Vxlan(
      Optional<Vni> vni,
      Optional<IpAddress> local,
      Optional<IpAddress> remote,
      Optional<String> device,
      Optional<Port> port,
      boolean learning,
      OuterHeader outer)
      implements LinkKind {

    /** With the headers a device has that was told nothing else. */
    public Vxlan(
        Optional<Vni> vni,
        Optional<IpAddress> local,
        Optional<IpAddress> remote,
        Optional<String> device,
        Optional<Port> port,
        boolean learning) {
      this(vni, local, remote, device, port, learning, OuterHeader.VXLAN);
    }

    @Override
    public String name() {
      return "vxlan";
    }
  }

  /** An ipip tunnel; {@code tunl0} has local and remote "any". */
  record Ipip(Optional<IpAddress> local, Optional<IpAddress> remote, OuterHeader outer)
      implements LinkKind {

    /** With the headers of {@code tunl0}. */
    public Ipip(Optional<IpAddress> local, Optional<IpAddress> remote) {
      this(local, remote, OuterHeader.TUNNEL);
    }

    @Override
    public String name() {
      return "ipip";
    }
  }

  /**
   * gre and gretap.
   *
   * @param in what the GRE headers it takes must have
   * @param out what those it sends have
   */
  record Gre(
      String name,
      Optional<IpAddress> local,
      Optional<IpAddress> remote,
      OuterHeader outer,
      GreHeader in,
      GreHeader out)
      implements LinkKind {

    /** With the headers of {@code gre0}. */
    public Gre(String name, Optional<IpAddress> local, Optional<IpAddress> remote) {
      this(name, local, remote, OuterHeader.TUNNEL, GreHeader.PLAIN, GreHeader.PLAIN);
    }
  }

  record Tun() implements LinkKind {
    @Override
    public String name() {
      return "tun";
    }
  }

  record Dummy() implements LinkKind {
    @Override
    public String name() {
      return "dummy";
    }
  }

  /**
   * A tunnel whose other end is told with each packet ({@code external}, IFLA_*_COLLECT_METADATA):
   * by an eBPF program, a route with {@code encap} or Open vSwitch.
   *
   * @param name vxlan, gretap and such
   */
  record Metadata(String name) implements LinkKind {}

  /** A kind podpath has no fields for, such as bond, vlan, macvlan or wireguard. */
  record Other(String name) implements LinkKind {}
}
