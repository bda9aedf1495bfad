package io.podpath.tui.report;

import io.podpath.core.fix.Change.Instruction;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.FixSafety;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.Diagnosis;
import io.podpath.core.rule.Diagnosis.BrokenPair;
import io.podpath.core.rule.Diagnosis.Missing;
import io.podpath.core.rule.Diagnosis.NodeCompleteness;
import io.podpath.core.rule.Diagnosis.NodeReport;
import io.podpath.core.rule.Diagnosis.OtherNode;
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
        List.of(),
        List.of(),
        new Reach(
            20,
            14,
            4,
            2,
            1,
            false,
            List.of(
                pair("worker-2", "worker-7", Disposition.NO_SUCH_NODE, "forward", "F1", "F3"),
                pair("worker-7", "worker-2", Disposition.REPLY_LOST, "reply", "F1"),
                lost("worker-1", "worker-3", "forward"),
                lost("worker-3", "worker-1", "reply"))),
        List.of(
            new Ranked(
                "F1",
                HandMadeFindings.staleFdb(),
                HandMadeFindings.staleFdb().affects(),
                List.of(),
                Optional.of(new Prediction(2, 0, 2, 0, 2, List.of())),
                Optional.of(HandMadeTraces.example(Disposition.NO_SUCH_NODE))),
            ranked(
                "F2",
                HandMadeFindings.missingRoute(),
                new Prediction(0, 0, 3, 1, 0, List.of("F1"))),
            ranked("F3", HandMadeFindings.consequence(), List.of("F1")),
            ranked("F4", HandMadeFindings.mended(), List.of()),
            ranked("F5", HandMadeFindings.mtu(), List.of())),
        notChecked(),
        unread(),
        List.of("mtu-too-big", "neighbour-missing", "route-to-node-missing", "stale-fdb-entry"),
        List.of("mtu-too-big", "route-to-node-missing", "stale-fdb-entry"),
        List.of("ufw-denies-routed@worker-2"),
        1);
  }

  private static BrokenPair pair(
      String from, String to, Disposition disposition, String direction, String... findings) {
    return new BrokenPair(
        from, to, disposition, direction, List.of(findings), true, Optional.empty());
  }

  /** For a reason that no finding gives. */
  private static BrokenPair lost(String from, String to, String direction) {
    return new BrokenPair(
        from,
        to,
        Disposition.BLACKHOLE,
        direction,
        List.of(),
        false,
        HandMadeTraces.example(Disposition.BLACKHOLE).trace().worstForward().steps().stream()
            .findFirst());
  }

  private static Ranked ranked(String id, Finding finding, Prediction prediction) {
    return new Ranked(
        id, finding, finding.affects(), List.of(), Optional.of(prediction), Optional.empty());
  }

  private static Ranked ranked(String id, Finding finding, List<String> causes) {
    return new Ranked(id, finding, finding.affects(), causes, Optional.empty(), Optional.empty());
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
                HandMadeFindings.at("nodes/worker-5/fdb.txt", "worker-5", "bridge fdb", text, l),
                "no hardware address"))
        .toList();
  }

  /** A Chinese field note, and text that wants to act on the terminal in every field. */
  public static Diagnosis hostile() {
    String text =
        "# 查询路由表,发现路由表错误\r\n下一跳写错了 10.244.2.0/24 via 192.168.3.114 dev ens33 \u001b[31m红\u001b[0m\n";
    Provenance place =
        HandMadeFindings.at(
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
            "",
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
            "",
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
        List.of(new NodeReport("unnamed" + HOSTILE, NodeCompleteness.COMPLETE, List.of())),
        List.of(new OtherNode("other" + HOSTILE, place)),
        new Reach(
            0,
            0,
            0,
            0,
            0,
            false,
            List.of(
                pair(HOSTILE, "b", Disposition.LOOP, "forward", "F1"),
                new BrokenPair(
                    HOSTILE,
                    "c",
                    Disposition.FILTERED,
                    "forward",
                    List.of(),
                    false,
                    HandMadeTraces.hostile().request().steps().stream().findFirst()))),
        List.of(
            new Ranked(
                "F1",
                finding,
                finding.affects(),
                List.of(),
                Optional.of(new Prediction(0, 1, 0, 0, 0, List.of())),
                Optional.of(HandMadeTraces.example(HandMadeTraces.hostile()))),
            ranked("F2", gone, List.of("F1"))),
        List.of(new NotChecked("wrong-next-hop", Optional.of(HOSTILE), HOSTILE)),
        List.of(new UnreadLine(Section.FDB, place, HOSTILE)),
        List.of("wrong-next-hop"),
        List.of("wrong-next-hop"),
        List.of("wrong-next-hop@" + HOSTILE),
        0);
  }

  /** All three nodes were read, nothing was found, one rule could not be decided. */
  public static Diagnosis clean() {
    return quiet(
        FabricKind.CALICO_IPIP,
        List.of(node("az3-k8s-10"), node("az3-k8s-11"), node("az3-k8s-13")),
        List.of(
            new NotChecked(
                "bgp-session-down", Optional.of("az3-k8s-13"), "bgp-sessions: not recorded")),
        List.of("bgp-session-down", "stale-fdb-entry"),
        new Reach(6, 6, 0, 0, 0, false, List.of()));
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
        List.of(
            new NotChecked("bgp-session-down", Optional.empty(), "bgp-sessions: not recorded"),
            new NotChecked("stale-fdb-entry", Optional.empty(), "fdb: not recorded")),
        List.of(),
        new Reach(2, 0, 0, 2, 2, false, List.of()));
  }

  /** A warning only. */
  public static Diagnosis warning(NodeCompleteness state) {
    return new Diagnosis(
        FabricKind.FLANNEL_VXLAN,
        ServiceProxyKind.IPTABLES,
        Optional.empty(),
        List.of(new NodeReport("worker-1", state, List.of()), node("worker-2")),
        List.of(),
        List.of(),
        new Reach(2, 0, 0, 2, 0, false, List.of()),
        List.of(ranked("F1", HandMadeFindings.mtu(), List.of())),
        List.of(),
        List.of(),
        List.of("mtu-too-big"),
        List.of("mtu-too-big"),
        List.of(),
        0);
  }

  private static Diagnosis quiet(
      FabricKind fabric,
      List<NodeReport> nodes,
      List<NotChecked> notChecked,
      List<String> checked,
      Reach reach) {
    return new Diagnosis(
        fabric,
        ServiceProxyKind.IPTABLES,
        Optional.empty(),
        nodes,
        List.of(),
        List.of(),
        reach,
        List.of(),
        notChecked,
        List.of(),
        List.of("bgp-session-down", "stale-fdb-entry"),
        checked,
        List.of(),
        0);
  }
}
