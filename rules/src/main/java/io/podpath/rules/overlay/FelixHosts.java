package io.podpath.rules.overlay;

import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.IpSetMember;
import io.podpath.core.netfilter.Match;
import io.podpath.core.netfilter.Target;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.Section;
import java.util.List;
import java.util.Optional;

/**
 * Felix' guard against foreign tunnels: cali-INPUT accepts IPIP from the ipset of all hosts and
 * drops the rest (felix/rules/static.go: filterInputChain).
 *
 * @param drop the rule that drops
 * @param hosts members of the set
 */
record FelixHosts(Fact<ChainRule> drop, String set, List<Fact<IpSetMember>> hosts) {

  /**
   * Absent where the input chain was read and has no such rule; not gathered where rules or set are
   * missing.
   */
  static Gathered<FelixHosts> of(Facts facts) {
    String gap = "iptables INPUT was not recorded";
    boolean readWhole = false;
    for (ClusterView.Listing listing : ClusterView.iptables(facts, IpFamily.INET)) {
      readWhole |= listing.rules().isComplete();
      List<Fact<ChainRule>> rules = listing.rulesOf("filter", "cali-INPUT");
      Optional<String> set =
          rules.stream().flatMap(f -> acceptedSet(f.value()).stream()).findFirst();
      Optional<Fact<ChainRule>> drop =
          rules.stream().filter(f -> dropsTunnel(f.value())).findFirst();
      if (drop.isPresent() && set.isPresent()) {
        Entries<IpSetMember> members = facts.get(Section.IPSET_MEMBERS);
        if (!members.isComplete()) {
          return Gathered.notGathered("ipset " + set.get() + ": " + members.coverage().gap());
        }
        return Gathered.known(
            new FelixHosts(drop.get(), set.get(), members.where(m -> m.set().equals(set.get()))));
      }
    }
    return readWhole ? Gathered.absent() : Gathered.notGathered(gap);
  }

  private static boolean isTunnel(ChainRule rule) {
    return rule.matches().stream()
        .anyMatch(m ->
            m instanceof Match.Protocol(var negated, var protocol)
                && !negated
                && protocol.equals(IpProtocol.IPENCAP));
  }

  private static boolean dropsTunnel(ChainRule rule) {
    return isTunnel(rule)
        && rule.target() instanceof Target.Drop
        && rule.matches().stream()
            .allMatch(m -> m instanceof Match.Protocol || m instanceof Match.Comment);
  }

  private static Optional<String> acceptedSet(ChainRule rule) {
    if (!isTunnel(rule) || !(rule.target() instanceof Target.Accept)) {
      return Optional.empty();
    }
    return rule.matches().stream()
        .flatMap(m ->
            m instanceof Match.InSet(var negated, var name, var directions)
                    && !negated
                    && directions.equals(List.of("src"))
                ? Optional.of(name).stream()
                : Optional.<String>empty().stream())
        .findFirst();
  }

  boolean knows(IpAddress source) {
    return hosts.stream()
        .flatMap(f -> IpPrefix.parse(f.value().element()).stream())
        .anyMatch(p -> p.contains(source));
  }

  /** The member that stands for another address of the same node, when there is one. */
  Optional<Fact<IpSetMember>> member(IpAddress address) {
    return hosts.stream()
        .filter(
            f -> IpPrefix.parse(f.value().element()).filter(p -> p.contains(address)).isPresent())
        .findFirst();
  }
}
