package io.podpath.core.compare;

import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.IpSetMember;
import io.podpath.core.netfilter.Match;
import io.podpath.core.netfilter.Target;
import io.podpath.core.node.Route;
import io.podpath.core.snapshot.Devices;
import io.podpath.core.snapshot.Facts;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Two nodes have pods of their own: what one of them holds for a pod says nothing of the other.
 *
 * @param others what else makes no difference
 */
record PodEffects(Effects others) implements Effects {

  private static final Pattern OF_SANDBOX = Pattern.compile("CNI-(?:[DS]N-)?[0-9a-f]{5,}");

  /**
   * Only a node's own pods can (kube-proxy's pkg/proxy/ipvs/proxier.go: syncEndpoint's IsLocal).
   */
  private static final Set<String> MEETS_ITSELF = Set.of("KUBE-LOOP-BACK", "KUBE-6-LOOP-BACK");

  @Override
  public boolean makesNone(Difference difference, Facts actual, Facts expected) {
    return difference.rows().allMatch(PodEffects::isOfPod)
        || others.makesNone(difference, actual, expected);
  }

  private static boolean isOfPod(Row row) {
    return switch (row.entry()) {
      case Route route -> route.device().filter(Devices::isPodLink).isPresent();
      case ChainRule rule -> isOfPod(rule);
      case IpSetMember member -> MEETS_ITSELF.contains(member.set());
      default -> false;
    };
  }

  /**
   * Felix has chains for each link: cali-tw-, cali-fw- and the link's name. portmap and ptp have
   * them for each pod: CNI-, DN- or SN-, and a hash of its sandbox.
   */
  private static boolean isOfPod(ChainRule rule) {
    return isChainOfPod(rule.chain())
        || rule.target() instanceof Target.Jump(var to) && isChainOfPod(to)
        || rule.target() instanceof Target.Goto(var goal) && isChainOfPod(goal)
        || rule.matches().stream().anyMatch(PodEffects::namesPodLink);
  }

  private static boolean isChainOfPod(String chain) {
    return chain.startsWith("cali-tw-")
        || chain.startsWith("cali-fw-")
        || OF_SANDBOX.matcher(chain).matches();
  }

  private static boolean namesPodLink(Match match) {
    return switch (match) {
      case Match.InInterface(var negated, var name) -> isOne(name);
      case Match.OutInterface(var negated, var name) -> isOne(name);
      default -> false;
    };
  }

  private static boolean isOne(String device) {
    return Devices.isPodLink(device) && !device.endsWith("+");
  }
}
