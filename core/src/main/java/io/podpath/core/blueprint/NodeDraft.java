package io.podpath.core.blueprint;

import io.podpath.core.net.IpFamily;
import io.podpath.core.netfilter.Backend;
import io.podpath.core.netfilter.Chain;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.IpSet;
import io.podpath.core.netfilter.IpSetMember;
import io.podpath.core.netfilter.VirtualServer;
import io.podpath.core.snapshot.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What one node shall hold, as fabric and service proxy write it down one after the other. */
public final class NodeDraft {

  private static final Section<Chain> CHAINS = Section.chains(IpFamily.INET, Backend.UNSTATED);
  private static final Section<ChainRule> RULES =
      Section.chainRules(IpFamily.INET, Backend.UNSTATED);

  private final NodeFacts node;
  private final boolean kubelet;
  private final NamespaceDraft host;
  private final List<Pod> pods = new ArrayList<>();
  private final SortedMap<String, String> files = new TreeMap<>();
  private final List<Daemon> daemons = new ArrayList<>();

  private record Pod(PodFacts facts, String hostDevice, NamespaceDraft draft) {}

  NodeDraft(NodeFacts node) {
    this(node, true);
  }

  /**
   * @param kubelet whether Kubernetes runs the containers; else Docker alone does
   */
  NodeDraft(NodeFacts node, boolean kubelet) {
    this.node = node;
    this.kubelet = kubelet;
    this.host = new NamespaceDraft(node.name());
    for (String chain : List.of("INPUT", "FORWARD", "OUTPUT")) {
      builtIn("filter", chain, "ACCEPT");
    }
    for (String chain : List.of("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING")) {
      builtIn("nat", chain, "ACCEPT");
    }
    host.rows().know(RULES);
    host.rows().know(Section.IPSETS);
    host.rows().know(Section.IPSET_MEMBERS);
  }

  boolean hasKubelet() {
    return kubelet;
  }

  /** The node's own network namespace. */
  public NamespaceDraft host() {
    return host;
  }

  /**
   * A pod's network namespace.
   *
   * @param hostDevice the node's end of its veth pair, which is the caller's to lay as well
   */
  public NamespaceDraft pod(PodFacts pod, String hostDevice) {
    NamespaceDraft draft = new NamespaceDraft(node.name() + " " + pod.netns());
    pods.add(new Pod(pod, hostDevice, draft));
    return draft;
  }

  private void builtIn(String table, String name, String policy) {
    host.rows()
        .add(
            CHAINS,
            new Chain(table, name, Optional.of(policy), Optional.empty()),
            "a chain of the kernel");
  }

  /** Makes a built-in chain drop what no rule decides, as Docker does with FORWARD. */
  public void policy(String table, String name, String policy) {
    host.rows()
        .rows(CHAINS)
        .replaceAll(c ->
            c.table().equals(table) && c.name().equals(name)
                ? new Chain(table, name, Optional.of(policy), Optional.empty())
                : c);
  }

  /** A chain of one's own, made at its first mention. */
  public void chain(String table, String name, String because) {
    boolean known =
        host.rows().rows(CHAINS).stream()
            .anyMatch(c -> c.table().equals(table) && c.name().equals(name));
    if (!known) {
      host.rows().add(CHAINS, new Chain(table, name, Optional.empty(), Optional.empty()), because);
    }
  }

  /** {@code iptables -A}. */
  public void append(ChainRule rule, String because) {
    host.rows().add(RULES, rule, because);
  }

  /**
   * {@code iptables -I}.
   *
   * @param position 1 for the first of its chain
   */
  public void insert(int position, ChainRule rule, String because) {
    List<ChainRule> all = host.rows().rows(RULES);
    int index = 0;
    int seen = 0;
    int wanted = -1;
    for (ChainRule known : all) {
      if (known.table().equals(rule.table()) && known.chain().equals(rule.chain())) {
        seen++;
        if (seen == position) {
          wanted = index;
          break;
        }
      }
      index++;
    }
    host.rows().insert(RULES, wanted < 0 ? all.size() : wanted, rule, because);
  }

  public void set(String name, String type, String options, String because) {
    host.rows().add(Section.IPSETS, new IpSet(name, type, options), because);
  }

  public void member(String set, String element, String because) {
    host.rows().add(Section.IPSET_MEMBERS, new IpSetMember(set, element, ""), because);
  }

  public void virtualServer(VirtualServer server, String because) {
    host.rows().add(Section.IPVS, server, because);
  }

  /** A row of a table that no other method writes, such as subnet.env. */
  public <T> void row(Section<T> section, T row, String because) {
    host.rows().add(section, row, because);
  }

  /**
   * @param path absolute
   */
  public void file(String path, String text) {
    files.put(path, text);
  }

  public void daemon(Daemon daemon) {
    daemons.add(daemon);
  }

  NodeBlueprint build() {
    return new NodeBlueprint(
        node,
        host.build(),
        pods.stream()
            .map(p -> new PodBlueprint(p.facts(), p.hostDevice(), p.draft().build()))
            .toList(),
        files,
        daemons);
  }
}
