package io.podpath.rules.bgp;

import com.google.auto.service.AutoService;
import io.podpath.core.cluster.CalicoNode;
import io.podpath.core.cluster.KubeNode;
import io.podpath.core.cni.LogEvent;
import io.podpath.core.fix.Fix;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.EntryState;
import io.podpath.core.rule.Evidence;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.FindingBuilder;
import io.podpath.core.rule.Need;
import io.podpath.core.rule.Needs;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.AddressPlan.AddressClaim;
import io.podpath.core.snapshot.AddressPlan.AddressOrigin;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Disposition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One address is announced for two nodes. */
@AutoService(Rule.class)
public final class NodeAddressClaimedTwice implements Rule {

  @Override
  public String id() {
    return "node-address-claimed-twice";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "two nodes are announced with the same address, or the same tunnel address";
  }

  /**
   * @param asNextHop whether the others send packets for the node's pods there
   */
  private record Claim(String node, String as, boolean asNextHop, Provenance from) {}

  @Override
  public Needs needs() {
    return Needs.of(
        Need.any(
            "addresses of the nodes",
            Section.ADDRESSES,
            Section.NODES,
            Section.CALICO_NODES,
            Section.LOGS));
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector outcome = new Outcome.Collector(this);
    Map<IpAddress, List<Claim>> claims = announced(view);
    Set<IpAddress> told = new LinkedHashSet<>();
    claims.forEach((address, all) -> {
      if (all.stream().map(Claim::node).distinct().count() > 1) {
        told.add(address);
        outcome.found(twice(view, address, all));
      }
    });
    for (AddressClaim claim : view.plan().addresses()) {
      if (claim.origin() == AddressOrigin.INTERNAL_IP && !told.contains(claim.address())) {
        elsewhere(view, claim)
            .ifPresent(other -> {
              told.add(claim.address());
              outcome.found(misplaced(claim, other));
            });
      }
    }
    for (NodeState node : view.nodes()) {
      for (Fact<LogEvent> fact : node.get(Section.LOGS).facts()) {
        if (fact.value() instanceof LogEvent.AddressInUse(var component, var address, var other)
            && told.add(address)) {
          outcome.found(refused(node, fact, address, other));
        }
      }
    }
    return outcome.done();
  }

  /**
   * What the cluster's own records announce; what a node has on its interfaces may stand twice
   * (docker0, anycast).
   */
  private static Map<IpAddress, List<Claim>> announced(ClusterView view) {
    Map<IpAddress, List<Claim>> claims = new LinkedHashMap<>();
    for (AddressClaim claim : view.plan().addresses()) {
      String as =
          switch (claim.origin()) {
            case CALICO_BGP -> "Calico's address of " + claim.node();
            case FLANNEL_PUBLIC_IP -> "flannel's public-ip of " + claim.node();
            case INTERNAL_IP -> "InternalIP of " + claim.node();
            case INTERFACE, ROUTE_SOURCE -> "";
          };
      if (!as.isEmpty()) {
        claims
            .computeIfAbsent(claim.address(), a -> new ArrayList<>())
            .add(
                new Claim(
                    claim.node(), as, claim.origin() != AddressOrigin.INTERNAL_IP, claim.from()));
      }
    }
    for (Fact<CalicoNode> fact : view.get(Section.CALICO_NODES).facts()) {
      CalicoNode node = fact.value();
      node.tunnelAddress()
          .optional()
          .ifPresent(a ->
              claims
                  .computeIfAbsent(a, x -> new ArrayList<>())
                  .add(
                      new Claim(
                          node.name(), "tunnel address of " + node.name(), false, fact.from())));
    }
    for (NodeState node : view.machines()) {
      node.get(Section.ADDRESSES).stream()
          .filter(f -> f.value().device().startsWith("tunl") && f.value().local().isV4())
          .forEach(f ->
              claims
                  .computeIfAbsent(f.value().local(), x -> new ArrayList<>())
                  .add(
                      new Claim(
                          node.name(),
                          "on " + f.value().device() + " of " + node.name(),
                          false,
                          f.from())));
    }
    return claims;
  }

  /** Another machine's card with the node's InternalIP, when the node's own machine lacks it. */
  private static Optional<AddressClaim> elsewhere(ClusterView view, AddressClaim claim) {
    boolean lacks =
        view.machines().stream()
            .filter(n -> n.name().equals(claim.node()))
            .anyMatch(n ->
                n.get(Section.ADDRESSES).find(a -> a.local().equals(claim.address())).isAbsent());
    return view.plan().addresses().stream()
        .filter(c -> lacks && c.origin() == AddressOrigin.INTERFACE)
        .filter(c -> c.address().equals(claim.address()) && !c.node().equals(claim.node()))
        .filter(c -> view.machines().stream().anyMatch(n -> n.name().equals(c.node())))
        .findFirst();
  }

  private Finding misplaced(AddressClaim claim, AddressClaim other) {
    return describe(claim.address())
        .certainty(Certainty.LIKELY)
        .title(
            "Node/"
                + claim.node()
                + " is announced with "
                + claim.address()
                + ", which stands on a card of "
                + other.node())
        .culprit(
            Culprit.of(
                Optional.of(claim.node()),
                EntryKind.OBJECT,
                claim.text(),
                EntryState.WRONG,
                claim.from(),
                claim.address().toString(),
                "an address of " + other.node() + ", if the recordings carry the right names"))
        .evidence(Evidence.raw(other.from(), other.node() + " has it"))
        .affectsBothWays(claim.node(), other.node())
        .fix(
            Fix.advice(
                "kubelet writes the InternalIP of its own node, by --node-ip or by its default route",
                "make sure first that both recordings carry the right names; if they do, correct --node-ip of the kubelet on "
                    + claim.node()
                    + " and restart it"))
        .build();
  }

  private Finding twice(ClusterView view, IpAddress address, List<Claim> claims) {
    Set<String> nodes = new LinkedHashSet<>();
    claims.forEach(c -> nodes.add(c.node()));
    // the node that has it on an interface, or whose Node object says so, is the one it belongs to
    Optional<String> owner =
        view.plan().addresses().stream()
            .filter(c -> c.address().equals(address))
            .filter(c ->
                c.origin() == AddressOrigin.INTERFACE || c.origin() == AddressOrigin.INTERNAL_IP)
            .map(AddressClaim::node)
            .distinct()
            .reduce((a, b) -> "")
            .filter(o -> !o.isEmpty());
    List<Claim> wrong =
        claims.stream().filter(c -> owner.filter(c.node()::equals).isEmpty()).toList();
    FindingBuilder finding =
        describe(address)
            .certainty(Certainty.PROVEN)
            .title(
                address
                    + " is announced for "
                    + String.join(" and ", nodes)
                    + owner.map(o -> "; it is the address of " + o).orElse(""));
    for (Claim claim : wrong.isEmpty() ? claims : wrong) {
      String line = claim.from().raw().strip();
      finding.culprit(
          Culprit.of(
              Optional.of(claim.node()),
              EntryKind.OBJECT,
              line.contains(address.toString()) ? line : entry(view, claim, address),
              EntryState.WRONG,
              claim.from(),
              address.toString(),
              owner.map(o -> "the address of " + o).orElse("also another node's")));
    }
    claims.forEach(c -> finding.evidence(Evidence.raw(c.from(), c.as())));
    nodes.forEach(a -> nodes.forEach(b -> finding.affects(a, b)));
    wrong.stream()
        .filter(c -> owner.isPresent() && c.asNextHop())
        .map(Claim::node)
        .distinct()
        .forEach(lost -> cutOff(view, lost).forEach(n -> finding.affectsBothWays(lost, n)));
    return finding.build();
  }

  /**
   * Nobody finds a node under the address of another: packets for its pods go there, and with BGP
   * nobody learns of them, nor does it of others'. Whoever has a route to an address of its own
   * learnt that before.
   */
  private static Set<String> cutOff(ClusterView view, String lost) {
    Set<String> names = new LinkedHashSet<>();
    view.machines().stream()
        .filter(n ->
            n.host()
                .mainRoutes(IpFamily.INET)
                .values()
                .noneMatch(r ->
                    r.gateway()
                        .filter(g -> view.plan().ownersOf(g).equals(Set.of(lost)))
                        .isPresent()))
        .forEach(n -> names.add(n.name()));
    view.get(Section.NODES)
        .values()
        .map(KubeNode::name)
        .filter(n -> view.snapshot().node(n).isEmpty())
        .forEach(names::add);
    names.remove(lost);
    return names;
  }

  /** The annotation as it stands in the object, where it is one. */
  private static String entry(ClusterView view, Claim claim, IpAddress address) {
    String key = "projectcalico.org/IPv4Address";
    return view.get(Section.NODES)
        .values()
        .filter(n -> n.name().equals(claim.node()))
        .flatMap(n -> n.annotation(key).optional().stream())
        .filter(v -> v.equals(address.toString()) || v.startsWith(address + "/"))
        .map(v -> key + ": " + v)
        .findFirst()
        .orElse(claim.as() + ": " + address);
  }

  private Finding refused(NodeState node, Fact<LogEvent> fact, IpAddress address, String other) {
    Optional<String> device =
        node.get(Section.LOGS)
            .values()
            .filter(e ->
                e instanceof LogEvent.AddressChosen(var c, var d, var a, var l)
                    && a.equals(address))
            .flatMap(e ->
                e instanceof LogEvent.AddressChosen(var c, var d, var a, var l)
                    ? d.stream()
                    : java.util.stream.Stream.<String>empty())
            .findFirst();
    FindingBuilder finding =
        describe(address)
            .certainty(Certainty.PROVEN)
            .title(
                "calico-node on "
                    + node.name()
                    + " detected "
                    + address
                    + device.map(d -> " on " + d).orElse("")
                    + ", which "
                    + other
                    + " already has, and ended")
            .culprit(
                Culprit.of(
                    Optional.of(node.name()),
                    EntryKind.LOG,
                    fact.from().raw().strip(),
                    EntryState.WRONG,
                    fact.from(),
                    address.toString(),
                    "the node " + other + " already has it"));
    node.get(Section.LOGS).stream()
        .filter(f ->
            f.value() instanceof LogEvent.AddressChosen(var c, var d, var a, var l)
                && a.equals(address))
        .forEach(f ->
            finding.culprit(
                Culprit.of(
                    Optional.of(node.name()),
                    EntryKind.LOG,
                    "autodetected " + address + device.map(d -> " on " + d).orElse(""),
                    EntryState.WRONG,
                    f.from(),
                    address.toString(),
                    "chosen by autodetection")));
    return finding.build();
  }

  private FindingBuilder describe(IpAddress address) {
    return new FindingBuilder(this, Severity.ERROR)
        .why(
            "Calico and flannel send tunnels and BGP to the announced address. With one address for two nodes one of them is never reached; calico-node checks it at its start and ends when another node has it.")
        .expected("an address of the node itself, on the network between the nodes, announced once")
        .disposition(Disposition.DELIVERED_ELSEWHERE)
        .seeByHand(
            "calicoctl get nodes -o wide",
            "kubectl get nodes -o yaml | grep -E 'name:|IPv4Address|public-ip'",
            "ip addr | grep " + address)
        .fix(
            Fix.advice(
                "calico-node writes its own node's address at its start, by autodetection unless IP is set",
                "when autodetection chose a bridge or a shared card: kubectl -n kube-system set env ds/calico-node IP_AUTODETECTION_METHOD=kubernetes-internal-ip; when a stale object claims it: correct"
                    + " or delete that node's object (kubectl annotate node NODE projectcalico.org/IPv4Address=ADDRESS/LEN --overwrite); then restart calico-node on both"));
  }
}
