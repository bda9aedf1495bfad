package io.podpath.core.blueprint;

import io.podpath.core.snapshot.ServiceProxyKind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * kube-proxy in iptables mode: per service port one KUBE-SVC chain, per endpoint one KUBE-SEP chain
 * (kubernetes, pkg/proxy/iptables/proxier.go, 1.25).
 */
public record KubeProxyIptables(Masquerading masquerading) implements ServiceProxy {

  static final String NODE_PORTS = "KUBE-NODEPORTS";
  static final String EXTERNAL_SERVICES = "KUBE-EXTERNAL-SERVICES";

  public KubeProxyIptables() {
    this(Masquerading.USUAL);
  }

  @Override
  public String name() {
    return "iptables";
  }

  @Override
  public ServiceProxyKind kind() {
    return ServiceProxyKind.IPTABLES;
  }

  @Override
  public void lay(ClusterFacts cluster, NodeFacts node, NodeDraft draft) {
    KubeProxy.config(cluster, node, "iptables", masquerading, draft);
    hooks(draft);
    KubeProxy.firewall(draft);
    draft.chain("filter", KubeProxy.FORWARD, "kube-proxy's accepts");
    draft.append(
        ChainDraft.in("filter", KubeProxy.FORWARD).states("INVALID").drop(),
        "kube-proxy drops what connection tracking cannot place");
    KubeProxy.forward(draft);
    KubeProxy.marks(draft);
    KubeProxy.entries(draft);
    KubeProxy.postrouting(draft);
    draft.chain("nat", NODE_PORTS, "node ports");
    for (ServiceFacts service : cluster.services()) {
      new ServiceChains(cluster, node, service, masquerading, draft).lay();
    }
    draft.append(
        ChainDraft.in("nat", KubeProxy.SERVICES)
            .comment("kubernetes service nodeports; NOTE: this must be the last rule in this chain")
            .toLocal()
            .jump(NODE_PORTS),
        "node ports");
  }

  /** The jumps from the built-in chains of the filter table, in the order kube-proxy leaves. */
  private static void hooks(NodeDraft draft) {
    String because = "kube-proxy's chains";
    draft.chain("filter", KubeProxy.SERVICES, because);
    draft.chain("filter", EXTERNAL_SERVICES, because);
    draft.chain("filter", NODE_PORTS, because);
    draft.append(
        ChainDraft.in("filter", "INPUT")
            .states("NEW")
            .comment("kubernetes externally-visible service portals")
            .jump(EXTERNAL_SERVICES),
        because);
    draft.append(
        ChainDraft.in("filter", "INPUT")
            .comment("kubernetes health check service ports")
            .jump(NODE_PORTS),
        because);
    draft.insert(
        1,
        ChainDraft.in("filter", "FORWARD")
            .comment("kubernetes forwarding rules")
            .jump(KubeProxy.FORWARD),
        because);
    draft.insert(
        2,
        ChainDraft.in("filter", "FORWARD")
            .states("NEW")
            .comment("kubernetes service portals")
            .jump(KubeProxy.SERVICES),
        because);
    draft.insert(
        3,
        ChainDraft.in("filter", "FORWARD")
            .states("NEW")
            .comment("kubernetes externally-visible service portals")
            .jump(EXTERNAL_SERVICES),
        because);
    draft.append(
        ChainDraft.in("filter", "OUTPUT")
            .states("NEW")
            .comment("kubernetes service portals")
            .jump(KubeProxy.SERVICES),
        because);
  }

  /** Sixteen letters of the base32 of a SHA-256 (proxier.go: portProtoHash). */
  static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
      StringBuilder out = new StringBuilder();
      for (int i = 0; i < 16; i++) {
        int bit = i * 5;
        int pair = (digest[bit / 8] & 0xff) << 8 | digest[bit / 8 + 1] & 0xff;
        out.append(letters.charAt(pair >> 11 - bit % 8 & 31));
      }
      return out.toString();
    } catch (NoSuchAlgorithmException e) {
      // every Java platform must have SHA-256 (java.security.MessageDigest)
      throw new IllegalStateException(e);
    }
  }
}
