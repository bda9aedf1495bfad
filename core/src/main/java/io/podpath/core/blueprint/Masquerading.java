package io.podpath.core.blueprint;

import io.podpath.core.cni.KubeProxyConfig;

/**
 * Which calls of service addresses kube-proxy masquerades.
 *
 * @param all even those of pods ({@code masqueradeAll})
 * @param tellsPods whether kube-proxy knows pods from others, by {@code clusterCIDR}; where it does
 *     not, it masquerades no call of a cluster IP (pkg/proxy/util/localdetector.go: IsImplemented)
 */
public record Masquerading(boolean all, boolean tellsPods) {

  /** As kubeadm sets it up: calls from outside of the cluster. */
  public static final Masquerading USUAL = new Masquerading(false, true);

  /** Of a configuration that was read whole. */
  static Masquerading of(KubeProxyConfig config) {
    boolean byCidr = config.localMode().filter(m -> !m.equals("ClusterCIDR")).isEmpty();
    return new Masquerading(
        config.masqueradeAll().orElse(false), !byCidr || !config.clusterCidrs().isEmpty());
  }
}
