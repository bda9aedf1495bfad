package io.podpath.rules.service;

import com.google.auto.service.AutoService;
import io.podpath.core.fix.Fix;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Match;
import io.podpath.core.netfilter.Target;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.Evidence;
import io.podpath.core.rule.FindingBuilder;
import io.podpath.core.rule.Needs;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.ClusterView.Listing;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.ServiceProxyKind;
import io.podpath.core.walk.Disposition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A service that other nodes translate has no rule in one node's nat table. */
@AutoService(Rule.class)
public final class ServiceChainMissing implements Rule {

  @Override
  public String id() {
    return "service-chain-missing";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "a service's rules are missing in the nat table of a node, while other nodes have them";
  }

  /** A node's nat rules, read whole. */
  private record Nat(NodeState node, Listing listing) {

    /** Rules that translate services, by their text. */
    Map<String, Fact<ChainRule>> services() {
      Map<String, Fact<ChainRule>> rules = new LinkedHashMap<>();
      listing.rulesOf("nat", "KUBE-SERVICES").stream()
          .filter(f ->
              f.value().target() instanceof Target.Jump(var chain) && chain.startsWith("KUBE-SVC-"))
          .forEach(f -> rules.put(f.value().spec(), f));
      return rules;
    }
  }

  @Override
  public Needs needs() {
    return Needs.of(ServiceAddresses.NAT).with(ServiceProxyKind.IPTABLES);
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector outcome = new Outcome.Collector(this);
    if (view.serviceProxy() != ServiceProxyKind.IPTABLES) {
      return outcome.done();
    }
    List<Nat> tables = view.machines().stream().flatMap(n -> nat(n).stream()).toList();
    view.machines().stream()
        .filter(n -> nat(n).isEmpty())
        .forEach(n -> outcome.notChecked(n.name(), "nat table of iptables: not recorded whole"));
    Map<String, Nat> someoneHas = new LinkedHashMap<>();
    tables.forEach(t -> t.services().keySet().forEach(spec -> someoneHas.putIfAbsent(spec, t)));
    for (Nat table : tables) {
      Map<String, Fact<ChainRule>> own = table.services();
      if (own.isEmpty()) {
        continue;
      }
      someoneHas.forEach((spec, other) -> {
        if (!own.containsKey(spec)) {
          Fact<ChainRule> rule = java.util.Objects.requireNonNull(other.services().get(spec));
          switch (local(view, table, rule.value())) {
            case REFUSED -> {}
            case OPEN ->
                outcome.notChecked(
                    table.node().name(),
                    "no nat rule for "
                        + address(rule.value())
                        + ", but the service is for local endpoints only, and the filter table was not"
                        + " recorded whole");
            case UNLIKELY -> outcome.found(missing(table, other, rule, Certainty.LIKELY));
            case NO -> outcome.found(missing(table, other, rule, Certainty.PROVEN));
          }
        }
      });
      own.values().forEach(f -> emptyChain(table, f).ifPresent(outcome::found));
    }
    return outcome.done();
  }

  /** Whether the node has no nat rule because the service is not for it. */
  private enum Local {
    /** A filter rule drops what is for the service: kube-proxy has programmed it. */
    REFUSED,
    OPEN,
    UNLIKELY,
    NO
  }

  /**
   * Where a service has no endpoint for a node (internalTrafficPolicy Local, or none at all),
   * kube-proxy writes a filter rule in place of the nat rule (proxy/iptables/proxier.go: "has no
   * local endpoints").
   */
  private static Local local(ClusterView view, Nat table, ChainRule rule) {
    boolean refused =
        table.listing().rulesOf("filter", "KUBE-SERVICES").stream()
            .map(Fact::value)
            .anyMatch(r ->
                (r.target() instanceof Target.Drop || r.target() instanceof Target.Reject)
                    && goesTo(r).equals(goesTo(rule)));
    if (refused) {
      return Local.REFUSED;
    }
    if (table.listing().chain("filter", "KUBE-SERVICES").optional().isPresent()) {
      return Local.NO;
    }
    Optional<String> policy =
        view.get(Section.SERVICES)
            .values()
            .filter(s -> s.clusterIps().stream().anyMatch(i -> goesTo(rule).contains(to(i))))
            .flatMap(s -> s.traffic().internal().stream())
            .findFirst();
    return policy.map(p -> p.equals("Local") ? Local.OPEN : Local.NO).orElse(Local.UNLIKELY);
  }

  private static Match to(IpAddress address) {
    return new Match.Destination(false, address.toPrefix());
  }

  /** Address, protocol and port: what a rule for a service is about. */
  private static List<Match> goesTo(ChainRule rule) {
    return rule.matches().stream()
        .filter(m ->
            m instanceof Match.Destination
                || m instanceof Match.Protocol
                || m instanceof Match.DestinationPort)
        .toList();
  }

  private static Optional<Nat> nat(NodeState node) {
    return ClusterView.iptables(node.host(), IpFamily.INET).stream()
        .filter(
            l -> l.chain("nat", "KUBE-SERVICES").optional().isPresent() && l.rules().isComplete())
        .findFirst()
        .map(l -> new Nat(node, l));
  }

  private static String address(ChainRule rule) {
    for (Match match : rule.matches()) {
      if (match instanceof Match.Destination(var negated, IpPrefix prefix) && !negated) {
        return prefix.toRouteString();
      }
    }
    return "?";
  }

  private io.podpath.core.rule.Finding missing(
      Nat table, Nat other, Fact<ChainRule> rule, Certainty certainty) {
    String node = table.node().name();
    return describe(node, rule.value())
        .certainty(certainty)
        .title(
            node
                + " has no rule for the service "
                + rule.value().comment().orElse(address(rule.value()))
                + " ("
                + address(rule.value())
                + ")")
        .culprit(
            Culprit.missing(
                node,
                EntryKind.IPTABLES,
                "-t nat " + rule.value(),
                table.listing().rules().place(),
                "missing; " + other.node().name() + " has it"))
        .evidence(Evidence.of(rule, other.node().name() + " translates the service"))
        .build();
  }

  private Optional<io.podpath.core.rule.Finding> emptyChain(Nat table, Fact<ChainRule> jump) {
    if (!(jump.value().target() instanceof Target.Jump(var chain))
        || !table.listing().rulesOf("nat", chain).isEmpty()) {
      return Optional.empty();
    }
    String node = table.node().name();
    return Optional.of(
        describe(node, jump.value())
            .title(
                "the chain of the service "
                    + jump.value().comment().orElse(address(jump.value()))
                    + " is empty on "
                    + node)
            .culprit(
                Culprit.wrong(
                    node, EntryKind.IPTABLES, jump, chain, "leads to a chain without rules"))
            .build());
  }

  private FindingBuilder describe(String node, ChainRule rule) {
    return new FindingBuilder(this, Severity.ERROR)
        .certainty(Certainty.PROVEN)
        .why(
            "kube-proxy translates a service address in the nat table. Where its rule is missing the packet keeps the service address as its destination and leaves by the default"
                + " route, where nobody knows it: time-out, from the node and from its pods. Other services of the node are not affected.")
        .expected(rule.toString())
        .disposition(Disposition.LEFT_THE_CLUSTER)
        .seeByHand("iptables-save -t nat | grep " + address(rule))
        .explainedBy(
            "kube-proxy-without-api-server",
            "kube-proxy-rules-rejected",
            "kube-proxy-config-invalid")
        .fix(
            Fix.advice(
                "kube-proxy owns the KUBE-* chains; it writes changed services at once and everything again after its sync period",
                "restart kube-proxy on "
                    + node
                    + ": it writes all its chains again; when the rule vanishes again, look who flushes the nat table (firewalld, Docker, scripts)"));
  }
}
