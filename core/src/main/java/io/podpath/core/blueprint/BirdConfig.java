package io.podpath.core.blueprint;

import io.podpath.core.net.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The configuration of a node's BIRD 2, with the filters of Calico's confd. BIRD 2 has no
 * krt_tunnel as Calico's BIRD 1.6 has: the table "tunnels" resolves each peer over tunl0 instead,
 * and the kernel gets the same routes.
 */
final class BirdConfig {

  private final ClusterFacts cluster;
  private final NodeFacts node;
  private final CalicoEncapsulation encapsulation;

  BirdConfig(ClusterFacts cluster, NodeFacts node, CalicoEncapsulation encapsulation) {
    this.cluster = cluster;
    this.node = node;
    this.encapsulation = encapsulation;
  }

  String text() {
    List<String> parts = new ArrayList<>();
    parts.add("router id " + node.address() + ";");
    parts.add("ipv4 table tunnels;");
    parts.add(block("protocol static blocks", "  ipv4;\n" + ownBlocks()));
    parts.add(block("protocol static peers", "  ipv4 { table tunnels; };\n" + wayToPeers()));
    parts.add(block("filter calico_export_to_bgp_peers", exported()));
    parts.add(
        block(
            "filter calico_kernel_programming",
            "  if (source = RTS_DEVICE) then reject;\n  accept;\n"));
    parts.add(
        """
        protocol kernel {
          learn;
          persist;
          scan time 2;
          metric 0;
          merge paths on;
          ipv4 {
            import all;
            export filter calico_kernel_programming;
          };
        }

        protocol device {
          scan time 2;
        }

        protocol direct {
          ipv4;
          interface -"cali*", -"kube-ipvs*", "*";
        }
        """
            .strip());
    parts.add(template());
    new BgpSessions(cluster).of(node).forEach(p -> parts.add(session(p)));
    return String.join("\n\n", parts) + "\n";
  }

  private static String block(String head, String body) {
    return head + " {\n" + body + "}";
  }

  private String ownBlocks() {
    StringBuilder text = new StringBuilder();
    node.podSubnets().forEach(b -> text.append("  route ").append(b).append(" blackhole;\n"));
    return text.toString();
  }

  private String wayToPeers() {
    StringBuilder text = new StringBuilder();
    for (NodeFacts other : cluster.othersThan(node)) {
      String destination = "  route " + other.address().toPrefix();
      Optional<Card> card = node.cardTowards(other.address());
      if (encapsulation.tunnels(node, other)) {
        text.append(destination).append(" via ").append(other.address()).append("%tunl0 onlink;\n");
      } else if (card.isPresent()) {
        text.append(destination)
            .append(" via ")
            .append('"')
            .append(card.get().device())
            .append("\";\n");
      } else {
        node.card()
            .gateway()
            .ifPresent(g -> text.append(destination).append(" via ").append(g).append(";\n"));
      }
    }
    return text.toString();
  }

  private String exported() {
    StringBuilder text = new StringBuilder();
    for (IpPrefix block : node.podSubnets()) {
      text.append("  if (net = ").append(block).append(") then accept;\n");
      text.append("  if (net ~ ").append(block).append(") then reject;\n");
    }
    text.append("  if (net ~ ").append(cluster.podNetwork()).append(") then accept;\n");
    return text.append("  reject;\n").toString();
  }

  private String template() {
    return """
    template bgp bgp_template {
      description "Connection to BGP peer";
      local %s as %d;
      multihop;
      connect delay time 1;
      connect retry time 2;
      error wait time 2,5;
      ipv4 {
        igp table tunnels;
        gateway recursive;
        import all;
        export filter calico_export_to_bgp_peers;
        add paths on;
      };
    }
    """
        .formatted(node.address(), cluster.bgp().asNumber())
        .strip();
  }

  private String session(BgpSessions.Peer peer) {
    String kind =
        peer.type().equals("node-to-node mesh")
            ? "Mesh_"
            : peer.type().equals("global") ? "Global_" : "Node_";
    StringBuilder text =
        new StringBuilder()
            .append("protocol bgp ")
            .append(kind)
            .append(peer.address().toString().replace('.', '_'))
            .append(" from bgp_template {\n  neighbor ")
            .append(peer.address())
            .append(" as ")
            .append(cluster.bgp().asNumber())
            .append(";\n");
    if (peer.client()) {
      text.append("  rr client;\n");
      node.clusterId().ifPresent(id -> text.append("  rr cluster id ").append(id).append(";\n"));
    }
    return text.append("}").toString();
  }
}
