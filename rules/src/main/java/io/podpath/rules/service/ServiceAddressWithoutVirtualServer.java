package io.podpath.rules.service;

import com.google.auto.service.AutoService;
import io.podpath.core.fix.Fix;
import io.podpath.core.net.IpAddress;
import io.podpath.core.netfilter.VirtualServer;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.Evidence;
import io.podpath.core.rule.FindingBuilder;
import io.podpath.core.rule.Need;
import io.podpath.core.rule.Needs;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.ServiceProxyKind;
import io.podpath.core.walk.Disposition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A service address is local on a node, but IPVS has no virtual server for it. */
@AutoService(Rule.class)
public final class ServiceAddressWithoutVirtualServer implements Rule {

  @Override
  public String id() {
    return "service-address-without-virtual-server";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "a service address is local on a node, but no IPVS virtual server serves it";
  }

  @Override
  public Needs needs() {
    return Needs.of(Need.any("addresses", Section.ADDRESSES), Need.any("ipvs", Section.IPVS))
        .with(ServiceProxyKind.IPVS);
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector outcome = new Outcome.Collector(this);
    Map<IpAddress, List<NodeState>> unserved = new LinkedHashMap<>();
    for (NodeState node : view.machines()) {
      Set<IpAddress> local = localAddresses(node);
      if (local.isEmpty()) {
        continue;
      }
      Entries<VirtualServer> ipvs = node.get(Section.IPVS);
      if (!ipvs.isComplete()) {
        outcome.notChecked(node.name(), "ipvs: " + ipvs.coverage().gap());
        continue;
      }
      local.stream()
          .filter(a -> ipvs.values().noneMatch(v -> v.address().filter(a::equals).isPresent()))
          .forEach(a -> unserved.computeIfAbsent(a, x -> new ArrayList<>()).add(node));
    }
    unserved.forEach((address, nodes) -> outcome.found(finding(view, address, nodes)));
    return outcome.done();
  }

  private static Set<IpAddress> localAddresses(NodeState node) {
    Set<IpAddress> addresses = new LinkedHashSet<>();
    ServiceAddresses.localRoutes(node)
        .forEach(f -> addresses.add(f.value().destination().address()));
    ServiceAddresses.addresses(node).forEach(f -> addresses.add(f.value().local()));
    return addresses;
  }

  private io.podpath.core.rule.Finding finding(
      ClusterView view, IpAddress address, List<NodeState> nodes) {
    String names = String.join(", ", nodes.stream().map(NodeState::name).toList());
    FindingBuilder finding =
        new FindingBuilder(this, Severity.ERROR)
            .certainty(Certainty.PROVEN)
            .title(
                "on "
                    + names
                    + " the service address "
                    + address
                    + " is local, but IPVS has no virtual server for it")
            .why(
                "The address stands on kube-ipvs0, so packets for it are delivered to the node itself; without a virtual server IPVS does not take them and no socket listens: connection"
                    + " refused at once, from the node and from its pods. The node's own connections to it also take "
                    + address
                    + " as their source.")
            .expected(
                "a virtual server for "
                    + address
                    + " in ipvsadm -Ln, or, when the service is gone, no such address on kube-ipvs0")
            .disposition(Disposition.NO_SERVICE_ENDPOINT)
            .seeByHand(
                "ipvsadm -Ln | grep -A3 " + address,
                "ip addr show dev kube-ipvs0",
                "ip route get " + address)
            .explainedBy(
                "kube-proxy-without-api-server",
                "kube-proxy-config-invalid",
                "kube-proxy-rules-rejected")
            .fix(
                Fix.advice(
                    "kube-proxy owns kube-ipvs0 and the virtual servers",
                    "restart kube-proxy on "
                        + names
                        + ": it writes both again within its sync period; when ipvs is no longer used, remove the interface: ip link delete kube-ipvs0"));
    for (NodeState node : nodes) {
      Fact<?> entry = ServiceAddresses.local(node, address).orElseThrow();
      finding.culprit(
          Culprit.missing(
              node.name(),
              EntryKind.IPVS,
              elsewhere(view, address),
              node.get(Section.IPVS).place(),
              "no virtual server has this address"));
      finding.evidence(Evidence.of(entry, "makes " + address + " local on " + node.name()));
    }
    return finding.build();
  }

  /** The virtual server as another node has it. */
  private static String elsewhere(ClusterView view, IpAddress address) {
    return view.machines().stream()
        .flatMap(n -> n.get(Section.IPVS).values())
        .filter(v -> v.address().filter(address::equals).isPresent())
        .map(Object::toString)
        .findFirst()
        .orElse("virtual server " + address);
  }
}
