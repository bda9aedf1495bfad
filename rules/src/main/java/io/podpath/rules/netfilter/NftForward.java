package io.podpath.rules.netfilter;

import io.podpath.core.net.IpFamily;
import io.podpath.core.netfilter.Backend;
import io.podpath.core.netfilter.NftChain;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NftProgram;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Base chains of nftables at hook forward. A packet must pass all of them, and those of iptables as
 * well (nft(8): an accept ends one base chain only). podpath does not walk nft's own language: it
 * tells chains that can drop nothing from those that may.
 */
final class NftForward {

  private static final Set<String> IPTABLES_TABLES = Set.of("filter", "mangle", "security");

  /** Its chains refuse services without endpoints and nothing between pods. */
  private static final String KUBE_PROXY = "kube-proxy";

  private final NodeState node;
  private final Fact<NftChain> base;

  private NftForward(NodeState node, Fact<NftChain> base) {
    this.node = node;
    this.base = base;
  }

  /** Why it is open whether packets of pods pass, by node. */
  static Map<String, String> doubts(ClusterView view) {
    Map<String, String> doubts = new LinkedHashMap<>();
    for (NodeState node : view.nodes()) {
      for (Fact<NftChain> chain : node.get(Section.NFT_CHAINS).facts()) {
        if (concerns(view, node, chain.value())) {
          new NftForward(node, chain)
              .doubt()
              .ifPresent(reason -> doubts.putIfAbsent(node.name(), reason));
        }
      }
    }
    return doubts;
  }

  private static boolean concerns(ClusterView view, NodeState node, NftChain chain) {
    if (chain.hook().filter("forward"::equals).isEmpty() || chain.table().equals(KUBE_PROXY)) {
      return false;
    }
    return switch (chain.family()) {
      case "ip" ->
          !readAsIptables(node, chain, IpFamily.INET) && carries(view, node, IpFamily.INET);
      case "ip6" ->
          !readAsIptables(node, chain, IpFamily.INET6) && carries(view, node, IpFamily.INET6);
      case "inet" -> carries(view, node, IpFamily.INET) || carries(view, node, IpFamily.INET6);
      default -> false;
    };
  }

  private static boolean carries(ClusterView view, NodeState node, IpFamily family) {
    return ForwardAudit.hasPods(view, node, family)
        || family == IpFamily.INET
            && view.get(Section.NODES).values().anyMatch(n -> n.name().equals(node.name()));
  }

  /** iptables' own chains, of which iptables-save has told already. */
  private static boolean readAsIptables(NodeState node, NftChain chain, IpFamily family) {
    return chain.name().equals(ForwardChains.FORWARD)
        && IPTABLES_TABLES.contains(chain.table())
        && ClusterView.iptables(node.host(), family).stream()
            .filter(l -> l.backend() != Backend.LEGACY)
            .anyMatch(l -> l.chain(chain.table(), chain.name()).optional().isPresent());
  }

  private Optional<String> doubt() {
    NftProgram program = NftProgram.of(node.host(), base.value());
    if (program.dropsByPolicy()) {
      return Optional.of(text("has policy drop"));
    }
    if (!program.isComplete()) {
      return Optional.of(text("was not listed whole"));
    }
    return program
        .stopping()
        .map(r -> text("may stop packets: " + r.value() + " (" + r.from() + ")"));
  }

  private String text(String what) {
    NftChain chain = base.value();
    return "chain "
        + String.join(" ", chain.family(), chain.table(), chain.name())
        + " of nftables "
        + what
        + "; podpath does not judge nft's own rules ("
        + base.from()
        + ")";
  }
}
