package io.podpath.rules.service;

import com.google.auto.service.AutoService;
import io.podpath.core.cluster.KubeNode;
import io.podpath.core.cluster.Service;
import io.podpath.core.cni.LogEvent;
import io.podpath.core.fix.Fix;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.Port;
import io.podpath.core.node.Address;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.EntryState;
import io.podpath.core.rule.Evidence;
import io.podpath.core.rule.FindingBuilder;
import io.podpath.core.rule.Need;
import io.podpath.core.rule.Needs;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.AddressPlan.AddressClaim;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.ServiceProxyKind;
import io.podpath.core.walk.Disposition;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** kube-proxy in ipvs mode bound a node's address, so that other nodes take it for their own. */
@AutoService(Rule.class)
public final class NodeAddressOnKubeIpvs0 implements Rule {

  @Override
  public String id() {
    return "node-address-on-kube-ipvs0";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "kube-ipvs0 holds the address of a node, so that this node answers for it instead of sending to it";
  }

  /** Why an address is taken for a node's. */
  private record Owner(String text, Evidence evidence, Certainty certainty) {}

  @Override
  public Needs needs() {
    return Needs.of(Need.any("addresses", Section.ADDRESSES)).with(ServiceProxyKind.IPVS);
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector outcome = new Outcome.Collector(this);
    Map<IpAddress, FindingBuilder> byAddress = new LinkedHashMap<>();
    for (NodeState node : view.machines()) {
      for (Fact<Address> fact : ServiceAddresses.addresses(node)) {
        IpAddress address = fact.value().local();
        Optional<Owner> owner = owner(view, node, address);
        if (owner.isPresent()) {
          FindingBuilder finding =
              byAddress.computeIfAbsent(address, a -> describe(a, owner.get()));
          finding.culprit(
              Culprit.extra(
                  node.name(), EntryKind.ADDRESS, fact, address.toString(), owner.get().text()));
          view.plan().ownerOf(address).ifPresent(o -> finding.affectsBothWays(node.name(), o));
        }
      }
    }
    if (view.serviceProxy() == ServiceProxyKind.IPVS
        || view.serviceProxy() == ServiceProxyKind.UNKNOWN) {
      announced(view, byAddress);
    }
    byAddress.values().forEach(f -> outcome.found(f.build()));
    return outcome.done();
  }

  private FindingBuilder describe(IpAddress address, Owner owner) {
    return new FindingBuilder(this, Severity.ERROR)
        .certainty(owner.certainty())
        .title(address + " stands on kube-ipvs0, but it is " + owner.text())
        .why(
            "In ipvs mode kube-proxy binds every external and load-balancer address of a service to kube-ipvs0 on all nodes, and the kernel treats what is bound as local. A node's own address bound there makes"
                + " all other nodes talk to themselves when they mean that node: its kubelet, SSH and etcd are cut off at once.")
        .evidence(owner.evidence())
        .expected("no service with a node's address in externalIPs or status.loadBalancer.ingress")
        .disposition(Disposition.DELIVERED_ELSEWHERE)
        .seeByHand(
            "ip addr show dev kube-ipvs0",
            "ip route get " + address,
            "kubectl get svc -A -o wide | grep " + address)
        .fix(
            Fix.advice(
                "kube-proxy owns kube-ipvs0 and puts the address back within its sync period (30 s)",
                "take the address out of the service (spec.externalIPs, or stop the load-balancer controller from publishing node addresses), or run kube-proxy in iptables mode; until then:"
                    + " ip addr del "
                    + address
                    + "/32 dev kube-ipvs0"));
  }

  private static Optional<Owner> owner(ClusterView view, NodeState node, IpAddress address) {
    Optional<AddressClaim> claim =
        view.plan().addresses().stream().filter(c -> c.address().equals(address)).findFirst();
    if (claim.isPresent()) {
      String whose =
          claim.get().node().equals(node.name())
              ? "the node's own address"
              : "the address of " + claim.get().node();
      return Optional.of(
          new Owner(whose, Evidence.raw(claim.get().from(), whose), Certainty.PROVEN));
    }
    for (Fact<LogEvent> fact : node.get(Section.LOGS).facts()) {
      if (fact.value() instanceof LogEvent.DialFailed(var component, var to, var port, var error)
          && to.equals(address)
          && port.equals(API_SERVER)) {
        return Optional.of(
            new Owner(
                "the address of the API server's node",
                Evidence.raw(fact.from(), "the node's own agent means the API server by it"),
                Certainty.LIKELY));
      }
    }
    return Optional.empty();
  }

  private static final Port API_SERVER = new Port(6443);

  /** Services that publish a node's address, whether kube-ipvs0 was recorded or not. */
  private void announced(ClusterView view, Map<IpAddress, FindingBuilder> byAddress) {
    for (Fact<Service> fact : view.get(Section.SERVICES).facts()) {
      Service service = fact.value();
      for (IpAddress address :
          java.util.stream.Stream.concat(
                  service.externalIps().stream(), service.loadBalancerIps().stream())
              .distinct()
              .toList()) {
        Optional<Fact<KubeNode>> node =
            view.get(Section.NODES).stream()
                .filter(n -> n.value().knownInternalIps().contains(address))
                .findFirst();
        if (node.isEmpty()) {
          continue;
        }
        boolean bound = byAddress.containsKey(address);
        boolean ipvs = view.serviceProxy() == ServiceProxyKind.IPVS;
        Owner owner =
            new Owner(
                "the address of " + node.get().value().name(),
                Evidence.raw(node.get().from(), "InternalIP of " + node.get().value().name()),
                ipvs ? Certainty.LIKELY : Certainty.POSSIBLE);
        if (bound || ipvs) {
          byAddress
              .computeIfAbsent(address, a -> describe(a, owner))
              .culprit(
                  Culprit.of(
                      Optional.empty(),
                      EntryKind.OBJECT,
                      service + " external address " + address,
                      EntryState.WRONG,
                      fact.from(),
                      address.toString(),
                      "publishes a node's address"));
        }
      }
    }
  }
}
