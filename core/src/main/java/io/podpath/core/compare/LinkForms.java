package io.podpath.core.compare;

import io.podpath.core.node.Address;
import io.podpath.core.node.Link;
import io.podpath.core.node.LinkKind;
import io.podpath.core.snapshot.Devices;
import io.podpath.core.snapshot.Fact;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Links and their addresses. */
final class LinkForms {

  private LinkForms() {}

  static Row link(Fact<Link> fact) {
    List<Field> fields = fields(fact.value());
    // ip link without -d does not tell what a link is
    fact.value().kind().ifPresent(k -> kind(k, fields));
    return Row.of(fact, fact.value().name(), weight(fact.value()), fields);
  }

  /** Whatever joins a pod to its node: a packet that is put into it comes out at the other end. */
  static Row podLink(Fact<Link> fact) {
    Link link = fact.value();
    List<Field> fields = fields(link);
    link.kind().ifPresent(k -> fields.add(Field.detail("type", k.name())));
    return Row.of(fact, link.name(), weight(link), fields);
  }

  private static List<Field> fields(Link link) {
    List<Field> fields = new ArrayList<>();
    fields.add(Field.of("state", link.isUp() ? "up" : "down"));
    link.mtu().ifPresent(m -> fields.add(Field.atMost("mtu", m)));
    fields.add(Field.of("master", link.master().orElse("")));
    // only a VXLAN device's own hardware address is known to other nodes
    boolean announced = link.kind().filter(LinkKind.Vxlan.class::isInstance).isPresent();
    link.mac()
        .ifPresent(m -> fields.add(announced ? Field.of("address", m) : Field.own("address", m)));
    return fields;
  }

  /**
   * What the tunnel modules put into every namespace, whether anybody uses it or not
   * (net.core.fb_tunnels_only_for_init_net); up, it is used.
   */
  private static final Set<String> FALLBACK =
      Set.of(
          "tunl0",
          "gre0",
          "gretap0",
          "erspan0",
          "ip_vti0",
          "sit0",
          "ip6tnl0",
          "ip6gre0",
          "ip6_vti0");

  /**
   * What Open vSwitch makes for all its tunnels of a kind (lib/dpif-netlink-rtnl.c: gre_sys,
   * vxlan_sys_4789, genev_sys_6081); the tunnels themselves are its ports.
   */
  private static final Pattern OF_OPEN_VSWITCH =
      Pattern.compile("gre_sys|(?:vxlan|genev)_sys_\\d+");

  private static Weight weight(Link link) {
    return link.name().equals("lo")
            || OF_OPEN_VSWITCH.matcher(link.name()).matches()
            || FALLBACK.contains(link.name()) && !link.isUp()
        ? Weight.DETAIL
        // CNI's bridge plug-in and docker name a pod's link by chance
        : Devices.isPodLink(link.name()) ? Weight.IDENTITY : Weight.MEANING;
  }

  private static void kind(LinkKind kind, List<Field> fields) {
    fields.add(Field.of("type", kind.name()));
    switch (kind) {
      case LinkKind.Vxlan vxlan -> {
        fields.add(Field.of("id", text(vxlan.vni())));
        fields.add(Field.of("local", text(vxlan.local())));
        fields.add(Field.of("remote", text(vxlan.remote())));
        fields.add(Field.of("dev", vxlan.device().orElse("")));
        fields.add(Field.of("dstport", text(vxlan.port())));
        fields.add(Field.of("learning", vxlan.learning() ? "on" : "off"));
      }
      case LinkKind.Ipip ipip -> {
        fields.add(Field.of("local", text(ipip.local())));
        fields.add(Field.of("remote", text(ipip.remote())));
      }
      case LinkKind.Gre gre -> {
        fields.add(Field.of("local", text(gre.local())));
        fields.add(Field.of("remote", text(gre.remote())));
      }
      case LinkKind.Bridge bridge -> {
        fields.add(Field.of("vlan_filtering", bridge.vlanFiltering() ? "1" : "0"));
        fields.add(Field.of("nf_call_iptables", bridge.nfCallIptables() ? "1" : "0"));
      }
      case LinkKind.Metadata _ -> fields.add(Field.of("external", "on"));
      case LinkKind.Veth _, LinkKind.Tun _, LinkKind.Dummy _, LinkKind.Other _ -> {}
    }
  }

  static Row address(Fact<Address> fact) {
    Address address = fact.value();
    boolean byItself = address.local().isLinkLocal() || address.local().isLoopback();
    return Row.of(
        fact,
        address.local() + " dev " + address.device(),
        byItself ? Weight.OBSERVATION : Weight.MEANING,
        List.of(
            Field.of("prefix", "/" + address.prefixLength()),
            Field.of("peer", text(address.peer())),
            Field.detail("scope", address.scope())));
  }

  private static String text(Optional<?> value) {
    return value.map(Object::toString).orElse("");
  }
}
