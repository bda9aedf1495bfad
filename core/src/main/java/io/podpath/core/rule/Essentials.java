package io.podpath.core.rule;

import io.podpath.core.cluster.KubeNode;
import io.podpath.core.rule.Diagnosis.Missing;
import io.podpath.core.rule.Diagnosis.NodeCompleteness;
import io.podpath.core.rule.Diagnosis.NodeReport;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.FabricKind;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What must be gathered of every node before podpath may call a cluster healthy: all that can stop
 * a forwarded packet there.
 */
final class Essentials {

  private Essentials() {}

  /** Of the nodes: those with state, and those of which there is only the Node object. */
  static List<NodeReport> nodes(ClusterView view) {
    List<NodeReport> reports = new ArrayList<>();
    view.machines().forEach(n -> reports.add(report(view, n)));
    Set<String> recorded =
        view.machines().stream()
            .map(n -> n.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    for (Fact<KubeNode> fact : view.get(Section.NODES).facts()) {
      String name = fact.value().name();
      if (!recorded.contains(name.toLowerCase(Locale.ROOT))) {
        reports.add(
            new NodeReport(
                name,
                NodeCompleteness.PARTIAL,
                List.of(new Missing("all", "nothing of this node is in the input"))));
      }
    }
    return reports;
  }

  /** Of terminals without a name, each of which may be any node. */
  static List<NodeReport> terminals(ClusterView view) {
    return view.nodes().stream().filter(n -> !n.named()).map(n -> report(view, n)).toList();
  }

  private static NodeReport report(ClusterView view, NodeState node) {
    List<Missing> missing = new ArrayList<>();
    for (Need need : needs(view.fabric())) {
      need.gap(view, node).ifPresent(reason -> missing.add(new Missing(need.what(), reason)));
    }
    return new NodeReport(
        node.name(),
        missing.isEmpty() ? NodeCompleteness.COMPLETE : NodeCompleteness.PARTIAL,
        missing);
  }

  private static List<Need> needs(FabricKind fabric) {
    List<Need> needs =
        new ArrayList<>(List.of(Need.ADDRESSES, Need.ROUTES, Need.IP_FORWARD, Need.FORWARD));
    if (fabric == FabricKind.FLANNEL_VXLAN || fabric == FabricKind.CALICO_VXLAN) {
      needs.add(Need.whole("neighbours", Section.NEIGHBOURS));
      needs.add(Need.whole("fdb", Section.FDB));
    }
    if (fabric == FabricKind.OVS_GRE) {
      needs.add(Need.whole("ovs-ports", Section.OVS_PORTS));
    }
    return needs;
  }
}
