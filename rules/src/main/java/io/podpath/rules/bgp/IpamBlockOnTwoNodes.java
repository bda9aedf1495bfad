package io.podpath.rules.bgp;

import com.google.auto.service.AutoService;
import io.podpath.core.cluster.BlockAffinity;
import io.podpath.core.fix.Fix;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.Route;
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
import io.podpath.core.snapshot.AddressPlan.SubnetClaim;
import io.podpath.core.snapshot.AddressPlan.SubnetOrigin;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.FabricKind;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Disposition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Two nodes hold one Calico block. */
@AutoService(Rule.class)
public final class IpamBlockOnTwoNodes implements Rule {

  @Override
  public String id() {
    return "ipam-block-on-two-nodes";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "two nodes hold the same Calico IPAM block";
  }

  @Override
  public Needs needs() {
    return Needs.of(
            Need.any(
                "routes or block affinities",
                Section.BLOCK_AFFINITIES,
                Section.routes(IpFamily.INET, Section.RouteScope.MAIN)))
        .on(FabricKind::isCalico);
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector outcome = new Outcome.Collector(this);
    Map<IpPrefix, List<SubnetClaim>> blocks = new LinkedHashMap<>();
    for (SubnetClaim claim : view.plan().subnets()) {
      if (claim.origin() == SubnetOrigin.BLOCK_AFFINITY
          || claim.origin() == SubnetOrigin.OWN_BLOCK) {
        blocks.computeIfAbsent(claim.subnet(), b -> new ArrayList<>()).add(claim);
      }
    }
    blocks.forEach((block, claims) -> {
      if (claims.stream().map(SubnetClaim::node).distinct().count() > 1) {
        outcome.found(finding(view, block, claims));
      }
    });
    return outcome.done();
  }

  private Finding finding(ClusterView view, IpPrefix block, List<SubnetClaim> claims) {
    Set<String> nodes = new LinkedHashSet<>();
    claims.forEach(c -> nodes.add(c.node()));
    List<Fact<BlockAffinity>> affinities =
        view.get(Section.BLOCK_AFFINITIES).where(a -> a.cidr().equals(block));
    List<String> confirmed =
        affinities.stream()
            .map(Fact::value)
            .filter(a -> a.state().filter("confirmed"::equals).isPresent())
            .map(BlockAffinity::node)
            .toList();
    FindingBuilder finding =
        new FindingBuilder(this, Severity.ERROR)
            .certainty(Certainty.PROVEN)
            .title(
                "the block "
                    + block
                    + " is held by "
                    + String.join(" and ", nodes)
                    + (confirmed.size() == 1 ? "; confirmed for " + confirmed.getFirst() : ""))
            .why(
                "Each of the nodes announces the block by BGP and blackholes what it has no pod for. Other nodes choose one of them: packets for pods of the other one end in the blackhole, and addresses can be given out"
                    + " twice.")
            .expected("one affinity and one blackhole route per block")
            .disposition(Disposition.BLACKHOLE)
            .seeByHand(
                "calicoctl ipam check",
                "kubectl get blockaffinities -o wide | grep "
                    + block.address().toString().replace('.', '-'),
                "ip route show type blackhole")
            .fix(
                Fix.advice(
                    "Calico IPAM; BIRD announces what the node's affinities say",
                    "find the right owner with calicoctl ipam check, delete the other affinity (kubectl delete blockaffinity NAME) and restart calico-node on that node; delete pods there whose address lies in the block"));
    for (SubnetClaim claim : claims) {
      if (confirmed.size() == 1 && claim.node().equals(confirmed.getFirst())) {
        finding.evidence(Evidence.raw(claim.from(), "confirmed owner"));
        continue;
      }
      boolean route = claim.origin() == SubnetOrigin.OWN_BLOCK;
      Optional<Fact<BlockAffinity>> affinity =
          affinities.stream().filter(f -> f.value().node().equals(claim.node())).findFirst();
      String entry =
          route
              ? "blackhole " + block + " proto bird"
              : affinity.map(f -> f.value().toString()).orElse("BlockAffinity " + block);
      finding.culprit(
          Culprit.of(
              Optional.of(claim.node()),
              route ? EntryKind.ROUTE : EntryKind.OBJECT,
              entry,
              EntryState.WRONG,
              claim.from(),
              block.toString(),
              "another node holds this block as well"));
    }
    for (NodeState node : view.nodes()) {
      for (Fact<Route> fact :
          node.host()
              .mainRoutes(IpFamily.INET)
              .where(r -> r.destination().equals(block) && r.gateway().isPresent())) {
        finding.evidence(Evidence.of(fact, node.name() + " sends the block this way"));
      }
    }
    nodes.forEach(a -> nodes.forEach(b -> finding.affects(a, b)));
    return finding.build();
  }
}
