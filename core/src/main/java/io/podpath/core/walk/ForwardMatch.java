package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.IpSetMember;
import io.podpath.core.netfilter.Match;
import io.podpath.core.netfilter.Target;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.Section;
import java.util.List;
import java.util.Optional;

/** Whether a rule matches a forwarded packet between pods. */
public final class ForwardMatch {

  /** A rule for fewer ports than these is about some service, not about what pods do in general. */
  private static final int MANY_PORTS = 1000;

  private final Facts facts;

  public ForwardMatch(Facts facts) {
    this.facts = facts;
  }

  public Truth of(ChainRule rule, ForwardPacket packet, MarkBits mark) {
    Truth all = aboutSomePods(rule, packet);
    for (Match match : rule.matches()) {
      all = all.and(of(match, packet, mark));
    }
    return all;
  }

  /**
   * The packet stands for all pods of two subnets. What a rule does to a single pod is somebody's
   * policy; what it does to some of a subnet's pods does not tell of the others.
   */
  private static Truth aboutSomePods(ChainRule rule, ForwardPacket packet) {
    boolean drops = rule.target() instanceof Target.Drop || rule.target() instanceof Target.Reject;
    boolean some = false;
    for (Match match : rule.matches()) {
      Optional<IpPrefix> narrow =
          switch (match) {
            case Match.Source(var negated, var prefix) when !negated ->
                narrower(prefix, packet.sourceNetwork());
            case Match.Destination(var negated, var prefix) when !negated ->
                narrower(prefix, packet.destinationNetwork());
            default -> Optional.empty();
          };
      if (drops && narrow.filter(IpPrefix::isHost).isPresent()) {
        return Truth.NO;
      }
      some |= narrow.isPresent();
    }
    return some && (drops || rule.target() instanceof Target.Accept) ? Truth.MAYBE : Truth.YES;
  }

  private static Optional<IpPrefix> narrower(IpPrefix prefix, Optional<IpPrefix> network) {
    return network.filter(n -> n.contains(prefix) && prefix.length() > n.length()).map(n -> prefix);
  }

  private Truth of(Match match, ForwardPacket packet, MarkBits mark) {
    return switch (match) {
      case Match.Source(var negated, var prefix) ->
          address(prefix, packet.source()).negated(negated);
      case Match.Destination(var negated, var prefix) ->
          address(prefix, packet.destination()).negated(negated);
      case Match.InInterface(var negated, var name) -> device(name, packet.in()).negated(negated);
      case Match.OutInterface(var negated, var name) -> device(name, packet.out()).negated(negated);
      case Match.Protocol(var negated, var protocol) ->
          Truth.of(protocol.equals(packet.protocol())).negated(negated);
      case Match.Module _, Match.Comment _ -> Truth.YES;
      case Match.SourcePort(var negated, var module, int from, int to) ->
          ports(module, from, to, packet).negated(negated);
      case Match.DestinationPort(var negated, var module, int from, int to) ->
          destinationPort(module, from, to, packet).negated(negated);
      case Match.MultiPort(var negated, var option, var ports) ->
          severalPorts(option, ports, packet).negated(negated);
      case Match.ConnState(var negated, var module, var states) ->
          Truth.of(states.contains(packet.established() ? "ESTABLISHED" : "NEW")).negated(negated);
      case Match.Mark(var negated, var wanted) -> mark.matches(wanted).negated(negated);
      case Match.InSet(var negated, var name, var directions) ->
          inSet(name, directions, packet).negated(negated);
      case Match.AddrType(var negated, var option, var type, var limit) ->
          (limit.isEmpty() ? addressType(option, type, packet) : Truth.MAYBE).negated(negated);
      case Match.Probability(var negated, double probability) -> Truth.MAYBE;
      case Match.Unmodelled(var text) -> icmpType(text, packet);
    };
  }

  private static Truth address(IpPrefix prefix, Optional<IpAddress> address) {
    return address.map(a -> Truth.of(prefix.contains(a))).orElse(Truth.MAYBE);
  }

  /** {@code cali+} fits every name that begins with cali. */
  private static Truth device(String wanted, Optional<String> device) {
    if (wanted.equals("lo")) {
      return Truth.NO;
    }
    return device
        .map(d ->
            Truth.of(
                wanted.endsWith("+")
                    ? d.startsWith(wanted.substring(0, wanted.length() - 1))
                    : d.equals(wanted)))
        .orElse(Truth.MAYBE);
  }

  private static Truth ports(String module, int from, int to, ForwardPacket packet) {
    if (!module.equals(packet.protocol().toString())) {
      return Truth.NO;
    }
    return from == 0 && to == 65535 ? Truth.YES : to - from >= MANY_PORTS ? Truth.MAYBE : Truth.NO;
  }

  private static Truth destinationPort(String module, int from, int to, ForwardPacket packet) {
    return packet.destinationPort().isPresent() && module.equals(packet.protocol().toString())
        ? Truth.of(between(packet.destinationPort().get().number(), from, to))
        : ports(module, from, to, packet);
  }

  private static boolean between(int port, int from, int to) {
    return from <= port && port <= to;
  }

  private static Truth severalPorts(String option, List<String> ports, ForwardPacket packet) {
    if (packet.destinationPort().isPresent() && !option.contains("source")) {
      return Truth.MAYBE;
    }
    return ports.stream().anyMatch(p -> p.indexOf(':') >= 0) ? Truth.MAYBE : Truth.NO;
  }

  /** A forwarded packet between pods is from and to no local address. */
  private Truth addressType(String option, String type, ForwardPacket packet) {
    Optional<IpAddress> address = option.startsWith("src") ? packet.source() : packet.destination();
    boolean local =
        address
            .filter(
                a -> facts.get(Section.ADDRESSES).values().anyMatch(own -> own.local().equals(a)))
            .isPresent();
    return Truth.of(type.equals(local ? "LOCAL" : "UNICAST"));
  }

  private Truth inSet(String name, List<String> directions, ForwardPacket packet) {
    Entries<IpSetMember> members = facts.get(Section.IPSET_MEMBERS);
    Optional<IpAddress> address =
        directions.equals(List.of("src"))
            ? packet.source()
            : directions.equals(List.of("dst")) ? packet.destination() : Optional.empty();
    if (address.isEmpty()) {
      return Truth.MAYBE;
    }
    boolean in =
        members
            .values()
            .filter(m -> m.set().equals(name) && !m.options().contains("nomatch"))
            .flatMap(m -> IpPrefix.parse(m.element()).stream())
            .anyMatch(p -> p.contains(address.get()));
    boolean exceptions =
        members.values().anyMatch(m -> m.set().equals(name) && m.options().contains("nomatch"));
    if (exceptions) {
      return Truth.MAYBE;
    }
    return in ? Truth.YES : members.isComplete() ? Truth.NO : Truth.MAYBE;
  }

  /** The packet is an echo request when it is ICMP at all. */
  private static Truth icmpType(String text, ForwardPacket packet) {
    boolean types =
        text.startsWith("-m icmp --icmp-type ") || text.startsWith("-m icmp6 --icmpv6-type ");
    if (!types || !packet.isIcmp()) {
      return types ? Truth.NO : Truth.MAYBE;
    }
    String type = text.substring(text.lastIndexOf(' ') + 1);
    return Truth.of(
        type.equals("8")
            || type.equals("128")
            || type.equals("echo-request")
            || type.equals("any")
            || type.equals("255"));
  }
}
