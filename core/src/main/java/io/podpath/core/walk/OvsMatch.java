package io.podpath.core.walk;

import io.podpath.core.cni.OvsFlow;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.MacAddress;
import io.podpath.core.net.Port;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * Whether a frame is one for an OpenFlow entry, by the fields as {@code ovs-ofctl} prints them
 * (ovs-fields(7)). What is not modelled may match.
 *
 * @param in the port it came in by; empty for the bridge's own
 */
record OvsMatch(String bridge, Frame frame, Optional<String> in) {

  Truth fits(OvsFlow flow) {
    return flow.match().isEmpty()
        ? Truth.YES
        : Arrays.stream(flow.match().split(",", -1)).map(this::field).reduce(Truth.YES, Truth::and);
  }

  boolean isIn(String port) {
    return in.orElse(bridge).equals(port);
  }

  private Truth field(String text) {
    int equals = text.indexOf('=');
    return equals < 0
        ? shorthand(text)
        : valued(text.substring(0, equals), text.substring(equals + 1));
  }

  private Truth shorthand(String word) {
    return switch (word) {
      case "ip" -> is(IpFamily.INET);
      case "ipv6" -> is(IpFamily.INET6);
      case "icmp" -> is(IpFamily.INET).and(is(IpProtocol.ICMP));
      case "tcp" -> is(IpFamily.INET).and(is(IpProtocol.TCP));
      case "udp" -> is(IpFamily.INET).and(is(IpProtocol.UDP));
      case "icmp6" -> is(IpFamily.INET6).and(is(IpProtocol.ICMPV6));
      case "tcp6" -> is(IpFamily.INET6).and(is(IpProtocol.TCP));
      case "udp6" -> is(IpFamily.INET6).and(is(IpProtocol.UDP));
      case "arp", "rarp", "mpls", "mplsm" -> Truth.NO;
      default -> Truth.MAYBE;
    };
  }

  private Truth valued(String key, String value) {
    Packet packet = frame.packet();
    return switch (key) {
      case "in_port" -> cameBy(value.replace("\"", ""));
      case "dl_type", "eth_type" -> type(value);
      case "nw_proto", "ip_proto" -> equal(IpProtocol.parse(value), Optional.of(packet.protocol()));
      case "nw_src", "ip_src", "ipv6_src" -> in(value, packet.source());
      case "nw_dst", "ip_dst", "ipv6_dst" -> in(value, packet.destination());
      case "tp_src", "tcp_src", "udp_src" -> port(value, packet.sourcePort());
      case "tp_dst", "tcp_dst", "udp_dst" -> port(value, packet.destinationPort());
      case "icmp_type" -> icmp(value, Payload.Icmp::type);
      case "icmp_code" -> icmp(value, Payload.Icmp::code);
      case "dl_src", "eth_src" -> equal(MacAddress.parse(value), frame.source());
      case "dl_dst", "eth_dst" -> equal(MacAddress.parse(value), frame.destination());
      case "dl_vlan" ->
          frame.vlan().isPresent()
              ? Truth.of(value.equals(Integer.toString(frame.vlan().getAsInt())))
              : Truth.NO;
      default -> Truth.MAYBE;
    };
  }

  private Truth is(IpFamily family) {
    return Truth.of(frame.packet().family() == family);
  }

  private Truth is(IpProtocol protocol) {
    return Truth.of(frame.packet().protocol().equals(protocol));
  }

  /** A number is one of a port whose name is not told. */
  private Truth cameBy(String port) {
    if (port.equals("LOCAL")) {
      return Truth.of(in.isEmpty());
    }
    return port.matches("\\d+") ? in.isEmpty() ? Truth.NO : Truth.MAYBE : Truth.of(isIn(port));
  }

  private Truth type(String value) {
    return switch (value) {
      case "0x0800", "0x800" -> is(IpFamily.INET);
      case "0x86dd" -> is(IpFamily.INET6);
      default -> Truth.NO;
    };
  }

  private static Truth in(String network, IpAddress address) {
    return IpPrefix.parse(network)
        .map(prefix -> Truth.of(prefix.contains(address)))
        .or(() -> IpAddress.parse(network).map(other -> Truth.of(other.equals(address))))
        .orElse(Truth.MAYBE);
  }

  private static Truth port(String value, Optional<Port> port) {
    if (!value.matches("\\d{1,5}")) {
      return Truth.MAYBE;
    }
    return Truth.of(port.filter(p -> p.number() == Integer.parseInt(value)).isPresent());
  }

  private Truth icmp(String value, ToIntFunction<Payload.Icmp> part) {
    if (!value.matches("\\d{1,3}")) {
      return Truth.MAYBE;
    }
    return Truth.of(
        frame.packet().payload() instanceof Payload.Icmp icmp
            && part.applyAsInt(icmp) == Integer.parseInt(value));
  }

  /** Neither a value with a mask nor a frame of which it is not known can be told. */
  private static <T> Truth equal(Optional<T> wanted, Optional<T> actual) {
    return wanted.isEmpty() || actual.isEmpty()
        ? Truth.MAYBE
        : Truth.of(wanted.get().equals(actual.get()));
  }
}
