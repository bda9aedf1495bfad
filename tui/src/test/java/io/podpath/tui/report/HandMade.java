package io.podpath.tui.report;

import io.podpath.core.fix.Change.Instruction;
import io.podpath.core.fix.Change.SetSysctl;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.FixSafety;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.Diagnosis;
import io.podpath.core.rule.Diagnosis.BrokenPair;
import io.podpath.core.rule.Diagnosis.Health;
import io.podpath.core.rule.Diagnosis.Missing;
import io.podpath.core.rule.Diagnosis.NodeCompleteness;
import io.podpath.core.rule.Diagnosis.NodeReport;
import io.podpath.core.rule.Diagnosis.Prediction;
import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.rule.Diagnosis.Reach;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.EntryState;
import io.podpath.core.rule.Evidence;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.Mended;
import io.podpath.core.rule.NotChecked;
import io.podpath.core.rule.Pair;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.FabricKind;
import io.podpath.core.snapshot.History.RunCommand;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.ServiceProxyKind;
import io.podpath.core.snapshot.Source;
import io.podpath.core.snapshot.UnreadLine;
import io.podpath.core.walk.Disposition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Diagnoses written by hand, each for what its text must show. */
public final class HandMade {

  /**
   * What an attacker would put into a pod's name: sets the title of the terminal, clears it, and
   * reverses what follows.
   */
  static final String HOSTILE =
      "web\u001b]0;owned\u0007\u001b[2J\u202etxt.exe\u2028\u0085\u200b\u007f";

  private HandMade() {}

  /**
   * Two nodes share a cause, one finding follows from another, one was mended, one lacks its entry,
   * one is only a warning.
   */
  public static Diagnosis broken() {
    return new Diagnosis(
        FabricKind.FLANNEL_VXLAN,
        ServiceProxyKind.IPVS,
        Optional.of("2026-11-20T09:14:03Z"),
        nodes(),
        new Reach(
            20,
            0,
            2,
            18,
            List.of(
                new BrokenPair(
                    "worker-2",
                    "worker-7",
                    Disposition.NO_SUCH_NODE,
                    "forward",
                    List.of("F1", "F3")),
                new BrokenPair(
                    "worker-7", "worker-2", Disposition.REPLY_LOST, "reply", List.of("F1")))),
        List.of(
            new Ranked("F1", staleFdb(), List.of(), Optional.of(new Prediction(2, 0, 0))),
            new Ranked("F2", missingRoute(), List.of(), Optional.of(new Prediction(0, 0, 2))),
            new Ranked("F3", consequence(), List.of("F1"), Optional.empty()),
            new Ranked("F4", mended(), List.of(), Optional.empty()),
            new Ranked("F5", mtu(), List.of(), Optional.empty())),
        notChecked(),
        unread(),
        List.of("mtu-too-big", "neighbour-missing", "route-to-node-missing", "stale-fdb-entry"),
        List.of("ufw-denies-routed@worker-2"),
        Health.FINDINGS);
  }

  private static List<NodeReport> nodes() {
    return List.of(
        node("worker-1"),
        node("worker-2"),
        new NodeReport(
            "worker-5",
            NodeCompleteness.PARTIAL,
            List.of(new Missing("fdb", "not recorded"), new Missing("neighbours", "not recorded"))),
        node("worker-7"),
        new NodeReport(
            "worker-42",
            NodeCompleteness.UNREACHABLE,
            List.of(new Missing("all", "no answer in 20 s"))));
  }

  private static NodeReport node(String name) {
    return new NodeReport(name, NodeCompleteness.COMPLETE, List.of());
  }

  private static Finding staleFdb() {
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

  private static Finding missingRoute() {
    return new Finding(
        "route-to-node-missing",
        Severity.ERROR,
        Certainty.LIKELY,
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

  private static Finding consequence() {
    return new Finding(
        "neighbour-missing",
        Severity.ERROR,
        Certainty.POSSIBLE,
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

  private static Finding mended() {
    String text =
        "default via 192.168.80.2 dev ens33\n10.10.176.0/20 via 172.17.8.101 dev enp0s8\n";
    Provenance wrong = at("notes.txt", Optional.of("worker-1"), Optional.of("ip route"), text, 2);
    return new Finding(
        "route-to-own-subnet",
        Severity.ERROR,
        Certainty.PROVEN,
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

  private static Finding mtu() {
    return new Finding(
        "mtu-too-big",
        Severity.WARNING,
        Certainty.PROVEN,
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

  private static List<NotChecked> notChecked() {
    List<NotChecked> list = new ArrayList<>();
    list.add(new NotChecked("bgp-session-down", Optional.empty(), "bgp-sessions: not recorded"));
    for (String node : List.of("worker-1", "worker-5")) {
      list.add(new NotChecked("neighbour-missing", Optional.of(node), "neighbours: not recorded"));
      list.add(new NotChecked("vtep-mac-mismatch", Optional.of(node), "neighbours: not recorded"));
    }
    for (int i = 1; i <= 6; i++) {
      list.add(
          new NotChecked(
              "reverse-path-filter",
              Optional.of("worker-" + i),
              "sysctl number " + i + ": not recorded"));
    }
    return list;
  }

  private static List<UnreadLine> unread() {
    String text = "ok\nfoo bar baz\n\n10.0.0.0/99 via nowhere\nx\ny\n";
    return IntStream.of(2, 4, 5, 6)
        .mapToObj(l ->
            new UnreadLine(
                Section.FDB,
                at("nodes/worker-5/fdb.txt", "worker-5", "bridge fdb", text, l),
                "no hardware address"))
        .toList();
  }

  /** A Chinese field note, and text that wants to act on the terminal in every field. */
  public static Diagnosis hostile() {
    String text =
        "# 查询路由表,发现路由表错误\r\n下一跳写错了 10.244.2.0/24 via 192.168.3.114 dev ens33 \u001b[31m红\u001b[0m\n";
    Provenance place =
        at(
            "笔记\u202e.txt",
            Optional.of("k8s-节点01" + HOSTILE),
            Optional.of("ip route" + HOSTILE),
            text,
            2);
    Finding finding =
        new Finding(
            "wrong-next-hop",
            Severity.ERROR,
            Certainty.PROVEN,
            "下一跳 192.168.3.114 不属于任何节点 " + HOSTILE,
            "数据包离开了节点，没有人回答。".repeat(9) + HOSTILE + "\nsecond line",
            HOSTILE,
            List.of(
                Culprit.of(
                    Optional.of("k8s-节点01" + HOSTILE),
                    EntryKind.ROUTE,
                    "10.244.2.0/24 via 192.168.3.114 dev ens33",
                    EntryState.WRONG,
                    place,
                    "192.168.3.114",
                    "不属于任何节点" + HOSTILE)),
            List.of(new Evidence("文字" + HOSTILE, place, "说明" + HOSTILE)),
            List.of(new Pair("k8s-节点01" + HOSTILE, "b")),
            Disposition.NO_SUCH_NODE,
            List.of("ip route" + HOSTILE),
            Set.of(),
            Optional.of(
                new Fix(
                    FixSafety.SAFE,
                    List.of(
                        new Instruction(
                            "n" + HOSTILE,
                            "ip route replace " + HOSTILE,
                            "ip route del " + HOSTILE)),
                    HOSTILE,
                    HOSTILE)),
            Optional.empty());
    Finding gone =
        new Finding(
            finding.rule(),
            Severity.WARNING,
            Certainty.POSSIBLE,
            finding.title(),
            HOSTILE,
            "",
            finding.culprits(),
            List.of(),
            List.of(),
            Disposition.LOOP,
            List.of(),
            Set.of(),
            Optional.empty(),
            Optional.of(new Mended(List.of(new RunCommand(Optional.of(HOSTILE), HOSTILE, place)))));
    return new Diagnosis(
        FabricKind.FLANNEL_HOST_GW,
        ServiceProxyKind.UNKNOWN,
        Optional.of("2026" + HOSTILE),
        List.of(
            new NodeReport(
                "k8s-节点01" + HOSTILE,
                NodeCompleteness.PARTIAL,
                List.of(new Missing("fdb" + HOSTILE, HOSTILE)))),
        new Reach(
            0,
            0,
            0,
            0,
            List.of(new BrokenPair(HOSTILE, "b", Disposition.LOOP, "forward", List.of("F1")))),
        List.of(
            new Ranked("F1", finding, List.of(), Optional.of(new Prediction(0, 1, 0))),
            new Ranked("F2", gone, List.of("F1"), Optional.empty())),
        List.of(new NotChecked("wrong-next-hop", Optional.of(HOSTILE), HOSTILE)),
        List.of(new UnreadLine(Section.FDB, place, HOSTILE)),
        List.of("wrong-next-hop"),
        List.of("wrong-next-hop@" + HOSTILE),
        Health.FINDINGS);
  }

  /** All three nodes were read, nothing was found, one rule could not be decided. */
  public static Diagnosis clean() {
    return quiet(
        FabricKind.CALICO_IPIP,
        List.of(node("az3-k8s-10"), node("az3-k8s-11"), node("az3-k8s-13")),
        List.of(
            new NotChecked(
                "bgp-session-down", Optional.of("az3-k8s-13"), "bgp-sessions: not recorded")),
        Health.HEALTHY);
  }

  /** Nothing was found, but most of what counts is not there. */
  public static Diagnosis tooLittle() {
    List<Missing> missing =
        List.of(
            new Missing("addresses", "not recorded"),
            new Missing("routes", "piped into grep"),
            new Missing("sysctl net.ipv4.ip_forward", "not recorded"),
            new Missing("iptables FORWARD", "not recorded"));
    return quiet(
        FabricKind.UNKNOWN,
        List.of(
            new NodeReport("k8s-master", NodeCompleteness.PARTIAL, missing),
            new NodeReport("k8s-node01", NodeCompleteness.PARTIAL, missing)),
        List.of(),
        Health.TOO_LITTLE);
  }

  /** A warning only. */
  public static Diagnosis warning(NodeCompleteness state) {
    return new Diagnosis(
        FabricKind.FLANNEL_VXLAN,
        ServiceProxyKind.IPTABLES,
        Optional.empty(),
        List.of(new NodeReport("worker-1", state, List.of())),
        new Reach(0, 0, 0, 0, List.of()),
        List.of(new Ranked("F1", mtu(), List.of(), Optional.empty())),
        List.of(),
        List.of(),
        List.of("mtu-too-big"),
        List.of(),
        Health.FINDINGS);
  }

  private static Diagnosis quiet(
      FabricKind fabric, List<NodeReport> nodes, List<NotChecked> notChecked, Health health) {
    int pairs = nodes.size() * (nodes.size() - 1);
    return new Diagnosis(
        fabric,
        ServiceProxyKind.IPTABLES,
        Optional.empty(),
        nodes,
        new Reach(pairs, 0, 0, pairs, List.of()),
        List.of(),
        notChecked,
        List.of(),
        List.of("bgp-session-down", "stale-fdb-entry"),
        List.of(),
        health);
  }

  private static Provenance at(String file, String node, String command, String text, int line) {
    return at(file, Optional.of(node), Optional.of(command), text, line);
  }

  private static Provenance at(
      String file, Optional<String> node, Optional<String> command, String text, int line) {
    return new Provenance(
        new Source(file, 1, node, Source.HOST, command, text, Optional.empty()), line);
  }
}
