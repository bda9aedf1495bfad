package io.podpath.rules.bgp;

import com.google.auto.service.AutoService;
import io.podpath.core.cni.LogEvent;
import io.podpath.core.fix.Fix;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Match;
import io.podpath.core.netfilter.Target;
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
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.FabricKind;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Disposition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * BIRD is dialled from an address no session is configured for: the peer's source address is
 * rewritten, or chosen wrongly.
 */
@AutoService(Rule.class)
public final class BgpConnectFromUnknownAddress implements Rule {

  @Override
  public String id() {
    return "bgp-connect-from-unknown-address";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "BGP connections arrive from an address no session is configured for";
  }

  @Override
  public Needs needs() {
    return Needs.of(Need.any("logs of the agents", Section.LOGS)).on(FabricKind::isCalico);
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector outcome = new Outcome.Collector(this);
    Map<IpAddress, FindingBuilder> byAddress = new LinkedHashMap<>();
    for (NodeState node : view.nodes()) {
      for (Fact<LogEvent> fact : node.get(Section.LOGS).facts()) {
        if (fact.value() instanceof LogEvent.UnexpectedPeer(var component, var address)) {
          boolean first = !byAddress.containsKey(address);
          FindingBuilder finding = byAddress.computeIfAbsent(address, a -> describe(view, a));
          if (first) {
            finding.culprit(
                Culprit.of(
                    Optional.of(node.name()),
                    EntryKind.LOG,
                    fact.from().raw().strip(),
                    EntryState.WRONG,
                    fact.from(),
                    address.toString(),
                    "no session is configured for it"));
          }
        }
      }
    }
    byAddress.values().forEach(f -> outcome.found(f.build()));
    return outcome.done();
  }

  private FindingBuilder describe(ClusterView view, IpAddress address) {
    FindingBuilder finding =
        new FindingBuilder(this, Severity.ERROR)
            .title(
                "BIRD refuses BGP connections that come from "
                    + address
                    + view.plan().ownerOf(address).map(o -> ", an address of " + o).orElse(""))
            .why(
                "BIRD takes a connection only from the configured address of a peer. When a masquerade on the way rewrites the peer's source (also for bridged traffic, where bridge-nf-call-iptables is 1), or when the peer"
                    + " takes another of its addresses, the session never comes up and no routes are learned.")
            .expected("the peer's connections keep the address it is announced with")
            .disposition(Disposition.NO_ROUTE)
            // where the right peers are not configured, those who dial in are unknown
            .explainedBy("bgp-peer-is-self", "node-address-claimed-twice")
            .seeByHand(
                "tcpdump -ni any tcp port 179",
                "iptables-save -t nat | grep -E 'MASQUERADE|SNAT'",
                "sysctl net.bridge.bridge-nf-call-iptables");
    Optional<Masquerade> masquerade = masquerade(view, address);
    finding.certainty(masquerade.isPresent() ? Certainty.LIKELY : Certainty.POSSIBLE);
    masquerade.ifPresent(m -> {
      finding.culprit(
          Culprit.wrong(
              m.node().name(),
              EntryKind.IPTABLES,
              m.rule(),
              m.rule().value().spec(),
              "rewrites the source of everything that leaves there, BGP too"));
      m.node().get(Section.SYSCTLS).stream()
          .filter(s ->
              s.value().key().equals("net.bridge.bridge-nf-call-iptables")
                  && s.value().value().equals("1"))
          .forEach(s -> finding.evidence(Evidence.of(s, "bridged packets pass this rule as well")));
    });
    return finding.fix(
        Fix.advice(
            "whoever made the nat rule; Calico owns the sessions",
            "limit the masquerade to the sources that need it (iptables -t nat: give the rule a -s), or set the peer's announced address to the one it really uses"));
  }

  private record Masquerade(NodeState node, Fact<ChainRule> rule) {}

  /**
   * A masquerade or SNAT that asks for nothing but an output interface: it takes every packet that
   * leaves there. One that gives this address counts before one that may.
   */
  private static Optional<Masquerade> masquerade(ClusterView view, IpAddress address) {
    List<Masquerade> wide = new ArrayList<>();
    for (NodeState node : view.nodes()) {
      for (ClusterView.Listing listing : ClusterView.iptables(node.host(), IpFamily.INET)) {
        listing.rulesOf("nat", "POSTROUTING").stream()
            .filter(f -> isWide(f.value()))
            .forEach(f -> wide.add(new Masquerade(node, f)));
      }
    }
    return wide.stream()
        .filter(m ->
            m.rule().value().target() instanceof Target.Snat(var to, var options)
                && to.equals(address.toString()))
        .findFirst()
        .or(() ->
            wide.stream()
                .filter(m -> m.rule().value().target() instanceof Target.Masquerade)
                .findFirst());
  }

  private static boolean isWide(ChainRule rule) {
    boolean rewrites =
        rule.target() instanceof Target.Masquerade || rule.target() instanceof Target.Snat;
    return rewrites
        && rule.matches().stream()
            .allMatch(m ->
                m instanceof Match.OutInterface(var negated, var name) && !negated
                    || m instanceof Match.Comment);
  }
}
