package io.podpath.rules;

import io.podpath.fixtures.lab.Fault;
import io.podpath.fixtures.lab.Faults;
import io.podpath.fixtures.lab.LabFabric;
import io.podpath.fixtures.lab.LabKernel;
import io.podpath.fixtures.lab.LabState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A fabric with a service proxy, and which faults are caused on it.
 *
 * @param kernel empty for whichever has what it needs
 * @param rules of the faults; empty for all that can happen there
 */
record LabCell(
    String fabric, String proxy, Optional<LabKernel> kernel, Optional<List<String>> rules) {

  /** Set for the whole product: "all", or some cells such as "calico-ipip/ipvs,ovs-gre/none". */
  private static final String CHOSEN = "podpath.labs";

  /**
   * What a build has time to break: all that this kernel carries, and of the others, and of
   * variants of a fabric, what is theirs.
   */
  private static final List<LabCell> BROKEN_IN_EVERY_BUILD =
      List.of(
          here("flannel-host-gw", "iptables"),
          here("flannel-vxlan", "iptables"),
          here(
              "flannel-vxlan-directrouting",
              "iptables",
              "route-to-node-missing",
              "forward-drop-without-accept"),
          here("flannel-udp", "iptables"),
          here("calico-bgp", "iptables"),
          here(
              "calico-bgp-route-reflector",
              "iptables",
              "ibgp-routes-not-reflected",
              "bgp-peer-not-a-node"),
          here("static-routes", "none"),
          here("ospf-routes", "none", "forward-reject-before-accept", "route-to-own-subnet"),
          inside("calico-ipip", "iptables", "wrong-tunnel-next-hop", "asymmetric-tunnel-source"),
          inside("calico-ipip-crosssubnet", "iptables", "node-address-claimed-twice"),
          inside("calico-ipip-two-networks", "iptables", "asymmetric-tunnel-source"),
          inside("flannel-ipip", "iptables", "route-to-node-missing"),
          inside("ovs-gre", "none", "gre-port-missing", "gre-remote-not-a-node"),
          inside(
              "flannel-vxlan",
              "ipvs",
              "service-address-without-virtual-server",
              "service-source-not-masqueraded",
              "node-address-on-kube-ipvs0"));

  private static LabCell here(String fabric, String proxy, String... rules) {
    return new LabCell(fabric, proxy, Optional.of(LabKernel.HOST), those(rules));
  }

  private static LabCell inside(String fabric, String proxy, String... rules) {
    return new LabCell(fabric, proxy, Optional.of(LabKernel.USER_MODE_LINUX), those(rules));
  }

  private static Optional<List<String>> those(String... rules) {
    return Optional.of(List.of(rules)).filter(r -> !r.isEmpty());
  }

  static List<LabCell> chosen() {
    String wanted = System.getProperty(CHOSEN, "");
    if (wanted.isEmpty()) {
      return ofEveryBuild();
    }
    return wanted.equals("all")
        ? product()
        : Stream.of(wanted.split(",", -1)).map(LabCell::named).toList();
  }

  /** All are built and healthy; some are broken too. */
  static List<LabCell> ofEveryBuild() {
    List<LabCell> cells = new ArrayList<>(BROKEN_IN_EVERY_BUILD);
    product().stream()
        .filter(c -> BROKEN_IN_EVERY_BUILD.stream().noneMatch(c::isLike))
        .map(c -> new LabCell(c.fabric(), c.proxy(), c.kernel(), Optional.of(List.of())))
        .forEach(cells::add);
    return cells;
  }

  boolean isLike(LabCell other) {
    return fabric.equals(other.fabric) && proxy.equals(other.proxy);
  }

  /** Every fabric, with its own proxy and with each mode of kube-proxy. */
  static List<LabCell> product() {
    List<LabCell> cells = new ArrayList<>();
    for (LabFabric fabric : LabFabric.ALL) {
      Stream.of(fabric.proxy(), "iptables", "ipvs")
          .distinct()
          .forEach(proxy -> cells.add(named(fabric.name() + "/" + proxy)));
    }
    return cells;
  }

  private static LabCell named(String name) {
    String[] parts = name.split("/", 2);
    LabCell cell =
        new LabCell(parts[0], parts.length < 2 ? "" : parts[1], Optional.empty(), Optional.empty());
    cell.state("any");
    return cell;
  }

  LabState state(String name) {
    LabFabric kind =
        LabFabric.named(fabric)
            .orElseThrow(() -> new IllegalArgumentException("no such fabric: " + fabric));
    return LabState.asked(
        name,
        kind,
        LabFabric.proxyNamed(proxy)
            .orElseThrow(() -> new IllegalArgumentException("no such service proxy: " + proxy)),
        3,
        2);
  }

  List<Fault> faults() {
    return rules
        .map(chosen -> chosen.stream().map(rule -> Faults.named(rule).orElseThrow()).toList())
        .orElseGet(() -> Faults.on(state("any").blueprint()));
  }

  @Override
  public String toString() {
    return fabric + " with service proxy " + proxy;
  }
}
