package io.podpath.probes.parse;

import io.podpath.core.net.IfIndex;
import io.podpath.core.net.IpAddress;
import io.podpath.core.node.GreHeader;
import io.podpath.core.node.LinkKind;
import java.util.Optional;

/** An interface as {@code ip -j link} and {@code ip -j addr} print it. */
final class LinkObject {

  private LinkObject() {}

  static LinkDraft read(Tree object) throws BadLine {
    LinkDraft draft =
        new LinkDraft(
            object.line(),
            object.text("ifname").orElseThrow(() -> new BadLine("an interface without ifname")));
    long index = object.number("ifindex").orElse(-1);
    draft.index =
        index >= 0 && index <= Integer.MAX_VALUE
            ? Optional.of(new IfIndex((int) index))
            : Optional.empty();
    for (Tree flag : object.items("flags")) {
      if (flag instanceof Tree.Scalar(var text, var kind, var line)) {
        draft.flags.add(text);
      }
    }
    draft.mtu = object.text("mtu").flatMap(LinkDraft::mtu);
    draft.operState = object.text("operstate");
    draft.master = object.text("master");
    draft.peer = peer(object);
    Optional<String> other =
        object.bool("link_pointtopoint").orElse(false)
            ? object.text("broadcast")
            : Optional.empty();
    draft.hardware(object.text("link_type").orElse(""), object.text("address"), other);
    object.at("linkinfo").flatMap(LinkObject::kind).ifPresent(k -> draft.kind = Optional.of(k));
    return draft;
  }

  /**
   * As the text prints it behind {@code @}: a name, {@code ifN} for an index of another namespace,
   * {@code NONE}.
   */
  private static Optional<String> peer(Tree object) {
    Optional<String> name = object.text("link");
    if (name.isPresent()) {
      return name;
    }
    if (object.members().containsKey("link")) {
      return Optional.of("NONE");
    }
    return object.text("link_index").map(i -> "if" + i);
  }

  private static Optional<LinkKind> kind(Tree info) {
    Tree data = info.get("info_data").orElse(new Tree.Obj(java.util.Map.of(), info.line()));
    Optional<IpAddress> local =
        data.text("local").or(() -> data.text("local6")).flatMap(LinkDraft::specified);
    Optional<IpAddress> remote =
        data.text("remote")
            .or(() -> data.text("group"))
            .or(() -> data.text("remote6"))
            .or(() -> data.text("group6"))
            .flatMap(LinkDraft::specified);
    boolean external = data.bool("external").or(() -> data.bool("collect_metadata")).orElse(false);
    return info.text("info_kind")
        .map(name ->
            switch (name) {
              case String told when external -> new LinkKind.Metadata(told);
              case "bridge" ->
                  new LinkKind.Bridge(
                      isOne(data, "vlan_filtering"),
                      isOne(data, "nf_call_iptables"),
                      isOne(data, "nf_call_ip6tables"));
              case "vxlan" ->
                  new LinkKind.Vxlan(
                      data.text("id").flatMap(LinkDraft::vni),
                      local,
                      remote,
                      data.text("link"),
                      data.text("port").flatMap(LinkDraft::port),
                      data.bool("learning").orElse(true),
                      OuterHeaders.vxlan(ttl(data), data.text("df")));
              default ->
                  LinkDraft.plain(
                      name,
                      local,
                      remote,
                      OuterHeaders.tunnel(
                          data.text("ttl"),
                          !data.bool("pmtudisc").orElse(true),
                          data.bool("ignore_df").orElse(false)),
                      gre(data, "i"),
                      gre(data, "o"));
            });
  }

  /** {@code ttl inherit} is not printed as JSON, of all that is told of a VXLAN device. */
  private static Optional<String> ttl(Tree data) {
    return data.text("ttl")
        .or(() -> data.members().containsKey("ageing") ? Optional.of("inherit") : Optional.empty());
  }

  private static GreHeader gre(Tree data, String direction) {
    return OuterHeaders.gre(
        data.text(direction + "key"),
        data.bool(direction + "csum").orElse(false),
        data.bool(direction + "seq").orElse(false));
  }

  private static boolean isOne(Tree data, String name) {
    return data.text(name).filter("1"::equals).isPresent();
  }
}
