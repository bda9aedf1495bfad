package io.podpath.core.blueprint;

import io.podpath.core.cluster.HostPort;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Match;
import io.podpath.core.netfilter.Target;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.ClusterView.Listing;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * By which names the plug-in portmap knows a node's pods: they stand in the comments of its own
 * rules, and its chains are called after them.
 */
final class AttachmentReader {

  /** portmap_iptables.go: fillDnatRules. */
  private static final Pattern COMMENT =
      Pattern.compile("dnat name: \"([^\"]+)\" id: \"([^\"]+)\"");

  private final List<Listing> listings;

  AttachmentReader(Optional<NodeState> node) {
    this.listings =
        node.map(n -> ClusterView.iptables(n.host(), IpFamily.INET)).orElseGet(List::of);
  }

  /**
   * Of the pod at this address; empty where no rule takes its ports, or only to other pods, as
   * those do that a pod has left behind.
   */
  Optional<CniAttachment> of(IpAddress pod, List<HostPort> ports) {
    return listings.stream()
        .flatMap(l ->
            rules(l, Portmap.ENTRY)
                .filter(r -> ports.stream().anyMatch(p -> takes(r, p)))
                .filter(r -> leadsTo(l, r, pod)))
        .flatMap(r -> r.comment().stream())
        .map(COMMENT::matcher)
        .filter(Matcher::matches)
        .map(m -> new CniAttachment(m.group(1), m.group(2)))
        .findFirst();
  }

  private static Stream<ChainRule> rules(Listing listing, String chain) {
    return listing.rulesOf("nat", chain).stream().map(Fact::value);
  }

  private static boolean takes(ChainRule rule, HostPort port) {
    return rule.matches().contains(new Match.Protocol(false, port.protocol()))
        && rule.matches().stream()
            .anyMatch(m ->
                m instanceof Match.MultiPort(var negated, var option, var ports)
                    && !negated
                    && option.equals("dports")
                    && ports.contains(port.port().toString()));
  }

  private static boolean leadsTo(Listing listing, ChainRule entry, IpAddress pod) {
    if (!(entry.target() instanceof Target.Jump(var chain))) {
      return false;
    }
    List<String> places =
        rules(listing, chain)
            .flatMap(
                r -> r.target() instanceof Target.Dnat(var to, _) ? Stream.of(to) : Stream.empty())
            .toList();
    return places.isEmpty() || places.stream().anyMatch(to -> to.startsWith(pod + ":"));
  }
}
