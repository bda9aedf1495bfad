package io.podpath.core.compare;

import io.podpath.core.blueprint.ClusterFacts;
import io.podpath.core.blueprint.NodeFacts;
import io.podpath.core.blueprint.PodFacts;
import io.podpath.core.blueprint.ServiceFacts;
import io.podpath.core.compare.RuleEffects.Question;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.Port;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Match;
import io.podpath.core.walk.ForwardPacket;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Packets of a cluster that are of the kind a rule is about. A rule for one port or one pod does
 * nothing to the packets that stand for all, and yet to some of those that pods send.
 */
record Witnesses(ChainRule rule, ClusterFacts cluster) {

  private static final int MOST = 256;

  /**
   * What machines of a cluster ask each other for: flannel's udp (8285) and VXLAN (8472, 4789),
   * WireGuard (51820, 51821), BGP (179), Typha (5473), kubelet (10250), API server (6443) and etcd
   * (2379, 2380). Other ports of a machine are its own affair.
   */
  private static final Set<Integer> OF_MACHINES =
      Set.of(8285, 8472, 4789, 51820, 51821, 179, 5473, 10250, 6443, 2379, 2380);

  /** The packets of this kind among those of one hook, each in the place of one of them. */
  List<Question> of(List<Question> questions) {
    Set<Question> all = new LinkedHashSet<>();
    for (Question question : questions) {
      of(question.packet())
          .map(packet -> new Question(question.table(), question.chain(), packet))
          .forEach(all::add);
      if (all.size() >= MOST) {
        break;
      }
    }
    return List.copyOf(all);
  }

  private Stream<ForwardPacket> of(ForwardPacket packet) {
    ForwardPacket kind = packet;
    for (Match match : rule.matches()) {
      if (match instanceof Match.Protocol(var negated, var protocol) && !negated) {
        kind = kind.with(protocol);
      }
    }
    ForwardPacket typical = kind;
    return sources(typical)
        .flatMap(from -> destinations(typical).map(to -> typical.between(from, to)))
        .flatMap(this::toPorts);
  }

  private Stream<IpAddress> sources(ForwardPacket packet) {
    return likewise(
        packet.source(),
        rule.matches().stream()
            .flatMap(m ->
                m instanceof Match.Source(var negated, var prefix) && !negated
                    ? Stream.of(prefix)
                    : Stream.empty()));
  }

  private Stream<IpAddress> destinations(ForwardPacket packet) {
    return likewise(
        packet.destination(),
        rule.matches().stream()
            .flatMap(m ->
                m instanceof Match.Destination(var negated, var prefix) && !negated
                    ? Stream.of(prefix)
                    : Stream.empty()));
  }

  /** The address itself, or in its place that of a pod on the same node. */
  private Stream<IpAddress> likewise(Optional<IpAddress> address, Stream<IpPrefix> wanted) {
    Optional<IpPrefix> prefix = wanted.findFirst();
    if (address.isEmpty() || prefix.filter(p -> !p.contains(address.get())).isEmpty()) {
      return address.stream();
    }
    return cluster.nodes().stream()
        .filter(n -> isOf(n, address.get()))
        .flatMap(n -> n.pods().stream())
        .map(PodFacts::address)
        .filter(prefix.get()::contains)
        .limit(1);
  }

  private static boolean isOf(NodeFacts node, IpAddress address) {
    return node.podSubnets().stream().anyMatch(s -> s.contains(address))
        || node.pods().stream().anyMatch(p -> p.address().equals(address));
  }

  /** As it is where the rule names no port. */
  private Stream<ForwardPacket> toPorts(ForwardPacket packet) {
    Optional<Match.DestinationPort> ports =
        rule.matches().stream()
            .filter(Match.DestinationPort.class::isInstance)
            .map(Match.DestinationPort.class::cast)
            .filter(m -> !m.negated())
            .findFirst();
    if (ports.isEmpty() || packet.destinationPort().isPresent()) {
      return Stream.of(packet);
    }
    int from = ports.get().from();
    int to = ports.get().to();
    boolean machine =
        packet
            .destination()
            .filter(d -> cluster.nodes().stream().anyMatch(n -> has(n, d)))
            .isPresent();
    return machine
        ? ofMachines().filter(p -> from <= p && p <= to).mapToObj(Port::new).map(packet::to)
        : Stream.of(packet.to(new Port(from)));
  }

  private IntStream ofMachines() {
    return IntStream.concat(
            OF_MACHINES.stream().mapToInt(Integer::intValue),
            cluster.services().stream()
                .flatMap(s -> s.endpoints().stream())
                .filter(e -> cluster.nodes().stream().anyMatch(n -> has(n, e.address())))
                .map(ServiceFacts.Endpoint::port)
                .mapToInt(Port::number))
        .distinct();
  }

  private static boolean has(NodeFacts node, IpAddress address) {
    return node.cards().stream().anyMatch(c -> c.address().equals(address));
  }
}
