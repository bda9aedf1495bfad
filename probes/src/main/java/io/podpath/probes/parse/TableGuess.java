package io.podpath.probes.parse;

import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Target;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The table of chains that stand without one, by what only one table has. */
final class TableGuess {

  private static final List<String> NAT_CHAINS =
      List.of(
          "KUBE-SVC-",
          "KUBE-SEP-",
          "KUBE-FW-",
          "KUBE-XLB-",
          "KUBE-EXT-",
          "KUBE-SVL-",
          "KUBE-MARK-",
          "KUBE-POSTROUTING",
          "KUBE-PORTALS",
          "FLANNEL-POSTRTG",
          "CNI-HOSTPORT",
          "CNI-DN-",
          "CNI-SN-",
          "cali-nat-",
          "cali-fip-");
  private static final List<String> FILTER_CHAINS =
      List.of(
          "KUBE-FORWARD",
          "KUBE-FIREWALL",
          "KUBE-EXTERNAL-SERVICES",
          "KUBE-PROXY-FIREWALL",
          "KUBE-ROUTER-",
          "FLANNEL-FWD",
          "DOCKER-USER",
          "DOCKER-ISOLATION",
          "DOCKER-FORWARD",
          "ufw-",
          "ufw6-",
          "cali-fw-",
          "cali-tw-",
          "cali-wl-",
          "cali-INPUT",
          "cali-FORWARD",
          "FORWARD",
          "INPUT");

  private TableGuess() {}

  /**
   * By the chain's name and the rules seen in it; filter, iptables' own default, when nothing
   * speaks for another table.
   */
  static String of(String chain, Collection<ChainRule> rules) {
    Optional<String> byName = byName(chain);
    if (byName.isPresent()) {
      return byName.get();
    }
    for (ChainRule rule : rules) {
      Optional<String> byTarget = byTarget(rule.target());
      if (byTarget.isPresent()) {
        return byTarget.get();
      }
    }
    return chain.equals("PREROUTING") || chain.equals("POSTROUTING") ? "nat" : "filter";
  }

  private static Optional<String> byName(String chain) {
    if (FILTER_CHAINS.stream().anyMatch(chain::startsWith)) {
      return Optional.of("filter");
    }
    return NAT_CHAINS.stream().anyMatch(chain::startsWith) ? Optional.of("nat") : Optional.empty();
  }

  private static Optional<String> byTarget(Target target) {
    return switch (target) {
      case Target.Dnat d -> Optional.of("nat");
      case Target.Snat s -> Optional.of("nat");
      case Target.Masquerade m -> Optional.of("nat");
      // net/ipv4/netfilter/ipt_REJECT.c: .table = "filter"
      case Target.Reject r -> Optional.of("filter");
      case Target.Jump(String name) -> byName(name).filter("nat"::equals);
      case Target.Goto(String name) -> byName(name).filter("nat"::equals);
      case Target.Other(String name, String options) ->
          switch (name) {
            case "REDIRECT", "NETMAP" -> Optional.of("nat");
            case "CT", "NOTRACK" -> Optional.of("raw");
            case "TPROXY", "TOS", "TTL", "DSCP", "CHECKSUM", "ECN", "HL" -> Optional.of("mangle");
            default -> Optional.empty();
          };
      case Target.Accept a -> Optional.empty();
      case Target.Drop d -> Optional.empty();
      case Target.Return r -> Optional.empty();
      case Target.SetMark s -> Optional.empty();
      case Target.CountOnly c -> Optional.empty();
    };
  }
}
