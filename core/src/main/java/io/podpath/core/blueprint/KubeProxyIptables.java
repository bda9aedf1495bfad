package io.podpath.core.blueprint;

import io.podpath.core.blueprint.ServiceFacts.Endpoint;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.netfilter.Match;
import io.podpath.core.netfilter.Target;
import io.podpath.core.snapshot.ServiceProxyKind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * kube-proxy in iptables mode: per service port one KUBE-SVC chain, per endpoint one KUBE-SEP chain
 * (kubernetes, pkg/proxy/iptables/proxier.go, 1.25).
 */
public record KubeProxyIptables() implements ServiceProxy {

  private static final String NODE_PORTS = "KUBE-NODEPORTS";

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
    KubeProxy.config(cluster, node, "iptables", draft);
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
    for (ServiceFacts service : cluster.services()) {
      service(cluster, service, draft);
    }
    draft.chain("nat", NODE_PORTS, "node ports");
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
    draft.chain("filter", "KUBE-EXTERNAL-SERVICES", because);
    draft.chain("filter", NODE_PORTS, because);
    draft.append(
        ChainDraft.in("filter", "INPUT")
            .states("NEW")
            .comment("kubernetes externally-visible service portals")
            .jump("KUBE-EXTERNAL-SERVICES"),
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
            .jump("KUBE-EXTERNAL-SERVICES"),
        because);
    draft.append(
        ChainDraft.in("filter", "OUTPUT")
            .states("NEW")
            .comment("kubernetes service portals")
            .jump(KubeProxy.SERVICES),
        because);
  }

  private static void service(ClusterFacts cluster, ServiceFacts service, NodeDraft draft) {
    String because = "Service " + service.servicePort();
    IpPrefix address = service.clusterIp().toPrefix();
    IpProtocol protocol = service.protocol();
    if (service.endpoints().isEmpty()) {
      draft.append(
          ChainDraft.in("filter", KubeProxy.SERVICES)
              .destination(address)
              .protocol(protocol)
              .comment(service.servicePort() + " has no endpoints")
              .destinationPort(protocol, service.port().number())
              .target(new Target.Reject("icmp-port-unreachable")),
          because);
      return;
    }
    String chain = "KUBE-SVC-" + hash(service.servicePort() + protocol);
    draft.chain("nat", chain, because);
    draft.append(
        ChainDraft.in("nat", KubeProxy.SERVICES)
            .destination(address)
            .protocol(protocol)
            .comment(service.servicePort() + " cluster IP")
            .destinationPort(protocol, service.port().number())
            .jump(chain),
        because);
    draft.append(
        ChainDraft.in("nat", chain)
            .notSource(cluster.podNetwork())
            .destination(address)
            .protocol(protocol)
            .comment(service.servicePort() + " cluster IP")
            .destinationPort(protocol, service.port().number())
            .jump(KubeProxy.MARK_MASQ),
        because);
    int left = service.endpoints().size();
    for (Endpoint endpoint : service.endpoints()) {
      endpoint(service, chain, endpoint, left--, draft);
    }
  }

  private static void endpoint(
      ServiceFacts service, String serviceChain, Endpoint endpoint, int left, NodeDraft draft) {
    String because = "endpoint " + endpoint + " of " + service.servicePort();
    IpProtocol protocol = service.protocol();
    String chain = "KUBE-SEP-" + hash(service.servicePort() + protocol + endpoint);
    draft.chain("nat", chain, because);
    ChainDraft choose =
        ChainDraft.in("nat", serviceChain).comment(service.servicePort() + " -> " + endpoint);
    draft.append(
        (left > 1 ? choose.match(new Match.Probability(false, 1.0 / left)) : choose).jump(chain),
        because);
    draft.append(
        ChainDraft.in("nat", chain)
            .source(endpoint.address().toPrefix())
            .comment(service.servicePort())
            .jump(KubeProxy.MARK_MASQ),
        "a pod that meets itself must be masqueraded");
    draft.append(
        ChainDraft.in("nat", chain)
            .protocol(protocol)
            .comment(service.servicePort())
            .match(new Match.Module(protocol.toString()))
            .target(new Target.Dnat(endpoint.toString(), "")),
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
