package io.podpath.rules.netfilter;

import java.util.Optional;

/**
 * What chains do with a new packet between pods when only their makers touch them. Used where a
 * listing shows the jump and not the chain, and never to prove anything.
 */
enum WellKnownChain {
  RETURNS,
  ACCEPTS;

  static Optional<WellKnownChain> of(String name) {
    return switch (name) {
      // kube-proxy: accepts what is marked for masquerading or established; refuses services
      // without endpoints (proxy/iptables/proxier.go)
      case "KUBE-FORWARD",
          "KUBE-SERVICES",
          "KUBE-EXTERNAL-SERVICES",
          "KUBE-NODEPORTS",
          "KUBE-PROXY-FIREWALL",
          "KUBE-FIREWALL" ->
          Optional.of(RETURNS);
      // k3s' network policy marks what a policy accepts
      case "KUBE-ROUTER-FORWARD" -> Optional.of(RETURNS);
      // Docker: between its own bridges only; DOCKER-USER returns unless somebody filled it
      case "DOCKER-USER",
          "DOCKER-ISOLATION",
          "DOCKER-ISOLATION-STAGE-1",
          "DOCKER-ISOLATION-STAGE-2",
          "DOCKER-INGRESS",
          "DOCKER-FORWARD",
          "DOCKER-CT",
          "DOCKER-BRIDGE",
          "DOCKER" ->
          Optional.of(RETURNS);
      // firewalld: a zone without a target accepts only what it was told to
      case "FORWARD_direct",
          "FORWARD_IN_ZONES",
          "FORWARD_OUT_ZONES",
          "FORWARD_IN_ZONES_SOURCE",
          "FORWARD_OUT_ZONES_SOURCE",
          "FORWARD_POLICIES_PRE",
          "FORWARD_POLICIES_POST" ->
          Optional.of(RETURNS);
      // flannel accepts its network in both directions (flannel: pkg/trafficmngr/iptables)
      case "FLANNEL-FWD", "CNI-FORWARD" -> Optional.of(ACCEPTS);
      default -> Optional.empty();
    };
  }
}
