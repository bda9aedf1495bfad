package io.podpath.probes.parse;

import io.podpath.core.cluster.BgpConfiguration;
import io.podpath.core.cluster.BgpPeer;
import io.podpath.core.cluster.BlockAffinity;
import io.podpath.core.cluster.CalicoNode;
import io.podpath.core.cluster.IpPool;
import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Calico's objects: projectcalico.org/v3, its stored twin crd.projectcalico.org/v1, and calicoctl's
 * own v1 of old.
 */
final class CalicoObjects {

  private CalicoObjects() {}

  static Optional<IpPool> pool(Tree object) {
    // calicoctl v1 kept the CIDR in metadata and the IPIP mode in spec.ipip
    Optional<IpPrefix> cidr =
        object
            .text("spec", "cidr")
            .or(() -> object.text("metadata", "cidr"))
            .flatMap(IpPrefix::parse);
    if (cidr.isEmpty()) {
      return Optional.empty();
    }
    boolean old = object.at("metadata", "cidr").isPresent();
    return Optional.of(
        new IpPool(
            object.text("metadata", "name").orElse(cidr.get().toString()),
            cidr.get(),
            old ? oldIpipMode(object) : Gathered.known(mode(object, "ipipMode")),
            Gathered.known(mode(object, "vxlanMode")),
            Gathered.known(
                object
                    .bool("spec", "natOutgoing")
                    .or(() -> object.bool("spec", "nat-outgoing"))
                    .orElse(false)),
            Gathered.known(object.bool("spec", "disabled").orElse(false))));
  }

  /** An absent mode means Never (IPPoolSpec in libcalico-go). */
  private static String mode(Tree object, String key) {
    return object.text("spec", key).filter(m -> !m.isEmpty()).orElse("Never");
  }

  private static Gathered<String> oldIpipMode(Tree object) {
    if (object.bool("spec", "ipip", "enabled").orElse(false)) {
      String mode = object.text("spec", "ipip", "mode").orElse("always");
      return Gathered.known(mode.equals("cross-subnet") ? "CrossSubnet" : "Always");
    }
    return Gathered.known("Never");
  }

  static Optional<BgpConfiguration> configuration(Tree object) {
    return object
        .text("metadata", "name")
        .map(name ->
            new BgpConfiguration(
                name,
                object
                    .bool("spec", "nodeToNodeMeshEnabled")
                    .map(Gathered::known)
                    .orElse(Gathered.absent()),
                gathered(asNumber(object, "spec", "asNumber"))));
  }

  private static Optional<Long> asNumber(Tree object, String... path) {
    OptionalLong number = object.number(path);
    return number.isPresent() && number.getAsLong() > 0
        ? Optional.of(number.getAsLong())
        : Optional.empty();
  }

  private static <T> Gathered<T> gathered(Optional<T> value) {
    return value.map(Gathered::known).orElse(Gathered.absent());
  }

  /**
   * A peer; in v1 its node and address stood in metadata. Where a key stands twice, YAML readers
   * take the last.
   */
  static Optional<BgpPeer> peer(Tree object) {
    Optional<String> peerIp =
        filled(object, "spec", "peerIP").or(() -> filled(object, "metadata", "peerIP"));
    Optional<String> selector = filled(object, "spec", "peerSelector");
    if (peerIp.isEmpty() && selector.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new BgpPeer(
            object.text("metadata", "name").orElse(peerIp.orElse("")),
            filled(object, "spec", "node").or(() -> filled(object, "metadata", "node")),
            filled(object, "spec", "nodeSelector"),
            peerIp.flatMap(CalicoObjects::peerAddress),
            selector,
            asNumber(object, "spec", "asNumber")));
  }

  private static Optional<String> filled(Tree object, String... path) {
    return object.text(path).filter(t -> !t.isBlank());
  }

  /** {@code 10.0.0.1}, or with a port: {@code 10.0.0.1:179}, {@code [fd00::1]:179}. */
  private static Optional<IpAddress> peerAddress(String text) {
    if (text.startsWith("[") && text.indexOf(']') > 0) {
      return IpAddress.parse(text.substring(1, text.indexOf(']')));
    }
    int colon = text.indexOf(':');
    boolean port = colon > 0 && colon == text.lastIndexOf(':');
    return IpAddress.parse(port ? text.substring(0, colon) : text);
  }

  /** Where the address of a peer stands, which is what is wrong when it is wrong. */
  static int peerLine(Tree object) {
    return object
        .at("spec", "peerIP")
        .or(() -> object.at("metadata", "peerIP"))
        .map(Tree::line)
        .orElse(object.line());
  }

  static Optional<CalicoNode> node(Tree object) {
    Optional<String> name = object.text("metadata", "name");
    if (name.isEmpty()) {
      return Optional.empty();
    }
    Optional<CalicoRows.OwnAddress> own =
        object
            .text("spec", "bgp", "ipv4Address")
            .or(() -> object.text("spec", "bgp", "ipv6Address"))
            .flatMap(CalicoRows.OwnAddress::parse);
    Optional<IpAddress> tunnel =
        object
            .text("spec", "bgp", "ipv4IPIPTunnelAddr")
            .or(() -> object.text("spec", "ipv4VXLANTunnelAddr"))
            .flatMap(IpAddress::parse);
    return Optional.of(
        new CalicoNode(
            name.get(),
            gathered(own.map(CalicoRows.OwnAddress::address)),
            gathered(own.flatMap(CalicoRows.OwnAddress::network)),
            gathered(tunnel),
            gathered(object.text("spec", "bgp", "routeReflectorClusterID")),
            gathered(asNumber(object, "spec", "bgp", "asNumber")),
            Gathered.known(ClusterObjects.texts(object, "metadata", "labels"))));
  }

  static Optional<BlockAffinity> affinity(Tree object) {
    Optional<IpPrefix> cidr = object.text("spec", "cidr").flatMap(IpPrefix::parse);
    Optional<String> node = object.text("spec", "node");
    return cidr.isEmpty() || node.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new BlockAffinity(
                cidr.get(),
                node.get(),
                object.text("spec", "state"),
                object.bool("spec", "deleted").orElse(false)));
  }

  /**
   * Which kind an object is that was pasted without its head; empty when its spec does not tell.
   */
  static Optional<String> kindOf(Tree object) {
    if (object.at("spec", "cidr").isPresent() && object.at("spec", "node").isPresent()) {
      return Optional.of("BlockAffinity");
    }
    boolean pool =
        object.at("spec", "ipipMode").isPresent()
            || object.at("spec", "natOutgoing").isPresent()
            || object.at("spec", "blockSize").isPresent();
    if (object.at("spec", "cidr").isPresent() && pool) {
      return Optional.of("IPPool");
    }
    if (object.at("spec", "peerIP").isPresent() || object.at("spec", "peerSelector").isPresent()) {
      return Optional.of("BGPPeer");
    }
    return object.at("spec", "nodeToNodeMeshEnabled").isPresent()
        ? Optional.of("BGPConfiguration")
        : Optional.empty();
  }
}
