package io.podpath.core.net;

import java.util.Map;
import java.util.Optional;

/**
 * An IP protocol number (IANA). Names are those of {@code /etc/protocols}; note that there {@code
 * ipencap} is 4 (IP in IP, what Calico and ipip use) and {@code ipip} is 94.
 */
public record IpProtocol(int number) {

  public static final IpProtocol ICMP = new IpProtocol(1);
  public static final IpProtocol IPENCAP = new IpProtocol(4);
  public static final IpProtocol TCP = new IpProtocol(6);
  public static final IpProtocol UDP = new IpProtocol(17);
  public static final IpProtocol GRE = new IpProtocol(47);
  public static final IpProtocol ICMPV6 = new IpProtocol(58);
  public static final IpProtocol SCTP = new IpProtocol(132);

  private static final Map<String, IpProtocol> BY_NAME =
      Map.ofEntries(
          Map.entry("icmp", ICMP),
          Map.entry("igmp", new IpProtocol(2)),
          Map.entry("ipencap", IPENCAP),
          // Fedora's and Alpine's /etc/protocols call 4 so
          Map.entry("ipv4", IPENCAP),
          Map.entry("tcp", TCP),
          Map.entry("udp", UDP),
          Map.entry("ipv6", new IpProtocol(41)),
          Map.entry("gre", GRE),
          Map.entry("esp", new IpProtocol(50)),
          Map.entry("ah", new IpProtocol(51)),
          Map.entry("icmpv6", ICMPV6),
          Map.entry("ipv6-icmp", ICMPV6),
          Map.entry("ospf", new IpProtocol(89)),
          Map.entry("ipip", new IpProtocol(94)),
          Map.entry("pim", new IpProtocol(103)),
          Map.entry("vrrp", new IpProtocol(112)),
          Map.entry("sctp", SCTP),
          Map.entry("udplite", new IpProtocol(136)));

  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(1, "icmp"),
          Map.entry(2, "igmp"),
          Map.entry(4, "ipencap"),
          Map.entry(6, "tcp"),
          Map.entry(17, "udp"),
          Map.entry(41, "ipv6"),
          Map.entry(47, "gre"),
          Map.entry(50, "esp"),
          Map.entry(51, "ah"),
          Map.entry(58, "ipv6-icmp"),
          Map.entry(89, "ospf"),
          Map.entry(94, "ipip"),
          Map.entry(103, "pim"),
          Map.entry(112, "vrrp"),
          Map.entry(132, "sctp"),
          Map.entry(136, "udplite"));

  public IpProtocol {
    if (number < 0 || number > 255) {
      throw new IllegalArgumentException("IP protocol " + number);
    }
  }

  /** A name of {@code /etc/protocols}, in any case, or a number. */
  public static Optional<IpProtocol> parse(String text) {
    IpProtocol named = BY_NAME.get(text.toLowerCase(java.util.Locale.ROOT));
    if (named != null) {
      return Optional.of(named);
    }
    if (text.isEmpty() || text.length() > 3 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.empty();
    }
    int number = Integer.parseInt(text);
    return number > 255 ? Optional.empty() : Optional.of(new IpProtocol(number));
  }

  @Override
  public String toString() {
    String name = NAMES.get(number);
    return name != null ? name : Integer.toString(number);
  }
}
