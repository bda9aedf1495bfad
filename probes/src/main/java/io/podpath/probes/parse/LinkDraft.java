package io.podpath.probes.parse;

import io.podpath.core.net.IfIndex;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.MacAddress;
import io.podpath.core.net.Mtu;
import io.podpath.core.net.Port;
import io.podpath.core.net.Vni;
import io.podpath.core.node.GreHeader;
import io.podpath.core.node.Link;
import io.podpath.core.node.LinkKind;
import io.podpath.core.node.OuterHeader;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** An interface while its lines are being read. */
final class LinkDraft {

  final int line;
  final String name;
  Optional<IfIndex> index = Optional.empty();
  final Set<String> flags = new TreeSet<>();
  Optional<Mtu> mtu = Optional.empty();
  Optional<String> operState = Optional.empty();
  Optional<String> master = Optional.empty();
  Optional<String> peer = Optional.empty();
  String linkType = "";
  Optional<MacAddress> mac = Optional.empty();
  Optional<LinkKind> kind = Optional.empty();

  /** Whether details are printed ({@code -d}), so that a line with the kind may follow. */
  boolean detailed;

  LinkDraft(int line, String name) {
    this.line = line;
    this.name = name;
  }

  Link toLink() {
    return new Link(name, index, flags, mtu, operState, master, peer, linkType, mac, kind);
  }

  /**
   * What stands behind {@code link/}: the hardware type, the address, and for tunnels the other
   * end.
   */
  void hardware(String type, Optional<String> address, Optional<String> other) {
    linkType = type;
    mac =
        type.equals("ether") || type.equals("loopback")
            ? address.flatMap(MacAddress::parse)
            : Optional.empty();
    Optional<IpAddress> local = address.flatMap(LinkDraft::specified);
    Optional<IpAddress> remote = other.flatMap(LinkDraft::specified);
    switch (type) {
      case "ipip" -> kind = Optional.of(new LinkKind.Ipip(local, remote, OuterHeader.UNTOLD));
      case "gre" ->
          kind =
              Optional.of(
                  new LinkKind.Gre(
                      "gre", local, remote, OuterHeader.UNTOLD, GreHeader.PLAIN, GreHeader.PLAIN));
      case "sit", "tunnel6", "gre6" -> kind = Optional.of(new LinkKind.Other(type));
      default -> {}
    }
  }

  /** {@code any}, {@code 0.0.0.0} and {@code ::} stand for no address. */
  static Optional<IpAddress> specified(String text) {
    return IpAddress.parse(text).filter(a -> !a.isUnspecified());
  }

  /** The kind from the words of its line: {@code vxlan id 1 local …}. */
  static LinkKind kind(List<String> words) {
    String name = words.getFirst();
    if (words.contains("external")) {
      return new LinkKind.Metadata(name);
    }
    Optional<IpAddress> local =
        value(words, "local").or(() -> value(words, "local6")).flatMap(LinkDraft::specified);
    Optional<IpAddress> remote =
        value(words, "remote")
            .or(() -> value(words, "group"))
            .or(() -> value(words, "remote6"))
            .flatMap(LinkDraft::specified);
    return switch (name) {
      case "bridge" ->
          new LinkKind.Bridge(
              isOne(words, "vlan_filtering"),
              isOne(words, "nf_call_iptables"),
              isOne(words, "nf_call_ip6tables"));
      case "vxlan" ->
          new LinkKind.Vxlan(
              value(words, "id").flatMap(LinkDraft::vni),
              local,
              remote,
              value(words, "dev"),
              value(words, "dstport").flatMap(LinkDraft::port),
              !words.contains("nolearning"),
              OuterHeaders.vxlan(value(words, "ttl"), value(words, "df")));
      default ->
          plain(
              name,
              local,
              remote,
              OuterHeaders.tunnel(
                  value(words, "ttl"), words.contains("nopmtudisc"), words.contains("ignore-df")),
              gre(words, "i"),
              gre(words, "o"));
    };
  }

  /** {@code ikey 0.0.0.5 okey 0.0.0.5 iseq oseq icsum ocsum}. */
  private static GreHeader gre(List<String> words, String direction) {
    return OuterHeaders.gre(
        value(words, direction + "key"),
        words.contains(direction + "csum"),
        words.contains(direction + "seq"));
  }

  private static boolean isOne(List<String> words, String name) {
    return value(words, name).filter("1"::equals).isPresent();
  }

  /** Kinds that need no more than their ends. */
  static LinkKind plain(
      String name,
      Optional<IpAddress> local,
      Optional<IpAddress> remote,
      OuterHeader outer,
      GreHeader in,
      GreHeader out) {
    return switch (name) {
      case "veth" -> new LinkKind.Veth();
      case "ipip" -> new LinkKind.Ipip(local, remote, outer);
      case "gre", "gretap" -> new LinkKind.Gre(name, local, remote, outer, in, out);
      case "tun" -> new LinkKind.Tun();
      case "dummy" -> new LinkKind.Dummy();
      default -> new LinkKind.Other(name);
    };
  }

  static Optional<Vni> vni(String text) {
    return WordCursor.isNumber(text) && text.length() < 9 && Integer.parseInt(text) <= 0xff_ffff
        ? Optional.of(new Vni(Integer.parseInt(text)))
        : Optional.empty();
  }

  static Optional<Port> port(String text) {
    return WordCursor.isNumber(text) && text.length() < 6 && Integer.parseInt(text) <= 65535
        ? Optional.of(new Port(Integer.parseInt(text)))
        : Optional.empty();
  }

  static Optional<Mtu> mtu(String text) {
    return WordCursor.isNumber(text) && text.length() < 10
        ? Optional.of(new Mtu(Integer.parseInt(text)))
        : Optional.empty();
  }

  private static Optional<String> value(List<String> words, String key) {
    int at = words.indexOf(key);
    return at >= 0 && at + 1 < words.size() ? Optional.of(words.get(at + 1)) : Optional.empty();
  }
}
