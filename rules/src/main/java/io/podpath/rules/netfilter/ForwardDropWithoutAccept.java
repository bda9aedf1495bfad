package io.podpath.rules.netfilter;

import com.google.auto.service.AutoService;
import io.podpath.core.fix.Change;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.FixSafety;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.netfilter.Chain;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.Evidence;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.FindingBuilder;
import io.podpath.core.rule.Need;
import io.podpath.core.rule.Needs;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.walk.Disposition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** FORWARD has policy DROP and no rule accepts pod traffic. */
@AutoService(Rule.class)
public final class ForwardDropWithoutAccept implements Rule {

  @Override
  public String id() {
    return "forward-drop-without-accept";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "Chain FORWARD has policy DROP and no rule accepts pod traffic";
  }

  @Override
  public Needs needs() {
    return Needs.of(Need.SOME_FORWARD);
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector out = new Outcome.Collector(this);
    List<ForwardAudit> dropping = new ArrayList<>();
    for (ForwardAudit audit : ForwardAudit.of(view)) {
      audit.unknown().forEach(reason -> out.undecided(audit.node().name(), reason));
      if (!audit.drops() || audit.droppingPolicy().isEmpty() || UfwForward.drops(audit)) {
        continue;
      }
      if (audit.knowsPods() || audit.policyPackets() > 0) {
        dropping.add(audit);
      } else {
        out.undecided(
            audit.node().name(),
            "policy DROP, but the pod subnets of the node were not recorded and the policy has"
                + " dropped nothing yet");
      }
    }
    NftForward.doubts(view).forEach(out::undecided);
    if (!dropping.isEmpty()) {
      out.found(finding(view, dropping));
    }
    return out.done();
  }

  private Finding finding(ClusterView view, List<ForwardAudit> audits) {
    List<IpPrefix> shown =
        PodNetworks.of(view, audits.getFirst().node(), audits.getFirst().family());
    boolean several = ForwardText.several(audits);
    Certainty certainty =
        audits.stream()
            .map(a -> a.knowsPods() ? a.certainty() : Certainty.LIKELY)
            .min(Certainty::compareTo)
            .orElse(Certainty.LIKELY);
    FindingBuilder builder =
        new FindingBuilder(this, severity())
            .certainty(certainty)
            .title(
                ForwardText.who(audits)
                    + (several ? " drop" : " drops")
                    + " forwarded pod packets: policy DROP, and no rule of FORWARD accepts "
                    + (sameForAll(view, audits) ? ForwardText.names(shown) : "the pod networks"))
            .why(
                "A packet from a pod to a pod of another node is forwarded, so it passes chain"
                    + " FORWARD on both nodes. No rule accepts a new connection between them, and"
                    + " the policy drops what no rule decides. Docker sets this policy (since"
                    + " 1.13); flannel adds the accepting rules when it runs, Calico's chains"
                    + " accept by themselves."
                    + ForwardText.assumptions(audits))
            .disposition(Disposition.FILTERED)
            .explainedBy("agent-cannot-reach-service", "flannel-daemon-not-running");
    List<Change> changes = new ArrayList<>();
    for (ForwardAudit audit : audits) {
      Fact<Chain> chain = audit.droppingPolicy().orElseThrow();
      List<IpPrefix> networks = PodNetworks.of(view, audit.node(), audit.family());
      long packets = audit.policyPackets();
      builder.culprit(
          ForwardText.policy(
              audit,
              chain,
              packets > 0 ? "has dropped " + packets + " packets" : "drops what no rule accepts"));
      for (ChainRule rule : ForwardText.accepting(networks, Optional.empty())) {
        builder.culprit(
            Culprit.missing(
                audit.node().name(),
                EntryKind.IPTABLES,
                rule.toString(),
                Optional.of(chain.from()),
                "accepts pod traffic"));
      }
      builder.evidence(
          Evidence.raw(
              chain.from(),
              packets > 0 ? "the policy has dropped " + packets + " packets" : "the policy"));
      ForwardText.affects(builder, audit);
      changes.addAll(
          ForwardText.changes(
              audit, ForwardText.accepting(networks, Optional.empty()), Optional.empty()));
    }
    healthyPeer(view, audits)
        .ifPresent(found -> {
          builder.evidence(Evidence.of(found.source(), "another node accepts the pod network"));
          builder.evidence(Evidence.of(found.destination(), "in both directions"));
        });
    String lasting =
        "flannel adds both rules itself (--iptables-forward-rules, on by default); without flannel"
            + " write them where the host's firewall keeps its rules, or accept the network in"
            + " DOCKER-USER";
    Fix fix =
        changes.isEmpty()
            ? Fix.advice(
                "nobody owns the missing rules",
                "append to FORWARD: -s <pod network> -j ACCEPT and -d <pod network> -j ACCEPT. "
                    + lasting)
            : new Fix(
                FixSafety.SAFE,
                changes,
                "nobody removes the rules; a reboot or iptables-restore does",
                lasting);
    return builder
        .expected(
            shown.isEmpty()
                ? "rules that accept the pod network as source and as destination"
                : "-A FORWARD -s "
                    + shown.getFirst()
                    + " -j ACCEPT and -A FORWARD -d "
                    + shown.getFirst()
                    + " -j ACCEPT")
        .seeByHand(
            "iptables -L FORWARD -v -n    # does the policy's packet counter grow while a pod pings"
                + " a pod of another node?")
        .fix(fix)
        .build();
  }

  private static boolean sameForAll(ClusterView view, List<ForwardAudit> audits) {
    return audits.stream().map(a -> PodNetworks.of(view, a.node(), a.family())).distinct().count()
        == 1;
  }

  private static Optional<AcceptedNetwork> healthyPeer(
      ClusterView view, List<ForwardAudit> audits) {
    List<String> broken = audits.stream().map(a -> a.node().name()).toList();
    return view.machines().stream()
        .filter(n -> !broken.contains(n.name()))
        .map(NodeState::host)
        .flatMap(h -> ClusterView.iptables(h, IpFamily.INET).stream())
        .flatMap(l -> AcceptedNetwork.in(l).stream())
        .findFirst();
  }
}
