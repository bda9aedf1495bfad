package io.podpath.rules.netfilter;

import io.podpath.core.net.IpFamily;
import io.podpath.core.netfilter.Chain;
import io.podpath.core.netfilter.Counters;
import io.podpath.core.rule.Certainty;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.ForwardMatch;
import io.podpath.core.walk.ForwardPacket;
import io.podpath.core.walk.PodTraffic;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the FORWARD chain of one back end on one node does with pod traffic.
 *
 * @param dropped traffic that it drops
 * @param passesPing whether pings pass where connections do not
 * @param unknown why the rest could not be decided
 */
record ForwardAudit(
    NodeState node,
    IpFamily family,
    ForwardChains chains,
    List<Judged> dropped,
    boolean passesPing,
    Set<String> unknown) {

  record Judged(PodTraffic traffic, ForwardVerdict.Run run) {}

  /** Of all nodes whose FORWARD chain was read at least in part and that carry pods. */
  static List<ForwardAudit> of(ClusterView view) {
    List<ForwardAudit> audits = new ArrayList<>();
    for (NodeState node : view.nodes()) {
      for (IpFamily family : IpFamily.values()) {
        boolean pods = hasPods(view, node, family);
        for (ClusterView.Listing listing : ClusterView.iptables(node.host(), family)) {
          ForwardChains chains = new ForwardChains(listing);
          boolean concerns = pods || family == IpFamily.INET && carriesPods(view, node, chains);
          if (!chains.isEmpty() && concerns) {
            audits.add(of(view, node, family, chains));
          }
        }
      }
    }
    return audits;
  }

  static boolean hasPods(ClusterView view, NodeState node, IpFamily family) {
    return view.podSubnets().stream()
        .anyMatch(c -> c.node().equals(node.name()) && c.subnet().family() == family);
  }

  private static boolean carriesPods(ClusterView view, NodeState node, ForwardChains chains) {
    return chains.jumps().stream()
            .anyMatch(c ->
                c.startsWith("KUBE-")
                    || c.startsWith("cali-")
                    || c.equals("FLANNEL-FWD")
                    || c.startsWith("CNI-"))
        || view.get(Section.NODES).values().anyMatch(n -> n.name().equals(node.name()));
  }

  private static ForwardAudit of(
      ClusterView view, NodeState node, IpFamily family, ForwardChains chains) {
    ForwardMatch match = new ForwardMatch(node.host());
    List<Judged> dropped = new ArrayList<>();
    Set<String> unknown = new LinkedHashSet<>();
    boolean pings = false;
    // one prompt without a name may stand for several machines: nothing but the listing itself may
    // be used there
    List<PodTraffic> all =
        node.named() ? PodTraffic.of(view, node, family) : List.of(PodTraffic.unknown(family));
    for (PodTraffic traffic : all) {
      ForwardVerdict.Run tcp = run(chains, match, traffic.packet(), unknown);
      if (tcp.drops()) {
        dropped.add(new Judged(traffic, tcp));
        pings |= !run(chains, match, traffic.icmp().packet(), new LinkedHashSet<>()).drops();
      } else {
        ForwardVerdict.Run icmp = run(chains, match, traffic.icmp().packet(), unknown);
        if (icmp.drops() && !(tcp.verdict() instanceof ForwardVerdict.Unknown)) {
          dropped.add(new Judged(traffic.icmp(), icmp));
        }
      }
    }
    return new ForwardAudit(node, family, chains, dropped, pings, unknown);
  }

  /** Strictly; and where only well-known chains were not listed, as their makers fill them. */
  private static ForwardVerdict.Run run(
      ForwardChains chains, ForwardMatch match, ForwardPacket packet, Set<String> unknown) {
    ForwardVerdict.Run strict = ForwardWalk.run(chains, match, packet, false);
    if (!(strict.verdict() instanceof ForwardVerdict.Unknown)) {
      return strict;
    }
    ForwardVerdict.Run assuming = ForwardWalk.run(chains, match, packet, true);
    if (assuming.verdict() instanceof ForwardVerdict.Unknown(var reason)) {
      unknown.add(reason);
    } else if (!assuming.drops()) {
      unknown.add("chains were not listed: " + String.join(", ", assuming.assumed()));
    }
    return assuming;
  }

  boolean drops() {
    return !dropped.isEmpty();
  }

  Judged first() {
    return dropped.getFirst();
  }

  /** Proven only by rules that were all read. */
  Certainty certainty() {
    boolean sure =
        dropped.stream().allMatch(j -> j.run().assumed().isEmpty() && !j.run().fragment());
    return sure ? Certainty.PROVEN : Certainty.LIKELY;
  }

  /** Packets the policy has dropped so far. */
  long policyPackets() {
    return chains
        .forward()
        .optional()
        .map(Fact::value)
        .flatMap(Chain::counters)
        .map(Counters::packets)
        .orElse(0L);
  }

  /** ufw owns the policy where its chains stand in FORWARD. */
  boolean ownedByUfw() {
    return chains.jumps().stream().anyMatch(UfwForward::isUfw);
  }

  /** Whether a network policy decides, which is somebody's wish and no fault. */
  boolean decidedByPolicyAgent() {
    return first().run().verdict() instanceof ForwardVerdict.Dropped(var rule)
        && (rule.value().chain().startsWith("cali-")
            || rule.value().chain().startsWith("KUBE-POD-FW")
            || rule.value().chain().startsWith("KUBE-NWPLCY")
            || rule.value().chain().startsWith("KUBE-ROUTER"));
  }

  /**
   * Whether anything about the pods of the node is known, so that the packets stand for real ones.
   */
  boolean knowsPods() {
    return dropped.stream()
        .anyMatch(j ->
            j.traffic().packet().source().isPresent()
                || j.traffic().packet().destination().isPresent());
  }

  Optional<Fact<Chain>> droppingPolicy() {
    return first().run().verdict() instanceof ForwardVerdict.DroppedByPolicy(var chain)
        ? Optional.of(chain)
        : Optional.empty();
  }
}
