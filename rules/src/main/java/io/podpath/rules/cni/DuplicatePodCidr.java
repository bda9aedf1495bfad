package io.podpath.rules.cni;

import com.google.auto.service.AutoService;
import io.podpath.core.fix.Fix;
import io.podpath.core.net.IpFamily;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.EntryState;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.FindingBuilder;
import io.podpath.core.rule.Need;
import io.podpath.core.rule.Needs;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.AddressPlan.SubnetClaim;
import io.podpath.core.snapshot.AddressPlan.SubnetOrigin;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.FabricKind;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Disposition;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Two nodes have one pod subnet, or overlapping ones. */
@AutoService(Rule.class)
public final class DuplicatePodCidr implements Rule {

  @Override
  public String id() {
    return "duplicate-pod-cidr";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "two nodes have the same pod subnet, or one inside the other";
  }

  @Override
  public Needs needs() {
    return Needs.of(
            Need.any(
                "pod subnets of the nodes",
                Section.ADDRESSES,
                Section.NODES,
                Section.SUBNET_ENV,
                Section.routes(IpFamily.INET, Section.RouteScope.MAIN)))
        .on(f -> f != FabricKind.OVS_GRE);
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector outcome = new Outcome.Collector(this);
    if (view.fabric() == FabricKind.OVS_GRE) {
      // one layer 2 network over all nodes may well be one subnet
      return outcome.done();
    }
    Set<String> machines =
        view.machines().stream().map(NodeState::name).collect(Collectors.toSet());
    view.get(Section.NODES).values().forEach(n -> machines.add(n.name()));
    List<SubnetClaim> claims =
        view.plan().subnets().stream()
            .filter(c -> machines.contains(c.node()))
            .filter(c ->
                c.origin() == SubnetOrigin.POD_CIDR
                    || c.origin() == SubnetOrigin.SUBNET_ENV
                    || c.origin() == SubnetOrigin.BRIDGE)
            .toList();
    Set<String> told = new LinkedHashSet<>();
    for (SubnetClaim a : claims) {
      List<SubnetClaim> clash = new ArrayList<>();
      for (SubnetClaim b : clashes(claims, a)) {
        if (view.together(a.node(), b.node())) {
          clash.add(b);
        } else {
          outcome.notChecked(
              a.node(),
              "has the pod subnet of " + b.node() + "; nothing says that both are of one cluster");
        }
      }
      if (!clash.isEmpty() && told.add(key(a, clash))) {
        outcome.found(finding(a, clash));
      }
    }
    return outcome.done();
  }

  /** Claims of the same kind: a bridge that is not what its own lease says is another failure. */
  private static List<SubnetClaim> clashes(List<SubnetClaim> claims, SubnetClaim a) {
    List<SubnetClaim> found = new ArrayList<>();
    for (SubnetClaim b : claims) {
      boolean another =
          !b.node().equals(a.node()) && b.origin() == a.origin() && b.subnet().overlaps(a.subnet());
      if (another && found.stream().noneMatch(f -> f.node().equals(b.node()))) {
        found.add(b);
      }
    }
    // the Node objects say it best; lower kinds of claims only repeat it
    boolean said =
        a.origin() != SubnetOrigin.POD_CIDR
            && claims.stream()
                .anyMatch(c -> c.origin() == SubnetOrigin.POD_CIDR && c.node().equals(a.node()));
    return said ? List.of() : found;
  }

  private static String key(SubnetClaim a, List<SubnetClaim> clash) {
    Set<String> nodes = new java.util.TreeSet<>();
    nodes.add(a.node());
    clash.forEach(c -> nodes.add(c.node()));
    return String.join(",", nodes);
  }

  private Finding finding(SubnetClaim a, List<SubnetClaim> clash) {
    List<SubnetClaim> all = new ArrayList<>(List.of(a));
    all.addAll(clash);
    String names = String.join(" and ", all.stream().map(SubnetClaim::node).toList());
    boolean nested = clash.stream().anyMatch(c -> !c.subnet().equals(a.subnet()));
    FindingBuilder finding =
        new FindingBuilder(this, Severity.ERROR)
            .certainty(Certainty.PROVEN)
            .title(
                names
                    + (nested ? " have overlapping pod subnets: " : " have the same pod subnet ")
                    + a.subnet())
            .why(
                "Every other node has one route per subnet, so it reaches the pods of one of these nodes only; the nodes themselves take the subnet for their own and never send it to each other. Addresses are"
                    + " given out twice.")
            .expected("one subnet per node, none inside another")
            .disposition(Disposition.DELIVERED_ELSEWHERE)
            .seeByHand("kubectl get nodes -o custom-columns=NAME:.metadata.name,CIDR:.spec.podCIDR")
            .fix(
                Fix.advice(
                    "the controller manager assigns podCIDR once and never changes it; hand-made subnets belong to whoever wrote them",
                    "drain one of the nodes, delete its Node object and let it join again, so that it gets a free podCIDR (with hand-made subnets: give it another one), then delete its bridge and pods"));
    for (SubnetClaim claim : all) {
      finding.culprit(
          Culprit.of(
              Optional.of(claim.node()),
              claim.origin() == SubnetOrigin.POD_CIDR
                  ? EntryKind.OBJECT
                  : claim.origin() == SubnetOrigin.SUBNET_ENV ? EntryKind.FILE : EntryKind.ADDRESS,
              (claim.origin() == SubnetOrigin.POD_CIDR ? "podCIDR: " : "pod subnet ")
                  + claim.subnet(),
              EntryState.WRONG,
              claim.from(),
              claim.subnet().toString(),
              "also on another node"));
      all.forEach(other -> finding.affects(claim.node(), other.node()));
    }
    return finding.build();
  }
}
