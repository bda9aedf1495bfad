package io.podpath.probes.parse;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.node.Address;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * {@code inet 10.0.0.2/24 brd 10.0.0.255 scope global secondary eth0:1}, as {@code ipaddress.c:
 * print_addrinfo} writes it. IPv4 ends with the label, which is the interface or begins with it and
 * a colon.
 */
final class AddressLine {

  static final Set<String> FLAGS =
      Set.of(
          "secondary",
          "temporary",
          "nodad",
          "optimistic",
          "dadfailed",
          "homeaddress",
          "deprecated",
          "tentative",
          "permanent",
          "mngtmpaddr",
          "noprefixroute",
          "autojoin",
          "dynamic",
          "stable-privacy");

  private static final Set<String> VALUED =
      Set.of("metric", "flags", "proto", "protocol", "any", "label");

  private AddressLine() {}

  static boolean is(List<String> words) {
    return words.size() > 1
        && (words.getFirst().equals("inet") || words.getFirst().equals("inet6"));
  }

  /**
   * @param device the interface whose head stood above; empty for a fragment
   */
  static Address read(List<String> words, Optional<String> device, boolean cut) throws BadLine {
    WordCursor cursor = new WordCursor(words);
    boolean six = cursor.take("inet").equals("inet6");
    String first = cursor.take("address");
    Optional<IpAddress> peer = Optional.empty();
    String network = first;
    if (cursor.takeIf("peer")) {
      network = cursor.take("peer");
      peer = Optional.of(address(network));
    }
    IpAddress local = address(first);
    if (six != (local.family() == IpFamily.INET6)) {
      throw new BadLine("inet and address are of two families");
    }
    int length = length(network, local.family());
    Optional<IpAddress> broadcast = Optional.empty();
    Optional<String> scope = Optional.empty();
    Optional<String> label = Optional.empty();
    Set<String> flags = new TreeSet<>();
    while (cursor.more()) {
      String word = cursor.take("word");
      if (word.equals("brd")) {
        broadcast = Optional.of(cursor.address("brd"));
      } else if (word.equals("scope")) {
        scope = Optional.of(cursor.take("scope"));
      } else if (FLAGS.contains(word)) {
        flags.add(word);
      } else if (word.equals("valid_lft")) {
        break;
      } else if (VALUED.contains(word)) {
        cursor.take(word);
      } else if (!word.equals("...") && !word.equals("…")) {
        label = Optional.of(word);
      }
    }
    if (scope.isEmpty() && !cut) {
      throw new BadLine("an address without scope");
    }
    return new Address(
        device(device, label),
        local,
        length,
        peer,
        broadcast,
        scope.orElseGet(() -> usualScope(local)),
        flags);
  }

  /**
   * What the kernel gives an address when nobody says otherwise ({@code devinet.c:
   * inet_rtm_newaddr}, {@code ipv6_addr_scope}).
   */
  static String usualScope(IpAddress address) {
    return address.isLoopback()
        ? "host"
        : address.isLinkLocal() && !address.isV4() ? "link" : "global";
  }

  private static String device(Optional<String> device, Optional<String> label) throws BadLine {
    Optional<String> labelled =
        label.map(l -> l.indexOf(':') > 0 ? l.substring(0, l.indexOf(':')) : l);
    // A label of another name: the author cut the head of that interface, the address is not of the
    // one above.
    return labelled
        .or(() -> device)
        .orElseThrow(() -> new BadLine("the interface of this address is not shown"));
  }

  static IpAddress address(String word) throws BadLine {
    int slash = word.indexOf('/');
    String text = slash < 0 ? word : word.substring(0, slash);
    return IpAddress.parse(text)
        .orElseThrow(() -> new BadLine("no address: " + WordCursor.shown(word)));
  }

  /** A host address is printed without its length only by old releases and for peers. */
  static int length(String word, IpFamily family) throws BadLine {
    int slash = word.indexOf('/');
    if (slash < 0) {
      return family.bits();
    }
    String digits = word.substring(slash + 1);
    if (!WordCursor.isNumber(digits)
        || digits.length() > 3
        || Integer.parseInt(digits) > family.bits()) {
      throw new BadLine("no prefix length: " + WordCursor.shown(word));
    }
    return Integer.parseInt(digits);
  }
}
