package io.podpath.probes.parse;

import io.podpath.core.net.IfIndex;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The lines of an interface as {@code ip link} and {@code ip addr} print them ({@code ipaddress.c:
 * print_linkinfo}): a head, a line with the address, with {@code -d} a line with the kind. Nothing
 * depends on the indentation, which web copies lose.
 */
final class LinkLines {

  /** Words that begin lines which tell nothing podpath needs. */
  private static final Set<String> IGNORED =
      Set.of(
          "RX:",
          "TX:",
          "RX",
          "TX",
          "altname",
          "alias",
          "vf",
          "bridge_slave",
          "bond_slave",
          "team_slave",
          "openvswitch_slave",
          "vrf_slave",
          "prog/xdp",
          "link-netns",
          "link-netnsid",
          "promiscuity",
          "addrgenmode",
          "numtxqueues");

  private static final Set<String> KINDS =
      Set.of(
          "veth",
          "bridge",
          "vxlan",
          "ipip",
          "gre",
          "gretap",
          "erspan",
          "ip6gre",
          "ip6gretap",
          "sit",
          "ip6tnl",
          "tun",
          "dummy",
          "vlan",
          "bond",
          "team",
          "macvlan",
          "macvtap",
          "ipvlan",
          "ipvtap",
          "wireguard",
          "openvswitch",
          "geneve",
          "vti",
          "vti6",
          "vrf",
          "ifb",
          "nlmon",
          "ipoib",
          "hsr",
          "macsec",
          "xfrm",
          "netkit",
          "bareudp",
          "can",
          "vcan",
          "lowpan",
          "amt",
          "gtp",
          "rmnet");

  private LinkLines() {}

  /**
   * Whether these words begin an interface: {@code 2: eth0@if7: <FLAGS> mtu 1500}, the number
   * perhaps cut off.
   */
  static boolean isHead(List<String> words) {
    int name = nameAt(words);
    return words.size() > name + 1
        && words.get(name).length() > 1
        && words.get(name).endsWith(":")
        && words.get(name + 1).startsWith("<")
        && words.get(name + 1).endsWith(">");
  }

  private static int nameAt(List<String> words) {
    String first = words.isEmpty() ? "" : words.getFirst();
    return first.endsWith(":") && WordCursor.isNumber(first.substring(0, first.length() - 1))
        ? 1
        : 0;
  }

  static LinkDraft head(List<String> words, int line) {
    int at = nameAt(words);
    String word = words.get(at);
    String full = word.substring(0, word.length() - 1);
    int peer = full.indexOf('@');
    LinkDraft draft = new LinkDraft(line, peer > 0 ? full.substring(0, peer) : full);
    draft.peer =
        peer > 0 && peer + 1 < full.length()
            ? Optional.of(full.substring(peer + 1))
            : Optional.empty();
    if (at == 1 && words.getFirst().length() <= 10) {
      draft.index =
          Optional.of(
              new IfIndex(
                  Integer.parseInt(words.getFirst().substring(0, words.getFirst().length() - 1))));
    }
    flags(words.get(at + 1), draft.flags);
    for (int i = at + 2; i + 1 < words.size(); i++) {
      String value = words.get(i + 1);
      switch (words.get(i)) {
        case "mtu" -> draft.mtu = LinkDraft.mtu(value);
        case "master" -> draft.master = Optional.of(value);
        case "state" -> draft.operState = Optional.of(value);
        default -> {}
      }
    }
    return draft;
  }

  /** Adds {@code <UP,LOWER_UP>}. */
  static void flags(String word, Set<String> flags) {
    for (String flag : word.substring(1, Math.max(1, word.length() - 1)).split(",", -1)) {
      if (!flag.isEmpty()) {
        flags.add(flag);
      }
    }
  }

  /**
   * Reads a line that follows a head, or lets it be when it tells nothing.
   *
   * @return whether the line belongs to an interface at all
   */
  static boolean body(LinkDraft draft, List<String> words) {
    String first = words.getFirst();
    if (first.startsWith("link/")) {
      hardware(draft, words);
      return true;
    }
    if (IGNORED.contains(first) || first.endsWith("_slave") || isStatistics(words)) {
      return true;
    }
    boolean kind =
        KINDS.contains(first) || draft.detailed && draft.kind.isEmpty() && isKindName(first);
    if (kind) {
      draft.kind = Optional.of(LinkDraft.kind(words));
      draft.detailed = false;
    }
    return kind;
  }

  private static void hardware(LinkDraft draft, List<String> words) {
    String type = words.getFirst().substring(5);
    Optional<String> address = words.size() > 1 ? Optional.of(words.get(1)) : Optional.empty();
    boolean ends = words.size() > 3 && words.get(2).equals("peer");
    draft.hardware(type, address, ends ? Optional.of(words.get(3)) : Optional.empty());
    draft.detailed = words.contains("promiscuity");
  }

  /** Counters below {@code RX:} and {@code TX:}. */
  private static boolean isStatistics(List<String> words) {
    return words.stream()
        .allMatch(w ->
            Character.isDigit(w.charAt(0))
                && w.chars().allMatch(c -> c < 128 && c != ':' && c != '/'));
  }

  private static boolean isKindName(String word) {
    return word.length() < 16
        && word.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_')
        && !word.startsWith("inet");
  }
}
