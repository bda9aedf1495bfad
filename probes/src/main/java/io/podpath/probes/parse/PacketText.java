package io.podpath.probes.parse;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.node.SeenPacket;
import java.util.Optional;

/**
 * One packet as tcpdump writes it on one line: {@code IP 10.0.0.1 > 10.0.0.2: IP 10.1.0.1 >
 * 10.1.0.2: ICMP echo request}, with {@code -v} the header's fields in parentheses before the
 * addresses. Works from the outer header to the inner one.
 */
final class PacketText {

  /** No network nests tunnels deeper. */
  private static final int DEEPEST = 5;

  private PacketText() {}

  /**
   * @param text begins with the network layer, {@code IP} or {@code IP6} perhaps missing
   */
  static SeenPacket read(String text, String time) throws BadLine {
    return read(text, time, 0);
  }

  private static SeenPacket read(String text, String time, int depth) throws BadLine {
    String rest = text.strip();
    if (depth > DEEPEST) {
      throw new BadLine("too many headers in one packet");
    }
    if (rest.startsWith("IP6 ") || rest.startsWith("IP ")) {
      rest = rest.substring(rest.indexOf(' ') + 1).strip();
    }
    Optional<IpProtocol> stated = Optional.empty();
    if (rest.startsWith("(")) {
      int close = closing(rest);
      stated = protocol(rest.substring(0, close + 1));
      rest = rest.substring(close + 1).strip();
    }
    int arrow = rest.indexOf(" > ");
    int colon = arrow < 0 ? -1 : rest.indexOf(": ", arrow);
    if (arrow < 0) {
      throw new BadLine("no packet");
    }
    String target = colon < 0 ? rest.substring(arrow + 3) : rest.substring(arrow + 3, colon);
    End source = End.of(rest.substring(0, arrow).strip());
    End destination =
        End.of(target.endsWith(":") ? target.substring(0, target.length() - 1) : target.strip());
    String payload = colon < 0 ? "" : rest.substring(colon + 2).strip();
    Optional<SeenPacket> inner = inner(payload, time, depth);
    Optional<IpProtocol> protocol = stated.or(() -> protocolOf(payload, inner.isPresent()));
    String ports =
        source.port.isEmpty() && destination.port.isEmpty()
            ? ""
            : source.port + " > " + destination.port + " ";
    return new SeenPacket(
        time, source.address, destination.address, protocol, inner, (ports + payload).strip());
  }

  /**
   * Index of the parenthesis that closes the first one; tcpdump nests them ({@code proto ICMP
   * (1)}).
   */
  private static int closing(String text) throws BadLine {
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      depth += text.charAt(i) == '(' ? 1 : text.charAt(i) == ')' ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    throw new BadLine("an open parenthesis");
  }

  /** {@code proto IPIP (4)}, {@code next-header ICMPv6 (58)}. */
  private static Optional<IpProtocol> protocol(String header) {
    int at = Math.max(header.indexOf("proto "), header.indexOf("next-header "));
    int open = at < 0 ? -1 : header.indexOf('(', at);
    int close = open < 0 ? -1 : header.indexOf(')', open);
    return close < 0 ? Optional.empty() : IpProtocol.parse(header.substring(open + 1, close));
  }

  /**
   * The packet in a tunnel: IP in IP, GRE, VXLAN ({@code OTV} is what tcpdump calls VXLAN on port
   * 8472).
   */
  private static Optional<SeenPacket> inner(String payload, String time, int depth) throws BadLine {
    if (payload.startsWith("IP ") || payload.startsWith("IP6 ") || payload.startsWith("(tos ")) {
      return Optional.of(read(payload, time, depth + 1));
    }
    boolean tunnel =
        payload.startsWith("GREv")
            || payload.contains("OTV, ")
            || payload.contains("VXLAN, ")
            || payload.startsWith("gre ");
    if (!tunnel) {
      return Optional.empty();
    }
    int ip = networkLayer(payload);
    return ip < 0 ? Optional.empty() : Optional.of(read(payload.substring(ip), time, depth + 1));
  }

  private static int networkLayer(String payload) {
    int best = -1;
    for (String start : new String[] {" IP ", " IP6 "}) {
      int at = payload.indexOf(start);
      best = at >= 0 && (best < 0 || at < best) ? at : best;
    }
    // behind an inner Ethernet header: ethertype IPv4 (0x0800), length 98: 10.0.0.1 > 10.0.0.2
    int ether = payload.indexOf("ethertype IPv");
    int length = ether < 0 ? -1 : payload.indexOf(": ", ether);
    return best >= 0 && (length < 0 || best < length)
        ? best + 1
        : length < 0 ? best < 0 ? -1 : best + 1 : length + 2;
  }

  private static Optional<IpProtocol> protocolOf(String payload, boolean tunnel) {
    if (payload.startsWith("ICMP6")) {
      return Optional.of(IpProtocol.ICMPV6);
    }
    if (payload.startsWith("ICMP")) {
      return Optional.of(IpProtocol.ICMP);
    }
    if (payload.startsWith("Flags [")) {
      return Optional.of(IpProtocol.TCP);
    }
    if (payload.startsWith("UDP") || payload.contains("OTV, ") || payload.contains("VXLAN, ")) {
      return Optional.of(IpProtocol.UDP);
    }
    if (payload.startsWith("GREv") || payload.startsWith("gre ")) {
      return Optional.of(IpProtocol.GRE);
    }
    if (tunnel) {
      return payload.startsWith("IP6") ? IpProtocol.parse("ipv6") : Optional.of(IpProtocol.IPENCAP);
    }
    return payload.startsWith("sctp")
        ? Optional.of(IpProtocol.SCTP)
        : payload.startsWith("ESP(") ? IpProtocol.parse("esp") : Optional.empty();
  }

  /**
   * An address with its port behind the last dot.
   *
   * @param port empty where there is none
   */
  private record End(IpAddress address, String port) {
    static End of(String text) throws BadLine {
      Optional<IpAddress> whole = IpAddress.parse(text);
      if (whole.isPresent()) {
        return new End(whole.get(), "");
      }
      int dot = text.lastIndexOf('.');
      Optional<IpAddress> host =
          dot < 0 ? Optional.empty() : IpAddress.parse(text.substring(0, dot));
      return new End(
          host.orElseThrow(
              () -> new BadLine("no address (a name without -n?): " + WordCursor.shown(text))),
          text.substring(dot + 1));
    }
  }
}
