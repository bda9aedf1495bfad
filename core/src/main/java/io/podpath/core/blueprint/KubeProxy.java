package io.podpath.core.blueprint;

import io.podpath.core.cni.KubeProxyConfig;
import io.podpath.core.netfilter.Target;
import io.podpath.core.snapshot.Section;
import java.util.List;
import java.util.Optional;

/** What kube-proxy writes in every mode. */
final class KubeProxy {

  /** iptables.masqueradeBit 14. */
  static final long MASQUERADE = 0x4000;

  /** Bit 15, which kubelet and kube-proxy drop. */
  static final long DROP = 0x8000;

  static final String MARK_MASQ = "KUBE-MARK-MASQ";
  static final String MARK_DROP = "KUBE-MARK-DROP";
  static final String POSTROUTING = "KUBE-POSTROUTING";
  static final String SERVICES = "KUBE-SERVICES";
  static final String FORWARD = "KUBE-FORWARD";
  static final String FIREWALL = "KUBE-FIREWALL";

  private KubeProxy() {}

  static void config(
      ClusterFacts cluster,
      NodeFacts node,
      String mode,
      Masquerading masquerading,
      NodeDraft draft) {
    draft.row(
        Section.KUBE_PROXY_CONFIG,
        new KubeProxyConfig(
            Optional.of(mode),
            masquerading.tellsPods() ? List.of(cluster.podNetwork()) : List.of(),
            Optional.of(masquerading.all()),
            Optional.empty(),
            Optional.of("rr"),
            List.of()),
        "kube-proxy's configuration");
    draft.file(
        "/etc/kubernetes/kube-proxy-config.yml",
        """
        apiVersion: kubeproxy.config.k8s.io/v1alpha1
        kind: KubeProxyConfiguration
        bindAddress: 0.0.0.0
        clientConnection:
          kubeconfig: /etc/kubernetes/kube-proxy.kubeconfig
        clusterCIDR: %s
        hostnameOverride: %s
        iptables:
          masqueradeAll: %s
          masqueradeBit: 14
          minSyncPeriod: 5s
          syncPeriod: 30s
        ipvs:
          minSyncPeriod: 5s
          scheduler: rr
          syncPeriod: 30s
        metricsBindAddress: 0.0.0.0:10249
        mode: "%s"
        """
            .formatted(
                masquerading.tellsPods() ? cluster.podNetwork() : "",
                node.name(),
                masquerading.all(),
                mode));
  }

  /** Marks for masquerading, and the rules behind them (pkg/proxy/iptables/proxier.go). */
  static void marks(NodeDraft draft) {
    String because = "kube-proxy's masquerade marks";
    draft.chain("nat", MARK_MASQ, because);
    draft.chain("nat", MARK_DROP, because);
    draft.append(ChainDraft.in("nat", MARK_DROP).setMark(DROP), because);
    draft.append(ChainDraft.in("nat", MARK_MASQ).setMark(MASQUERADE), because);
  }

  static void postrouting(NodeDraft draft) {
    String because = "kube-proxy masquerades what it marked";
    draft.chain("nat", POSTROUTING, because);
    draft.insert(
        1,
        ChainDraft.in("nat", "POSTROUTING")
            .comment("kubernetes postrouting rules")
            .jump(POSTROUTING),
        because);
    draft.append(ChainDraft.in("nat", POSTROUTING).notMark(MASQUERADE).giveBack(), because);
    draft.append(ChainDraft.in("nat", POSTROUTING).changeMark(MASQUERADE, 0), because);
    draft.append(
        ChainDraft.in("nat", POSTROUTING)
            .comment("kubernetes service traffic requiring SNAT")
            .target(new Target.Masquerade("--random-fully")),
        because);
  }

  static void forward(NodeDraft draft) {
    String because = "kube-proxy accepts the connections it translated";
    draft.append(
        ChainDraft.in("filter", FORWARD)
            .comment("kubernetes forwarding rules")
            .mark(MASQUERADE)
            .accept(),
        because);
    draft.append(
        ChainDraft.in("filter", FORWARD)
            .comment("kubernetes forwarding conntrack rule")
            .states("RELATED", "ESTABLISHED")
            .accept(),
        because);
  }

  /** Entry from PREROUTING and OUTPUT, for forwarded and for own connections. */
  static void entries(NodeDraft draft) {
    String because = "service addresses are translated before routing";
    draft.chain("nat", SERVICES, because);
    for (String hook : List.of("PREROUTING", "OUTPUT")) {
      draft.insert(
          1,
          ChainDraft.in("nat", hook).comment("kubernetes service portals").jump(SERVICES),
          because);
    }
  }

  static void firewall(NodeDraft draft) {
    String because = "packets marked for dropping";
    draft.chain("filter", FIREWALL, because);
    for (String hook : List.of("INPUT", "OUTPUT")) {
      draft.append(ChainDraft.in("filter", hook).jump(FIREWALL), because);
    }
    draft.append(
        ChainDraft.in("filter", FIREWALL)
            .comment("kubernetes firewall for dropping marked packets")
            .mark(DROP)
            .drop(),
        because);
  }
}
