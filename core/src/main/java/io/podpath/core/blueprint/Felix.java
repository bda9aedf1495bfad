package io.podpath.core.blueprint;

import io.podpath.core.net.FwMark;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Match;
import io.podpath.core.netfilter.Target;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Felix' sets and chains of a node: its static rules (felix, rules/static.go), and per pod one pair
 * of chains with the profile of its namespace, which allows all (felix, rules/endpoints.go).
 */
final class Felix {

  private static final String ALL_HOSTS = "cali40all-hosts-net";
  private static final String ALL_POOLS = "cali40all-ipam-pools";
  private static final String MASQUERADED_POOLS = "cali40masq-ipam-pools";

  /** Bits of the packet mark that Felix takes (IptablesMarkMask 0xffff0000, from its low end). */
  private static final long ACCEPTED = 0x10000;

  private static final long OWN_BITS = 0xf0000;
  private static final String POLICY_ACCEPTED = "Policy explicitly accepted packet.";
  private static final String FROM_PODS = "cali-from-wl-dispatch";
  private static final String TO_PODS = "cali-to-wl-dispatch";
  private static final String INGRESS = "cali-pri-kns.";
  private static final String EGRESS = "cali-pro-kns.";

  private final ClusterFacts cluster;
  private final NodeFacts node;
  private final boolean tunnel;

  Felix(ClusterFacts cluster, NodeFacts node, boolean tunnel) {
    this.cluster = cluster;
    this.node = node;
    this.tunnel = tunnel;
  }

  void lay(NodeDraft draft) {
    sets(draft);
    filter(draft);
    node.pods().stream().map(PodFacts::namespace).distinct().forEach(n -> profile(n, draft));
    node.pods().forEach(p -> pod(p, draft));
    for (String dispatch : new String[] {FROM_PODS, TO_PODS}) {
      rule(
          draft,
          ChainDraft.in("filter", dispatch).comment("Unknown interface").drop(),
          "a link of no known pod");
    }
    nat(draft);
  }

  private void sets(NodeDraft draft) {
    String because = "Felix' sets";
    draft.set(ALL_HOSTS, "hash:net", "", because);
    draft.set(ALL_POOLS, "hash:net", "", because);
    draft.set(MASQUERADED_POOLS, "hash:net", "", because);
    for (NodeFacts other : cluster.nodes()) {
      draft.member(ALL_HOSTS, other.address().toString(), "IPv4Address of " + other.name());
    }
    String pool = cluster.podNetwork().toString();
    draft.member(ALL_POOLS, pool, "the IPPool");
    draft.member(MASQUERADED_POOLS, pool, "natOutgoing of the IPPool");
    for (IpPrefix other : cluster.otherPools()) {
      draft.member(ALL_POOLS, other.toString(), "another IPPool");
      draft.member(MASQUERADED_POOLS, other.toString(), "natOutgoing of another IPPool");
    }
  }

  private void filter(NodeDraft draft) {
    String because = "Felix' chains";
    for (String chain :
        new String[] {
          "cali-FORWARD",
          "cali-INPUT",
          "cali-OUTPUT",
          "cali-from-hep-forward",
          "cali-from-host-endpoint",
          FROM_PODS,
          "cali-to-hep-forward",
          "cali-to-host-endpoint",
          TO_PODS,
          "cali-wl-to-host"
        }) {
      draft.chain("filter", chain, because);
    }
    for (String hook : new String[] {"INPUT", "FORWARD", "OUTPUT"}) {
      draft.insert(1, hashed(ChainDraft.in("filter", hook).jump("cali-" + hook)), because);
    }
    rule(
        draft,
        ChainDraft.in("filter", "FORWARD").comment(POLICY_ACCEPTED).mark(ACCEPTED).accept(),
        because);
    forward(draft, because);
    input(draft, because);
    output(draft, because);
    rule(draft, ChainDraft.in("filter", "cali-wl-to-host").jump(FROM_PODS), because);
    rule(
        draft,
        ChainDraft.in("filter", "cali-wl-to-host")
            .comment("Configured DefaultEndpointToHostAction")
            .accept(),
        because);
  }

  private static void forward(NodeDraft draft, String because) {
    String chain = "cali-FORWARD";
    rule(draft, ChainDraft.in("filter", chain).changeMark(0, 0xe0000), because);
    rule(
        draft,
        ChainDraft.in("filter", chain)
            .match(new Match.Mark(false, new FwMark(0, ACCEPTED)))
            .jump("cali-from-hep-forward"),
        because);
    rule(draft, ChainDraft.in("filter", chain).in("cali+").jump(FROM_PODS), because);
    rule(draft, ChainDraft.in("filter", chain).out("cali+").jump(TO_PODS), because);
    rule(draft, ChainDraft.in("filter", chain).jump("cali-to-hep-forward"), because);
    rule(
        draft,
        ChainDraft.in("filter", chain).comment(POLICY_ACCEPTED).mark(ACCEPTED).accept(),
        because);
  }

  private void input(NodeDraft draft, String because) {
    String chain = "cali-INPUT";
    if (tunnel) {
      rule(
          draft,
          ChainDraft.in("filter", chain)
              .protocol(IpProtocol.IPENCAP)
              .comment("Allow IPIP packets from Calico hosts")
              .inSet(ALL_HOSTS, "src")
              .toLocal()
              .accept(),
          "tunnels of nodes");
      rule(
          draft,
          ChainDraft.in("filter", chain)
              .protocol(IpProtocol.IPENCAP)
              .comment("Drop IPIP packets from non-Calico hosts")
              .drop(),
          "tunnels of others");
    }
    rule(
        draft,
        ChainDraft.in("filter", chain).in("cali+").target(new Target.Goto("cali-wl-to-host")),
        because);
    rule(draft, ChainDraft.in("filter", chain).mark(ACCEPTED).accept(), because);
    rule(draft, ChainDraft.in("filter", chain).changeMark(0, OWN_BITS), because);
    rule(draft, ChainDraft.in("filter", chain).jump("cali-from-host-endpoint"), because);
    rule(
        draft,
        ChainDraft.in("filter", chain)
            .comment("Host endpoint policy accepted packet.")
            .mark(ACCEPTED)
            .accept(),
        because);
  }

  private static void output(NodeDraft draft, String because) {
    String chain = "cali-OUTPUT";
    rule(draft, ChainDraft.in("filter", chain).mark(ACCEPTED).accept(), because);
    rule(draft, ChainDraft.in("filter", chain).out("cali+").giveBack(), because);
    rule(draft, ChainDraft.in("filter", chain).changeMark(0, OWN_BITS), because);
    rule(
        draft,
        ChainDraft.in("filter", chain).notStates("DNAT").jump("cali-to-host-endpoint"),
        because);
    rule(
        draft,
        ChainDraft.in("filter", chain)
            .comment("Host endpoint policy accepted packet.")
            .mark(ACCEPTED)
            .accept(),
        because);
  }

  private static void profile(String namespace, NodeDraft draft) {
    String because = "the profile of namespace " + namespace + " allows all";
    for (String chain : new String[] {INGRESS + namespace, EGRESS + namespace}) {
      draft.chain("filter", chain, because);
      rule(draft, ChainDraft.in("filter", chain).setMark(ACCEPTED), because);
      rule(draft, ChainDraft.in("filter", chain).mark(ACCEPTED).giveBack(), because);
    }
  }

  private static void pod(PodFacts pod, NodeDraft draft) {
    String device = Hardware.caliDevice(pod);
    String because = "pod " + pod.namespace() + "/" + pod.name();
    String from = "cali-fw-" + device;
    String to = "cali-tw-" + device;
    rule(
        draft,
        ChainDraft.in("filter", FROM_PODS).in(device).target(new Target.Goto(from)),
        because);
    rule(draft, ChainDraft.in("filter", TO_PODS).out(device).target(new Target.Goto(to)), because);
    workload(from, EGRESS + pod.namespace(), true, because, draft);
    workload(to, INGRESS + pod.namespace(), false, because, draft);
  }

  private static void workload(
      String chain, String profile, boolean fromPod, String because, NodeDraft draft) {
    draft.chain("filter", chain, because);
    rule(draft, ChainDraft.in("filter", chain).states("RELATED", "ESTABLISHED").accept(), because);
    rule(draft, ChainDraft.in("filter", chain).states("INVALID").drop(), because);
    rule(draft, ChainDraft.in("filter", chain).changeMark(0, ACCEPTED), because);
    if (fromPod) {
      rule(
          draft,
          ChainDraft.in("filter", chain)
              .protocol(IpProtocol.IPENCAP)
              .comment("Drop IPinIP encapped packets originating in workloads")
              .drop(),
          because);
    }
    rule(draft, ChainDraft.in("filter", chain).jump(profile), because);
    rule(
        draft,
        ChainDraft.in("filter", chain)
            .comment("Return if profile accepted")
            .mark(ACCEPTED)
            .giveBack(),
        because);
    rule(
        draft,
        ChainDraft.in("filter", chain).comment("Drop if no profiles matched").drop(),
        because);
  }

  private void nat(NodeDraft draft) {
    String because = "Felix' address translation";
    for (String chain :
        new String[] {
          "cali-OUTPUT",
          "cali-POSTROUTING",
          "cali-PREROUTING",
          "cali-fip-dnat",
          "cali-fip-snat",
          "cali-nat-outgoing"
        }) {
      draft.chain("nat", chain, because);
    }
    for (String hook : new String[] {"PREROUTING", "OUTPUT", "POSTROUTING"}) {
      draft.insert(1, hashed(ChainDraft.in("nat", hook).jump("cali-" + hook)), because);
    }
    rule(draft, ChainDraft.in("nat", "cali-OUTPUT").jump("cali-fip-dnat"), because);
    rule(draft, ChainDraft.in("nat", "cali-PREROUTING").jump("cali-fip-dnat"), because);
    rule(draft, ChainDraft.in("nat", "cali-POSTROUTING").jump("cali-fip-snat"), because);
    rule(draft, ChainDraft.in("nat", "cali-POSTROUTING").jump("cali-nat-outgoing"), because);
    if (tunnel) {
      rule(
          draft,
          ChainDraft.in("nat", "cali-POSTROUTING")
              .out(Calico.TUNNEL)
              .match(new Match.AddrType(true, "src-type", "LOCAL", "limit-iface-out"))
              .match(new Match.AddrType(false, "src-type", "LOCAL"))
              .target(new Target.Masquerade("")),
          "the node's own packets enter the tunnel with its address");
    }
    rule(
        draft,
        ChainDraft.in("nat", "cali-nat-outgoing")
            .inSet(MASQUERADED_POOLS, "src")
            .notInSet(ALL_POOLS, "dst")
            .target(new Target.Masquerade("")),
        "pods speak to the outside with the node's address");
  }

  private static void rule(NodeDraft draft, ChainRule rule, String because) {
    draft.append(hashed(rule), because);
  }

  /** Felix marks every rule with a hash of it, in front of its other remarks. */
  private static ChainRule hashed(ChainRule rule) {
    List<Match> matches = new ArrayList<>(rule.matches());
    int at = 0;
    while (at < matches.size()
        && (matches.get(at) instanceof Match.InInterface
            || matches.get(at) instanceof Match.OutInterface
            || matches.get(at) instanceof Match.Protocol)) {
      at++;
    }
    matches.add(at, new Match.Comment("cali:" + hash(rule.toString())));
    return new ChainRule(rule.table(), rule.chain(), matches, rule.target(), rule.counters());
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().encodeToString(digest).substring(0, 16);
    } catch (NoSuchAlgorithmException e) {
      // every Java platform must have SHA-256 (java.security.MessageDigest)
      throw new IllegalStateException(e);
    }
  }
}
