package io.podpath.rules.cni;

import com.google.auto.service.AutoService;
import io.podpath.core.cluster.NetworkPlan;
import io.podpath.core.fix.Fix;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.EntryState;
import io.podpath.core.rule.FindingBuilder;
import io.podpath.core.rule.Need;
import io.podpath.core.rule.Needs;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Disposition;
import java.util.Optional;

/** The cluster CIDR has too few pod CIDRs for the nodes. */
@AutoService(Rule.class)
public final class NodeCidrMaskTooWide implements Rule {

  @Override
  public String id() {
    return "node-cidr-mask-too-wide";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "node-cidr-mask-size leaves too few pod subnets in the cluster CIDR";
  }

  @Override
  public Needs needs() {
    return Needs.of(Need.any("the cluster's pod network (kubeadm-config)", Section.NETWORK_PLANS));
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector outcome = new Outcome.Collector(this);
    long nodes = Math.max(2, view.get(Section.NODES).values().count());
    for (Fact<NetworkPlan> fact : view.get(Section.NETWORK_PLANS).facts()) {
      if (fact.value().nodeCidrMaskSize().isEmpty()) {
        continue;
      }
      int mask = fact.value().nodeCidrMaskSize().getAsInt();
      for (IpPrefix cluster : fact.value().podSubnets()) {
        int bits = mask - cluster.length();
        long subnets = bits < 0 ? 0 : bits > 30 ? Long.MAX_VALUE : 1L << bits;
        if (cluster.address().isV4() && subnets < nodes) {
          outcome.found(finding(fact, cluster, mask, subnets));
          break;
        }
      }
    }
    return outcome.done();
  }

  private io.podpath.core.rule.Finding finding(
      Fact<NetworkPlan> plan, IpPrefix cluster, int mask, long subnets) {
    return new FindingBuilder(this, Severity.ERROR)
        .certainty(Certainty.PROVEN)
        .title(
            "node-cidr-mask-size "
                + mask
                + " leaves "
                + subnets
                + " pod subnet"
                + (subnets == 1 ? "" : "s")
                + " in the cluster CIDR "
                + cluster)
        .why(
            "The controller manager cuts the cluster CIDR into one subnet of this size per node. When there are no more, the next node gets no spec.podCIDR (event CIDRNotAvailable), flannel ends with \"pod cidr not"
                + " assigned\", and the node has no pod network.")
        .expected("a mask size larger than the cluster CIDR's, usually 24 for IPv4")
        .culprit(
            Culprit.of(
                Optional.empty(),
                EntryKind.OBJECT,
                "node-cidr-mask-size=" + mask + " with cluster-cidr=" + cluster,
                EntryState.WRONG,
                plan.from(),
                Integer.toString(mask),
                "room for " + subnets + " node" + (subnets == 1 ? "" : "s")))
        .disposition(Disposition.NO_ROUTE)
        .seeByHand(
            "kubectl -n kube-system get pod -l component=kube-controller-manager -o yaml | grep -E 'cidr'",
            "kubectl get nodes -o custom-columns=NAME:.metadata.name,CIDR:.spec.podCIDR")
        .fix(
            Fix.advice(
                "the controller manager's arguments (kubeadm's ClusterConfiguration)",
                "set node-cidr-mask-size to 24, or drop it; nodes that have a podCIDR keep it until they are deleted and join again"))
        .build();
  }
}
