package io.podpath.rules.netfilter;

import io.podpath.core.net.IpPrefix;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Match;
import io.podpath.core.netfilter.Target;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Fact;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The pair of rules with which flannel, or somebody by hand, lets a pod network pass: {@code -s NET
 * -j ACCEPT} and {@code -d NET -j ACCEPT}.
 */
record AcceptedNetwork(IpPrefix network, Fact<ChainRule> source, Fact<ChainRule> destination) {

  static Optional<AcceptedNetwork> in(ClusterView.Listing listing) {
    Map<IpPrefix, Fact<ChainRule>> sources = new LinkedHashMap<>();
    Map<IpPrefix, Fact<ChainRule>> destinations = new LinkedHashMap<>();
    for (Fact<ChainRule> fact : listing.rules().facts()) {
      ChainRule rule = fact.value();
      boolean forwards =
          rule.table().equals("filter")
              && (rule.chain().equals(ForwardChains.FORWARD) || rule.chain().equals("FLANNEL-FWD"));
      List<Match> matches =
          rule.matches().stream().filter(m -> !(m instanceof Match.Comment)).toList();
      if (forwards && rule.target() instanceof Target.Accept && matches.size() == 1) {
        if (matches.getFirst() instanceof Match.Source(var negated, var prefix) && !negated) {
          sources.putIfAbsent(prefix, fact);
        } else if (matches.getFirst() instanceof Match.Destination(var negated, var prefix)
            && !negated) {
          destinations.putIfAbsent(prefix, fact);
        }
      }
    }
    return sources.keySet().stream()
        .filter(destinations::containsKey)
        .findFirst()
        .map(n ->
            new AcceptedNetwork(
                n,
                Objects.requireNonNull(sources.get(n)),
                Objects.requireNonNull(destinations.get(n))));
  }
}
