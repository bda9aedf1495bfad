package io.podpath.tui.report;

import io.podpath.core.rule.Diagnosis;
import io.podpath.core.rule.Diagnosis.Missing;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Commands whose output would fill the gaps, by the name of the gap. */
final class MissingOutputs {

  private static final Map<String, String> COMMANDS =
      Map.of(
          "addresses", "ip addr",
          "routes", "ip route show table all",
          "sysctl net.ipv4.ip_forward", "sysctl net.ipv4.ip_forward",
          "iptables FORWARD", "iptables-save",
          "neighbours", "ip neigh",
          "fdb", "bridge fdb show",
          "ovs-ports", "ovs-vsctl show");

  /** In the order a person would run them; "all" is a node of which there is nothing. */
  private static final List<String> ORDER =
      List.of(
          "addresses",
          "routes",
          "neighbours",
          "fdb",
          "sysctl net.ipv4.ip_forward",
          "iptables FORWARD",
          "ovs-ports");

  private static final List<String> FOR_ANY_NODE =
      List.of("addresses", "routes", "sysctl net.ipv4.ip_forward", "iptables FORWARD");

  private MissingOutputs() {}

  static List<String> commands(Diagnosis diagnosis) {
    Stream<String> gaps =
        Stream.concat(diagnosis.nodes().stream(), diagnosis.terminals().stream())
            .flatMap(n -> n.missing().stream())
            .map(Missing::section)
            .flatMap(s -> s.equals("all") ? FOR_ANY_NODE.stream() : Stream.of(s));
    boolean nodesAreMissing = diagnosis.nodes().size() < 2 || !diagnosis.others().isEmpty();
    Set<String> wanted =
        Stream.concat(gaps, nodesAreMissing ? FOR_ANY_NODE.stream() : Stream.empty())
            .collect(Collectors.toSet());
    return ORDER.stream()
        .filter(wanted::contains)
        .flatMap(g -> Stream.ofNullable(COMMANDS.get(g)))
        .toList();
  }
}
