package io.podpath.core.blueprint;

import io.podpath.core.cni.OvsPort;
import io.podpath.core.node.LinkKind;
import io.podpath.core.snapshot.FabricKind;
import io.podpath.core.snapshot.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * docker0 bridges joined to one Ethernet network by Open vSwitch and GRE.
 *
 * @param ends of the tunnels; none for a star around the first node: a ring of bridges without
 *     spanning tree would carry every broadcast for ever
 */
public record OvsGre(List<End> ends) implements Fabric {

  private static final String BRIDGE = "br0";

  /** The outer IPv4 and GRE headers and the inner Ethernet header. */
  private static final int OVERHEAD = 38;

  public OvsGre {
    ends = List.copyOf(ends);
  }

  /** A star around the first node. */
  public OvsGre() {
    this(List.of());
  }

  /**
   * One end of a tunnel.
   *
   * @param node name of the node it is on
   * @param port what it is called there
   * @param other name of the node it leads to
   */
  public record End(String node, String port, String other) {}

  @Override
  public String name() {
    return "ovs-gre";
  }

  @Override
  public FabricKind kind() {
    return FabricKind.OVS_GRE;
  }

  @Override
  public void lay(ClusterFacts cluster, NodeFacts node, NodeDraft draft) {
    int mtu = node.card().mtu() - OVERHEAD;
    BridgePods.docker0(mtu).lay(node, Optional.empty(), draft);
    StaticRoutes.publishedPorts(draft);
    draft
        .host()
        .port(
            BRIDGE,
            new LinkKind.Other("openvswitch"),
            // Open vSwitch keeps an internal port at its own default; docker0 takes the least
            node.card().mtu(),
            Hardware.mac(BRIDGE + node.name()),
            "docker0",
            false);
    draft.host().dev(cluster.podNetwork(), "docker0", "all containers are on one network");
    draft.row(Section.OVS_PORTS, port(BRIDGE, "internal", new TreeMap<>()), "the bridge itself");
    for (End end : ends.isEmpty() ? star(cluster) : ends) {
      if (end.node().equals(node.name())) {
        cluster.node(end.other()).ifPresent(other -> tunnel(end.port(), other, draft));
      }
    }
    draft.daemon(new Daemon.OpenVswitch(BRIDGE));
  }

  private static void tunnel(String port, NodeFacts other, NodeDraft draft) {
    TreeMap<String, String> options = new TreeMap<>();
    options.put("remote_ip", other.address().toString());
    draft.row(Section.OVS_PORTS, port(port, "gre", options), "tunnel to " + other.name());
  }

  private static OvsPort port(String name, String type, SortedMap<String, String> options) {
    return new OvsPort(
        BRIDGE, name, name, Optional.of(type), options, Optional.empty(), Optional.empty());
  }

  private static List<End> star(ClusterFacts cluster) {
    NodeFacts hub = cluster.nodes().getFirst();
    List<End> ends = new ArrayList<>();
    for (NodeFacts other : cluster.othersThan(hub)) {
      ends.add(new End(hub.name(), "gre" + (ends.size() + 1), other.name()));
    }
    cluster.othersThan(hub).forEach(other -> ends.add(new End(other.name(), "gre1", hub.name())));
    return ends;
  }
}
