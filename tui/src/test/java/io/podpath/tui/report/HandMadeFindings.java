package io.podpath.tui.report;

import io.podpath.core.fix.Change.Instruction;
import io.podpath.core.fix.Change.SetSysctl;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.FixSafety;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.EntryState;
import io.podpath.core.rule.Evidence;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.Mended;
import io.podpath.core.rule.Pair;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.History.RunCommand;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Source;
import io.podpath.core.walk.Disposition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Findings written by hand, each for what its text must show. */
final class HandMadeFindings {

  private HandMadeFindings() {}

  static Finding staleFdb() {
    String table =
        """
        33:33:00:00:00:01 dev ens33 self permanent
        9a:0f:6e:31:c2:03 dst 10.0.1.13 self permanent
        5e:21:0c:9d:44:07 dst 10.0.1.71 self permanent
        """;
    List<Culprit> culprits = new ArrayList<>();
    List<Instruction> changes = new ArrayList<>();
    for (String node : nodesWithStaleFdb()) {
      culprits.add(
          Culprit.of(
              Optional.of(node),
              EntryKind.FDB,
              "5e:21:0c:9d:44:07 dev flannel.1 dst 10.0.1.71 self permanent",
              EntryState.WRONG,
              at("nodes/" + node + "/fdb.txt", node, "bridge fdb show dev flannel.1", table, 3),
              "dst 10.0.1.71",
              "no node has 10.0.1.71; worker-7 is 10.0.1.17"));
      changes.add(
          new Instruction(
              node,
              "bridge fdb replace 5e:21:0c:9d:44:07 dev flannel.1 dst 10.0.1.17 self permanent",
              "bridge fdb replace 5e:21:0c:9d:44:07 dev flannel.1 dst 10.0.1.71 self permanent"));
    }
    return new Finding(
        "stale-fdb-entry",
        Severity.ERROR,
        Certainty.PROVEN,
        "",
        "VXLAN forwarding entry sends traffic for worker-7 to an address no node owns",
        "flannel.1 wraps each packet for a pod on worker-7 into UDP to the address its forwarding entry names. That address is 10.0.1.71,"
            + " which no node has, so the packet leaves the node and nobody answers.\n\nNothing on worker-7 is wrong.",
        "dst 10.0.1.17, as the annotation flannel.alpha.coreos.com/public-ip of worker-7 says",
        culprits,
        List.of(
            new Evidence(
                "worker-7 flannel.alpha.coreos.com/public-ip: 10.0.1.17",
                at("cluster/nodes.yaml", Optional.empty(), Optional.empty(), "a: b\n", 1),
                "the address of worker-7"),
            new Evidence(
                "10.244.7.0/24 via 10.244.7.0 dev flannel.1 onlink",
                at("nodes/worker-2/ip-route.txt", "worker-2", "ip route", "default\n", 1),
                "the route of worker-2 to pods on worker-7 goes through flannel.1")),
        List.of(new Pair("worker-2", "worker-7"), new Pair("worker-7", "worker-2")),
        Disposition.NO_SUCH_NODE,
        List.of(
            "bridge fdb show dev flannel.1 | grep 5e:21:0c:9d:44:07",
            "kubectl get node worker-7 -o yaml"),
        Set.of(),
        Optional.of(
            new Fix(
                FixSafety.SAFE,
                List.copyOf(changes),
                "flanneld, which never re-checks forwarding entries and so leaves this alone",
                "flanneld missed an address change; restart it, or it happens again:\n"
                    + "kubectl -n kube-flannel delete pod -l app=flannel --field-selector spec.nodeName=worker-2")),
        Optional.empty());
  }

  private static List<String> nodesWithStaleFdb() {
    List<String> nodes = new ArrayList<>(List.of("worker-2"));
    IntStream.rangeClosed(101, 140).forEach(n -> nodes.add("worker-" + n));
    return nodes;
  }

  static Finding missingRoute() {
    return new Finding(
        "route-to-node-missing",
        Severity.ERROR,
        Certainty.LIKELY,
        "rules of policy routing on worker-5",
        "worker-5 has no route to the pod subnet 10.244.33.0/24 of worker-6",
        "A packet to a pod on worker-6 follows the default route and leaves the cluster.",
        "",
        List.of(
            Culprit.missing(
                "worker-5",
                EntryKind.ROUTE,
                "10.244.33.0/24 via 192.168.80.33 dev ens33",
                Optional.of(
                    at(
                        "nodes/worker-5/ip-route.txt",
                        "worker-5",
                        "ip route",
                        "default via 192.168.80.2 dev ens33\n",
                        1)),
                "flanneld adds it for every other node")),
        List.of(),
        List.of(new Pair("worker-5", "worker-6")),
        Disposition.LEFT_THE_CLUSTER,
        List.of("ip route get 10.244.33.2"),
        Set.of(),
        Optional.of(
            new Fix(
                FixSafety.DISRUPTIVE,
                List.of(
                    new Instruction("worker-5", "systemctl restart flanneld", ""),
                    new SetSysctl("worker-5", "net.ipv4.ip_forward", Optional.empty(), "1")),
                "",
                "")),
        Optional.empty());
  }

  static Finding consequence() {
    return new Finding(
        "neighbour-missing",
        Severity.ERROR,
        Certainty.POSSIBLE,
        "",
        "worker-2 knows no hardware address for 10.244.7.0",
        "The kernel cannot send to a neighbour it cannot name.",
        "",
        List.of(
            Culprit.missing(
                "worker-2", EntryKind.NEIGH, "10.244.7.0 dev flannel.1", Optional.empty(), "")),
        List.of(),
        List.of(new Pair("worker-2", "worker-7")),
        Disposition.NEIGHBOUR_FAILED,
        List.of(),
        Set.of("stale-fdb-entry"),
        Optional.empty(),
        Optional.empty());
  }

  static Finding mended() {
    String text =
        "default via 192.168.80.2 dev ens33\n10.10.176.0/20 via 172.17.8.101 dev enp0s8\n";
    Provenance wrong = at("notes.txt", Optional.of("worker-1"), Optional.of("ip route"), text, 2);
    return new Finding(
        "route-to-own-subnet",
        Severity.ERROR,
        Certainty.PROVEN,
        "",
        "worker-1 routes its own pod subnet 10.10.176.0/20 to itself",
        "The packet loops.",
        "",
        List.of(
            Culprit.of(
                Optional.of("worker-1"),
                EntryKind.ROUTE,
                "10.10.176.0/20 via 172.17.8.101 dev enp0s8",
                EntryState.EXTRA,
                wrong,
                "via 172.17.8.101",
                "that is worker-1 itself")),
        List.of(),
        List.of(),
        Disposition.LOOP,
        List.of(),
        Set.of(),
        Optional.of(Fix.advice("", "never shown, as it is mended")),
        Optional.of(
            new Mended(
                List.of(
                    new RunCommand(
                        Optional.of("worker-1"),
                        "ip route del 10.10.176.0/20 via 172.17.8.101 dev enp0s8",
                        at("notes.txt", Optional.of("worker-1"), Optional.empty(), "x\n", 61))))));
  }

  static Finding mtu() {
    return new Finding(
        "mtu-too-big",
        Severity.WARNING,
        Certainty.PROVEN,
        "",
        "flannel.1 has mtu 1500, the path carries 1450",
        "Large packets are lost.",
        "",
        List.of(
            Culprit.missing(
                "worker-1", EntryKind.LINK, "flannel.1 mtu 1450", Optional.empty(), "")),
        List.of(),
        List.of(),
        Disposition.MTU_EXCEEDED,
        List.of(),
        Set.of(),
        Optional.of(
            new Fix(
                FixSafety.CHOICE,
                List.of(
                    new Instruction(
                        "worker-1",
                        "ip link set flannel.1 mtu <mtu>",
                        "ip link set flannel.1 mtu 1500")),
                "",
                "")),
        Optional.empty());
  }

  static Provenance at(String file, String node, String command, String text, int line) {
    return at(file, Optional.of(node), Optional.of(command), text, line);
  }

  static Provenance at(
      String file, Optional<String> node, Optional<String> command, String text, int line) {
    return new Provenance(
        new Source(file, 1, node, Source.HOST, command, text, Optional.empty()), line);
  }
}
