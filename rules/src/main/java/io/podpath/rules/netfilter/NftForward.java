package io.podpath.rules.netfilter;

import io.podpath.core.net.IpFamily;
import io.podpath.core.netfilter.Backend;
import io.podpath.core.netfilter.NftChain;
import io.podpath.core.netfilter.NftRule;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Base chains of nftables at hook forward. A packet must pass all of them, and those of iptables as
 * well (nft(8): an accept ends one base chain only). podpath does not walk nft's own language: it
 * tells chains that can drop nothing from those that may.
 */
final class NftForward {

  private static final Set<String> IPTABLES_TABLES = Set.of("filter", "mangle", "security");

  /** Its chains refuse services without endpoints and nothing between pods. */
  private static final String KUBE_PROXY = "kube-proxy";

  private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"");
  private static final Pattern STOPS = Pattern.compile("\\b(drop|reject|queue|vmap)\\b");
  private static final Pattern GOES = Pattern.compile("\\b(?:jump|goto)\\s+([\\w.-]+)");

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
    if (base.value().policy().filter("drop"::equals).isPresent()) {
      return Optional.of(text("has policy drop"));
    }
    if (!node.get(Section.NFT_RULES).isComplete()) {
      return Optional.of(text("was not listed whole"));
    }
    return stopping().map(r -> text("may stop packets: " + r.value() + " (" + r.from() + ")"));
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

  /** The first statement within reach of the base chain that need not let a packet go on. */
  private Optional<Fact<NftRule>> stopping() {
    Set<String> seen = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(base.value().name()));
    while (!open.isEmpty()) {
      String chain = open.pop();
      if (!seen.add(chain)) {
        continue;
      }
      for (Fact<NftRule> rule : rules(chain)) {
        String words = QUOTED.matcher(rule.value().statement()).replaceAll("");
        if (STOPS.matcher(words).find()) {
          return Optional.of(rule);
        }
        Matcher goes = GOES.matcher(words);
        while (goes.find()) {
          open.push(goes.group(1));
        }
      }
    }
    return Optional.empty();
  }

  private List<Fact<NftRule>> rules(String chain) {
    return node.get(Section.NFT_RULES)
        .where(r ->
            r.family().equals(base.value().family())
                && r.table().equals(base.value().table())
                && r.chain().equals(chain));
  }
}
