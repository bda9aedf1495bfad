package io.podpath.core.cni;

import io.podpath.core.net.IpPrefix;
import java.util.List;
import java.util.Optional;

/**
 * KubeProxyConfiguration (kubeproxy.config.k8s.io/v1alpha1), decoded strictly.
 *
 * @param mode iptables, ipvs, nftables, userspace; empty when not set, which means iptables on
 *     Linux
 * @param localMode {@code detectLocalMode}: by what pods are told from others; empty means by the
 *     clusterCIDR
 */
public record KubeProxyConfig(
    Optional<String> mode,
    List<IpPrefix> clusterCidrs,
    Optional<Boolean> masqueradeAll,
    Optional<String> localMode,
    Optional<String> scheduler,
    List<ConfigProblem> problems) {

  public KubeProxyConfig {
    clusterCidrs = List.copyOf(clusterCidrs);
    problems = List.copyOf(problems);
  }

  @Override
  public String toString() {
    return "KubeProxyConfiguration mode: " + mode.orElse("");
  }
}
