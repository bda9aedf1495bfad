package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.Address;
import io.podpath.core.snapshot.Fact;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which of its IPv6 addresses a namespace takes as source (RFC 6724, section 5;
 * net/ipv6/addrconf.c: ipv6_dev_get_saddr). All addresses of all devices compete, also those that
 * reach less far than the destination.
 */
final class SourceAddress6 {

  private static final int LINK_LOCAL = 2;
  private static final int SITE_LOCAL = 5;
  private static final int GLOBAL = 14;

  /** A scope that does not reach the destination is worse than any that does. */
  private static final int TOO_NARROW = 128;

  private static final int OTHER_LABEL = 1;

  /** net/ipv6/addrlabel.c: ip6addrlbl_init_table; what was added to it nobody recorded. */
  private record Label(IpPrefix prefix, int label) {}

  private static final List<Label> LABELS =
      List.of(
          new Label(IpPrefix.of("::1/128"), 0),
          new Label(IpPrefix.of("::ffff:0:0/96"), 4),
          new Label(IpPrefix.of("::/96"), 3),
          new Label(IpPrefix.of("2001::/32"), 6),
          new Label(IpPrefix.of("2001:10::/28"), 7),
          new Label(IpPrefix.of("3ffe::/16"), 12),
          new Label(IpPrefix.of("2002::/16"), 2),
          new Label(IpPrefix.of("fec0::/10"), 11),
          new Label(IpPrefix.of("fc00::/7"), 5));

  private SourceAddress6() {}

  /**
   * @param out the device it leaves by; empty while there is no route
   */
  static Optional<IpAddress> of(Stack stack, Optional<String> out, IpAddress destination) {
    Optional<Address> best = Optional.empty();
    for (Address candidate : candidates(stack, out, destination)) {
      if (best.isEmpty() || isBetter(candidate, best.get(), out, destination)) {
        best = Optional.of(candidate);
      }
    }
    return best.map(Address::local);
  }

  private static List<Address> candidates(
      Stack stack, Optional<String> out, IpAddress destination) {
    List<Address> all = new ArrayList<>();
    boolean near =
        out.isPresent()
            && (destination.isMulticast()
                || scope(destination) <= LINK_LOCAL
                || stack
                    .setting(Stack.key(IpFamily.INET6, out.get(), "use_oif_addrs_only"))
                    .optional()
                    .filter(v -> v > 0)
                    .isPresent());
    if (near) {
      add(stack, out.orElseThrow(), all);
    } else {
      stack.links().forEach(l -> add(stack, l.value().name(), all));
    }
    return all;
  }

  private static void add(Stack stack, String device, List<Address> all) {
    for (Fact<Address> fact : stack.addresses(device)) {
      Address address = fact.value();
      if (address.local().family() == IpFamily.INET6 && !isTentative(address)) {
        all.add(address);
      }
    }
  }

  static boolean isTentative(Address address) {
    return address.flags().contains("tentative") && !address.flags().contains("optimistic");
  }

  /** The first rule that tells them apart decides (ipv6_get_saddr_eval). */
  private static boolean isBetter(
      Address one, Address other, Optional<String> out, IpAddress destination) {
    List<Integer> mine = score(one, out, destination);
    List<Integer> theirs = score(other, out, destination);
    for (int i = 0; i < mine.size(); i++) {
      if (!mine.get(i).equals(theirs.get(i))) {
        return mine.get(i) > theirs.get(i);
      }
    }
    return false;
  }

  private static List<Integer> score(Address address, Optional<String> out, IpAddress destination) {
    IpAddress local = address.local();
    int scope = scope(local);
    boolean avoided =
        address.flags().contains("deprecated") || address.flags().contains("optimistic");
    return List.of(
        number(local.equals(destination)),
        scope >= scope(destination) ? -scope : scope - TOO_NARROW,
        number(!avoided),
        number(out.filter(o -> !o.equals(address.device())).isEmpty()),
        number(label(local) == label(destination)),
        number(!address.flags().contains("temporary")),
        Math.min(common(local, destination), address.prefixLength()));
  }

  private static int number(boolean holds) {
    return holds ? 1 : 0;
  }

  /** __ipv6_addr_src_scope; a multicast address says its own. */
  private static int scope(IpAddress address) {
    if (address.isMulticast()) {
      return (int) (address.high() >>> 48) & 0xf;
    }
    boolean site = address.high() >>> 54 == 0xfec0L >>> 6;
    return address.isLinkLocal() || address.isLoopback() ? LINK_LOCAL : site ? SITE_LOCAL : GLOBAL;
  }

  private static int label(IpAddress address) {
    return LABELS.stream()
        .filter(l -> l.prefix().contains(address))
        .map(Label::label)
        .findFirst()
        .orElse(OTHER_LABEL);
  }

  /** The number of leading bits two addresses share (ipv6_addr_diff). */
  private static int common(IpAddress one, IpAddress other) {
    int high = Long.numberOfLeadingZeros(one.high() ^ other.high());
    return high < 64 ? high : 64 + Long.numberOfLeadingZeros(one.low() ^ other.low());
  }
}
