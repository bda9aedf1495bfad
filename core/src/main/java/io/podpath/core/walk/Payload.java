package io.podpath.core.walk;

import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import io.podpath.core.net.Vni;
import io.podpath.core.node.GreHeader;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** What an IP packet carries. */
public sealed interface Payload {

  /** The protocol number in the IP header around it. */
  IpProtocol protocol();

  /** The packet a tunnel carries. */
  default Optional<Packet> carried() {
    return switch (this) {
      case Encapsulated(var protocol, var inner, var header) -> Optional.of(inner);
      case GreFrame(var inner, var header) -> Optional.of(inner.packet());
      case Vxlan(var source, var destination, var vni, var inner) -> Optional.of(inner.packet());
      case FlannelUdp(var port, var inner) -> Optional.of(inner);
      case Tcp _, Udp _, Icmp _, Opaque _ -> Optional.empty();
    };
  }

  /**
   * A segment without data.
   *
   * @param flags SYN, ACK …
   */
  record Tcp(Port source, Port destination, Set<String> flags) implements Payload {
    public Tcp {
      flags = Set.copyOf(flags);
    }

    @Override
    public IpProtocol protocol() {
      return IpProtocol.TCP;
    }
  }

  record Udp(Port source, Port destination) implements Payload {
    @Override
    public IpProtocol protocol() {
      return IpProtocol.UDP;
    }
  }

  /**
   * ICMP or ICMPv6.
   *
   * @param type as the family numbers it: an echo request is 8, or 128 for IPv6
   * @param id of an echo request and its reply
   */
  record Icmp(IpProtocol protocol, int type, int code, int id) implements Payload {

    static final int ECHO_REPLY = 0;
    static final int ECHO = 8;
    static final int ECHO6 = 128;
    static final int ECHO_REPLY6 = 129;

    boolean isEcho() {
      return type == (protocol.equals(IpProtocol.ICMP) ? ECHO : ECHO6);
    }

    /**
     * What connection tracking lets pass as UNTRACKED: neighbours, routers and groups
     * (nf_conntrack_proto_icmpv6.c: noct_valid_new).
     */
    boolean isOfTheLink() {
      return protocol.equals(IpProtocol.ICMPV6) && (type >= 130 && type <= 136 || type == 143);
    }

    boolean isEchoReply() {
      return type == (protocol.equals(IpProtocol.ICMP) ? ECHO_REPLY : ECHO_REPLY6);
    }
  }

  /**
   * An IP packet right behind the IP header, as IPIP (4), SIT (41) and GRE (47) carry it.
   *
   * @param header of GRE
   */
  record Encapsulated(IpProtocol protocol, Packet inner, GreHeader header) implements Payload {

    /** Without a header of its own, or one that has no more than it must have. */
    Encapsulated(IpProtocol protocol, Packet inner) {
      this(protocol, inner, GreHeader.PLAIN);
    }
  }

  /** An Ethernet frame behind GRE, as gretap carries it. */
  record GreFrame(Frame inner, GreHeader header) implements Payload {

    OptionalLong key() {
      return header.key();
    }

    @Override
    public IpProtocol protocol() {
      return IpProtocol.GRE;
    }
  }

  /** RFC 7348. */
  record Vxlan(Port source, Port destination, Vni vni, Frame inner) implements Payload {
    @Override
    public IpProtocol protocol() {
      return IpProtocol.UDP;
    }
  }

  /** A packet as flannel's udp backend sends it: right behind the UDP header. */
  record FlannelUdp(Port port, Packet inner) implements Payload {
    @Override
    public IpProtocol protocol() {
      return IpProtocol.UDP;
    }
  }

  /** A protocol of which nothing but its number counts. */
  record Opaque(IpProtocol protocol) implements Payload {}
}
