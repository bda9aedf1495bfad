package io.podpath.probes.parse;

import io.podpath.core.net.IpAddress;
import io.podpath.core.node.GreHeader;
import io.podpath.core.node.OuterHeader;
import io.podpath.core.node.OuterHeader.DontFragment;
import io.podpath.core.node.OuterHeader.Ttl;
import java.util.Optional;
import java.util.OptionalLong;

/** What tunnels write into their packets' headers, from the words the tool has for it. */
final class OuterHeaders {

  private OuterHeaders() {}

  /**
   * Before iproute2 4.19 {@code inherit} stood for a TTL of 0, which is auto; what is inside has
   * nearly as many hops to live.
   */
  static OuterHeader vxlan(Optional<String> ttl, Optional<String> df) {
    return new OuterHeader(
        ttl.map(t -> ttl(t, new Ttl.Own())).orElse(OuterHeader.VXLAN.ttl()),
        switch (df.orElse("unset")) {
          case "set" -> DontFragment.SET;
          case "inherit" -> DontFragment.INHERITED;
          default -> DontFragment.UNSET;
        });
  }

  /**
   * A line that tells the TTL tells {@code nopmtudisc} too where that is so.
   *
   * @param inherits nopmtudisc
   * @param ignores ignore-df
   */
  static OuterHeader tunnel(Optional<String> ttl, boolean inherits, boolean ignores) {
    if (ttl.isEmpty() && !inherits) {
      return OuterHeader.UNTOLD;
    }
    return new OuterHeader(
        ttl.map(t -> ttl(t, new Ttl.Inherited())).orElse(OuterHeader.TUNNEL.ttl()),
        !inherits ? DontFragment.SET : ignores ? DontFragment.UNSET : DontFragment.INHERITED);
  }

  /**
   * @param none what a TTL of 0 stands for
   */
  private static Ttl ttl(String text, Ttl none) {
    if (text.equals("inherit")) {
      return new Ttl.Inherited();
    }
    boolean number = WordCursor.isNumber(text) && text.length() < 4;
    int hops = number ? Integer.parseInt(text) : 0;
    return hops == 0 ? none : new Ttl.Fixed(hops);
  }

  /**
   * @param key as an address is written, or a number
   */
  static GreHeader gre(Optional<String> key, boolean checksum, boolean sequence) {
    return new GreHeader(
        key.map(OuterHeaders::key).orElse(OptionalLong.empty()), checksum, sequence);
  }

  private static OptionalLong key(String text) {
    if (WordCursor.isNumber(text) && text.length() <= 10) {
      return OptionalLong.of(Long.parseLong(text));
    }
    return IpAddress.parse(text)
        .filter(IpAddress::isV4)
        .map(a -> OptionalLong.of(number(text)))
        .orElse(OptionalLong.empty());
  }

  private static long number(String quad) {
    long number = 0;
    for (String part : quad.split("\\.", -1)) {
      number = number << 8 | Integer.parseInt(part);
    }
    return number;
  }
}
