package io.podpath.core.rule;

import io.podpath.core.cluster.KubeNode;
import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpFamily;
import io.podpath.core.rule.Diagnosis.Missing;
import io.podpath.core.rule.Diagnosis.NodeCompleteness;
import io.podpath.core.rule.Diagnosis.NodeReport;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Entries;
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

  static List<NodeReport> report(ClusterView view) {
    List<NodeReport> reports = new ArrayList<>();
    for (NodeState node : view.nodes()) {
      List<Missing> missing = missing(view, node);
      reports.add(
          new NodeReport(
              node.name(),
              missing.isEmpty() ? NodeCompleteness.COMPLETE : NodeCompleteness.PARTIAL,
              missing));
    }
    Set<String> recorded =
        view.nodes().stream()
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

  private static List<Missing> missing(ClusterView view, NodeState node) {
    List<Missing> missing = new ArrayList<>();
    need(missing, "addresses", node.get(Section.ADDRESSES));
    need(missing, "routes", node.host().mainRoutes(IpFamily.INET));
    switch (node.get(Section.SYSCTLS).find(s -> s.key().equals("net.ipv4.ip_forward"))) {
      case Gathered.Known<?>(var value) -> {}
      case Gathered.Absent<?>() ->
          missing.add(new Missing("sysctl net.ipv4.ip_forward", "not recorded"));
      case Gathered.NotGathered<?>(var reason) ->
          missing.add(new Missing("sysctl net.ipv4.ip_forward", reason));
    }
    boolean forwardListed =
        ClusterView.iptables(node.host(), IpFamily.INET).stream()
                .anyMatch(l ->
                    l.chains().isComplete() || l.chain("filter", "FORWARD").optional().isPresent())
            || node.get(Section.NFT_CHAINS).isComplete();
    if (!forwardListed) {
      missing.add(new Missing("iptables FORWARD", "not recorded"));
    }
    FabricKind fabric = view.fabric();
    if (fabric == FabricKind.FLANNEL_VXLAN || fabric == FabricKind.CALICO_VXLAN) {
      need(missing, "neighbours", node.get(Section.NEIGHBOURS));
      need(missing, "fdb", node.get(Section.FDB));
    }
    if (fabric == FabricKind.OVS_GRE) {
      need(missing, "ovs-ports", node.get(Section.OVS_PORTS));
    }
    return missing;
  }

  private static void need(List<Missing> missing, String name, Entries<?> entries) {
    if (!entries.isComplete()) {
      missing.add(new Missing(name, entries.coverage().gap()));
    }
  }
}
