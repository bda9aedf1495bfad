package io.podpath.rules.netfilter;

import io.podpath.core.fix.Change;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.netfilter.Chain;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Match;
import io.podpath.core.netfilter.Target;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.EntryState;
import io.podpath.core.rule.FindingBuilder;
import io.podpath.core.snapshot.Fact;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Words that findings about chain FORWARD share. */
final class ForwardText {

  private ForwardText() {}

  /** The head of the chain as its listing prints it, without counters: they differ each time. */
  static String head(Fact<Chain> chain) {
    String policy = chain.value().policy().orElse("-");
    return chain.from().raw().strip().startsWith("Chain ")
        ? "Chain " + chain.value().name() + " (policy " + policy + ")"
        : ":" + chain.value().name() + " " + policy;
  }

  static Culprit policy(ForwardAudit audit, Fact<Chain> chain, String label) {
    String entry = head(chain);
    String mark = entry.startsWith("Chain ") ? "policy DROP" : "DROP";
    return Culprit.of(
        Optional.of(audit.node().name()),
        EntryKind.IPTABLES,
        entry,
        EntryState.WRONG,
        chain.from(),
        mark,
        label);
  }

  static List<ChainRule> accepting(List<IpPrefix> networks, Optional<String> comment) {
    List<ChainRule> rules = new ArrayList<>();
    for (IpPrefix network : networks) {
      rules.add(rule(new Match.Source(false, network), comment));
      rules.add(rule(new Match.Destination(false, network), comment));
    }
    return rules;
  }

  private static ChainRule rule(Match match, Optional<String> comment) {
    List<Match> matches = new ArrayList<>(List.of(match));
    comment.ifPresent(c -> matches.add(new Match.Comment(c)));
    return new ChainRule(
        "filter", ForwardChains.FORWARD, matches, new Target.Accept(), Optional.empty());
  }

  /**
   * @param position where to insert; empty appends
   */
  static List<Change> changes(
      ForwardAudit audit, List<ChainRule> rules, Optional<Integer> position) {
    List<Change> changes = new ArrayList<>();
    int at = position.orElse(0);
    for (ChainRule rule : rules) {
      Optional<Integer> place = position.isPresent() ? Optional.of(at++) : Optional.empty();
      changes.add(
          new Change.AddChainRule(
              audit.node().name(),
              audit.family(),
              audit.chains().listing().backend(),
              rule,
              place));
    }
    return changes;
  }

  /** Pairs whose new connections the node drops. */
  static void affects(FindingBuilder builder, ForwardAudit audit) {
    String node = audit.node().name();
    for (ForwardAudit.Judged judged : audit.dropped()) {
      judged
          .traffic()
          .remote()
          .ifPresent(remote -> {
            if (judged.traffic().outgoing()) {
              builder.affects(node, remote);
            } else {
              builder.affects(remote, node);
            }
          });
    }
  }

  /** "hostgw-node" or "3 nodes (a, b …)". */
  static String who(List<ForwardAudit> audits) {
    List<String> names = audits.stream().map(a -> a.node().name()).distinct().toList();
    if (names.size() == 1) {
      return names.getFirst();
    }
    return names.size()
        + " nodes ("
        + names.get(0)
        + ", "
        + names.get(1)
        + (names.size() > 2 ? " …)" : ")");
  }

  static boolean several(List<ForwardAudit> audits) {
    return audits.stream().map(a -> a.node().name()).distinct().count() > 1;
  }

  static String names(List<IpPrefix> networks) {
    return networks.isEmpty()
        ? "the pod network"
        : networks.stream().map(IpPrefix::toString).collect(Collectors.joining(", "));
  }

  static String assumptions(List<ForwardAudit> audits) {
    List<String> assumed =
        audits.stream()
            .flatMap(a -> a.dropped().stream())
            .flatMap(j -> j.run().assumed().stream())
            .distinct()
            .toList();
    return assumed.isEmpty()
        ? ""
        : " Not listed and taken as their makers fill them: "
            + String.join(", ", assumed)
            + " (KUBE-FORWARD accepts what is marked for masquerading or established, KUBE-SERVICES refuses services without endpoints,"
            + " Docker's chains are about its own bridges).";
  }
}
