package io.podpath.tui.report;

import io.podpath.core.blueprint.Blueprint;
import io.podpath.fixtures.lab.End;
import io.podpath.fixtures.lab.LabFabric;
import io.podpath.fixtures.lab.LabMatrix;
import io.podpath.fixtures.lab.LabStanding;
import io.podpath.fixtures.lab.LabState;
import io.podpath.fixtures.lab.Loss;
import io.podpath.fixtures.lab.Probe;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What the lab's commands print. */
public final class LabText {

  /** Lines of this many characters at most name lost packets; the rest is counted. */
  private static final int NAMED = 12;

  private LabText() {}

  /**
   * The fabrics there are, and what each may be broken with.
   *
   * @param labs by name
   * @param width columns of the terminal
   */
  public static String list(
      Map<String, LabStanding> labs,
      Map<LabFabric, List<String>> faults,
      String program,
      int width) {
    StringBuilder text = new StringBuilder();
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("FABRIC", "SERVICE PROXY", "FAULTS"));
    faults.forEach((fabric, names) ->
        rows.add(List.of(fabric.name(), fabric.proxy(), String.join(" ", names))));
    text.append(table(rows, width));
    if (!labs.isEmpty()) {
      text.append('\n');
      List<List<String>> lines = new ArrayList<>();
      lines.add(List.of("LAB", "STATE", "FABRIC", "SERVICE PROXY", "NODES", "BROKEN"));
      labs.forEach((name, standing) -> lines.add(line(name, standing)));
      text.append(table(lines, width));
    }
    labs.forEach((name, standing) -> {
      if (standing instanceof LabStanding.Incomplete) {
        text.append("\n")
            .append(name)
            .append(" is what an interrupted call has left: ")
            .append(program)
            .append(" lab down ")
            .append(name)
            .append('\n');
      }
    });
    return text.toString();
  }

  private static List<String> line(String name, LabStanding standing) {
    return switch (standing) {
      case LabStanding.Up(var lab) ->
          List.of(
              name,
              "up",
              lab.state().fabric().name(),
              lab.state().proxy().name(),
              String.valueOf(lab.state().nodes()),
              lab.state().faults().isEmpty() ? "-" : String.join(" ", lab.state().faults()));
      case LabStanding.InWork(var process) ->
          List.of(name, "in work by process " + process, "-", "-", "-", "-");
      case LabStanding.Incomplete() -> List.of(name, "incomplete", "-", "-", "-", "-");
    };
  }

  /** What a lab is and which of its packets arrive. */
  public static String matrix(
      LabState lab, LabMatrix matrix, boolean ascii, String program, int width) {
    StringBuilder text = new StringBuilder();
    String good = ascii ? "ok" : "✓";
    String bad = ascii ? "X" : "✗";
    int pods = lab.nodes() * lab.podsPerNode();
    text.append(lab.faults().isEmpty() ? good : bad)
        .append(" lab       ")
        .append(lab.name())
        .append(": ")
        .append(lab.nodes())
        .append(" nodes, ")
        .append(pods)
        .append(" pods, ")
        .append(
            lab.proxy().name().equals("none")
                ? "no service proxy"
                : "kube-proxy " + lab.proxy().name())
        .append(lab.kernel().map(k -> ", on " + k).orElse(""))
        .append('\n');
    if (!lab.faults().isEmpty()) {
      text.append("  broken    ").append(String.join(", ", lab.faults())).append('\n');
    }
    int all = matrix.probes().size();
    int lost = matrix.lost().size();
    Sheet packets = new Sheet(width);
    packets.hanging(
        (lost == 0 ? good : bad) + " packets   ",
        (all - lost)
            + " of "
            + all
            + " probes delivered (icmp, tcp and udp between pods, icmp from nodes, tcp to services and host ports)",
        UnaryOperator.identity());
    text.append(packets).append('\n');
    text.append(table(cells(lab.blueprint(), matrix), width));
    lost(matrix, text);
    text.append("\nnext: ").append(program).append(" doctor --lab ").append(lab.name());
    text.append("\n      ").append(program).append(" lab ");
    text.append(
        lab.faults().isEmpty()
            ? "break RULE --name " + lab.name()
            : "heal " + lab.faults().getLast() + " --name " + lab.name());
    return text.append("\n      ")
        .append(program)
        .append(" lab down ")
        .append(lab.name())
        .append('\n')
        .toString();
  }

  private static void lost(LabMatrix matrix, StringBuilder text) {
    List<Probe> lost = matrix.lost();
    if (lost.isEmpty()) {
      return;
    }
    text.append("\nlost\n");
    lost.stream()
        .limit(NAMED)
        .forEach(
            p -> text.append("  ").append(p.question()).append("  ").append(p.said()).append('\n'));
    if (lost.size() > NAMED) {
      text.append("  and ").append(lost.size() - NAMED).append(" more\n");
    }
  }

  /** One row for each node packets come from, one column for each node and service they go to. */
  private static List<List<String>> cells(Blueprint blueprint, LabMatrix matrix) {
    Map<String, Map<String, int[]>> counts = new LinkedHashMap<>();
    List<String> columns = new ArrayList<>();
    for (Probe probe : matrix.probes()) {
      String from = node(blueprint, probe.from());
      String to = probe.isByHostPort() ? "host ports" : node(blueprint, probe.to());
      if (!columns.contains(to)) {
        columns.add(to);
      }
      int[] count =
          counts
              .computeIfAbsent(from, f -> new LinkedHashMap<>())
              .computeIfAbsent(to, t -> new int[2]);
      count[0]++;
      count[1] += probe.delivered() ? 0 : 1;
    }
    columns.sort((a, b) -> {
      int others = Boolean.compare(isNode(blueprint, b), isNode(blueprint, a));
      return others != 0 ? others : a.compareTo(b);
    });
    List<List<String>> rows = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("FROM"));
    columns.forEach(c -> head.add("TO " + c));
    rows.add(head);
    counts.forEach((from, cells) -> {
      List<String> row = new ArrayList<>(List.of(from));
      for (String column : columns) {
        int[] count = cells.getOrDefault(column, new int[2]);
        row.add(count[0] == 0 ? "-" : count[1] == 0 ? "ok" : "lost " + count[1] + "/" + count[0]);
      }
      rows.add(row);
    });
    return rows;
  }

  private static boolean isNode(Blueprint blueprint, String column) {
    return blueprint.node(column).isPresent();
  }

  private static String node(Blueprint blueprint, String name) {
    Optional<End> end = Loss.end(blueprint, name);
    return end.map(End::node).orElse(name);
  }

  /** What does not fit into the last column goes on below it. */
  private static String table(List<List<String>> rows, int width) {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], Columns.width(row.get(i)));
      }
    }
    Sheet sheet = new Sheet(width);
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i + 1 < columns; i++) {
        line.append(Columns.pad(row.get(i), widths[i])).append("  ");
      }
      sheet.cell(line.toString(), row.getLast());
    }
    return sheet.toString();
  }
}
