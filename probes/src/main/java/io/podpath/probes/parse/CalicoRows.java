package io.podpath.probes.parse;

import io.podpath.core.cluster.BgpConfiguration;
import io.podpath.core.cluster.BgpPeer;
import io.podpath.core.cluster.BlockAffinity;
import io.podpath.core.cluster.CalicoNode;
import io.podpath.core.cluster.IpPool;
import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rows of calicoctl's tables, and of kubectl's tables of Calico objects. Each method is empty when
 * the row is not of its kind.
 */
final class CalicoRows {

  private static final String NOT_SHOWN = "not in the table";

  private CalicoRows() {}

  /**
   * {@code 192.168.2.107/24} of a node's spec or annotation.
   *
   * @param network empty where no length was given
   */
  record OwnAddress(IpAddress address, Optional<IpPrefix> network) {

    static Optional<OwnAddress> parse(String text) {
      int slash = text.indexOf('/');
      Optional<IpAddress> address = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
      return address.map(
          a -> new OwnAddress(a, slash < 0 ? Optional.empty() : IpPrefix.parse(text)));
    }
  }

  /**
   * A node known by its address and perhaps its tunnel's address; what is not in the row is absent
   * when its column is there.
   */
  static Optional<CalicoNode> node(Map<String, String> cells, TextTable table) {
    Optional<String> name = ClusterRows.name(cells);
    if (name.isEmpty()) {
      return Optional.empty();
    }
    Optional<OwnAddress> own =
        ClusterRows.cell(cells, "IPV4")
            .or(() -> ClusterRows.cell(cells, "CALICO-ADDRESS"))
            .flatMap(OwnAddress::parse);
    Gathered<IpAddress> tunnel =
        table.has("CALICO-TUNNEL")
            ? gathered(ClusterRows.cell(cells, "CALICO-TUNNEL").flatMap(IpAddress::parse))
            : Gathered.notGathered(NOT_SHOWN);
    // The autonomous system of the whole cluster stands in brackets.
    Gathered<Long> asNumber =
        ClusterRows.cell(cells, "ASN")
            .flatMap(a -> asNumber(a.replace("(", "").replace(")", "")))
            .map(Gathered::known)
            .orElse(Gathered.notGathered(NOT_SHOWN));
    return Optional.of(
        new CalicoNode(
            name.get(),
            gathered(own.map(OwnAddress::address)),
            own.isEmpty()
                ? Gathered.absent()
                : own.get()
                    .network()
                    .map(Gathered::known)
                    .orElse(Gathered.notGathered("no length given")),
            tunnel,
            table.has("CALICO-REFLECTOR")
                ? gathered(ClusterRows.cell(cells, "CALICO-REFLECTOR"))
                : Gathered.notGathered(NOT_SHOWN),
            asNumber,
            Gathered.notGathered(NOT_SHOWN)));
  }

  private static <T> Gathered<T> gathered(Optional<T> value) {
    return value.map(Gathered::known).orElse(Gathered.absent());
  }

  static Optional<Long> asNumber(String text) {
    return text.isEmpty() || text.length() > 10 || !text.chars().allMatch(c -> c >= '0' && c <= '9')
        ? Optional.empty()
        : Optional.of(Long.parseLong(text));
  }

  static Optional<IpPool> pool(Map<String, String> cells) {
    Optional<IpPrefix> cidr =
        ClusterRows.cell(cells, "CIDR").filter(c -> c.indexOf('/') > 0).flatMap(IpPrefix::parse);
    return cidr.map(prefix ->
        new IpPool(
            ClusterRows.name(cells).orElse(prefix.toString()),
            prefix,
            shown(cells, "IPIPMODE"),
            shown(cells, "VXLANMODE"),
            flag(cells, "NAT"),
            flag(cells, "DISABLED")));
  }

  private static Gathered<String> shown(Map<String, String> cells, String column) {
    return ClusterRows.cell(cells, column)
        .map(Gathered::known)
        .orElse(Gathered.notGathered(NOT_SHOWN));
  }

  private static Gathered<Boolean> flag(Map<String, String> cells, String column) {
    return ClusterRows.cell(cells, column)
        .filter(c -> c.equals("true") || c.equals("false"))
        .map(c -> Gathered.known(c.equals("true")))
        .orElse(Gathered.notGathered(NOT_SHOWN));
  }

  /** The column NODE shows a node, {@code (global)}, or a selector. */
  static Optional<BgpPeer> peer(Map<String, String> cells) {
    Optional<IpAddress> peerIp = ClusterRows.cell(cells, "PEERIP").flatMap(IpAddress::parse);
    Optional<String> node = ClusterRows.cell(cells, "NODE").filter(n -> !n.equals("(global)"));
    if (peerIp.isEmpty() && node.isEmpty()) {
      return Optional.empty();
    }
    boolean selector = node.isPresent() && (node.get().contains("(") || node.get().contains("="));
    return Optional.of(
        new BgpPeer(
            ClusterRows.name(cells).orElse(peerIp.map(IpAddress::toString).orElse("")),
            selector ? Optional.empty() : node,
            selector ? node : Optional.empty(),
            peerIp,
            Optional.empty(),
            ClusterRows.cell(cells, "ASN").flatMap(CalicoRows::asNumber)));
  }

  static Optional<BgpConfiguration> configuration(Map<String, String> cells) {
    Optional<String> name = ClusterRows.name(cells);
    String mesh = cells.getOrDefault("MESHENABLED", "");
    if (name.isEmpty() || mesh.isEmpty()) {
      return Optional.empty();
    }
    Gathered<Boolean> meshed =
        mesh.equals("true") || mesh.equals("false")
            ? Gathered.known(mesh.equals("true"))
            : Gathered.absent();
    return Optional.of(
        new BgpConfiguration(
            name.get(),
            meshed,
            gathered(ClusterRows.cell(cells, "ASNUMBER").flatMap(CalicoRows::asNumber))));
  }

  /**
   * A block affinity's name tells all: {@code bar-1-192-168-168-64-26} is 192.168.168.64/26 on
   * bar-1.
   */
  static Optional<BlockAffinity> affinity(String name) {
    String[] parts = name.split("-", -1);
    if (parts.length < 6) {
      return Optional.empty();
    }
    int first = parts.length - 5;
    StringBuilder cidr = new StringBuilder();
    for (int i = first; i < parts.length; i++) {
      if (!ClusterRows.isNumber(parts[i])) {
        return Optional.empty();
      }
      cidr.append(parts[i]).append(i == parts.length - 1 ? "" : i == parts.length - 2 ? "/" : ".");
    }
    String node = String.join("-", List.of(parts).subList(0, first));
    return IpPrefix.parse(cidr.toString())
        .filter(p -> p.length() >= 16 && !node.isEmpty())
        .map(p -> new BlockAffinity(p, node, Optional.empty(), false));
  }
}
