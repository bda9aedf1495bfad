package io.podpath.core.blueprint;

import io.podpath.core.cni.OvsPort;
import io.podpath.core.node.LinkKind;
import io.podpath.core.snapshot.FabricKind;
import io.podpath.core.snapshot.Section;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * docker0 bridges joined to one Ethernet network by Open vSwitch and GRE. The first node is the
 * hub: a ring of bridges without spanning tree would carry every broadcast for ever.
 */
public record OvsGre() implements Fabric {

  private static final String BRIDGE = "br0";

  /** The outer IPv4 and GRE headers and the inner Ethernet header. */
  private static final int OVERHEAD = 38;

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
    int number = 0;
    for (NodeFacts other : neighbours(cluster, node)) {
      number++;
      TreeMap<String, String> options = new TreeMap<>();
      options.put("remote_ip", other.address().toString());
      draft.row(
          Section.OVS_PORTS,
          new OvsPort(
              BRIDGE,
              "gre" + number,
              "gre" + number,
              Optional.of("gre"),
              options,
              Optional.empty(),
              Optional.empty()),
          "tunnel to " + other.name());
    }
    draft.daemon(new Daemon.OpenVswitch(BRIDGE));
  }

  private static List<NodeFacts> neighbours(ClusterFacts cluster, NodeFacts node) {
    NodeFacts hub = cluster.nodes().getFirst();
    return node.name().equals(hub.name()) ? cluster.othersThan(node) : List.of(hub);
  }
}
