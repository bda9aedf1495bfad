package io.podpath.probes.parse;

import com.google.auto.service.AutoService;
import io.podpath.core.cni.OvsFlow;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Source;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;

/** {@code ovs-ofctl dump-flows BRIDGE}. */
@AutoService(OutputParser.class)
public final class OvsOfctlDumpFlowsParser implements OutputParser {

  private static final int RANK = 20;

  /** Where the entry's life is told, not what it matches. */
  private static final Set<String> LIFE =
      Set.of(
          "cookie",
          "duration",
          "n_packets",
          "n_bytes",
          "idle_age",
          "hard_age",
          "idle_timeout",
          "hard_timeout",
          "reset_counts",
          "send_flow_rem",
          "importance");

  @Override
  public String name() {
    return "ovs-ofctl dump-flows";
  }

  @Override
  public boolean reads(ShellCommand command) {
    return command.program().equals("ovs-ofctl")
        && command.operands().stream().anyMatch(o -> o.equals("dump-flows"));
  }

  @Override
  public int likeness(String fileName, String text) {
    if (text.contains("FLOW reply")
        && (text.contains("NXST_FLOW") || text.contains("OFPST_FLOW"))) {
      return 95;
    }
    int flows = 0;
    int others = 0;
    for (Lines.Line line : Lines.of(Source.ofFile(fileName, text))) {
      if (line.isBlank()) {
        continue;
      }
      boolean flow =
          line.text().contains("actions=")
              && (line.text().contains("cookie=")
                  || line.text().contains("n_packets=")
                  || line.text().contains("priority="));
      flows += flow ? 1 : 0;
      others += flow ? 0 : 1;
      if (flows + others > 50) {
        break;
      }
    }
    return flows > others ? 85 : 0;
  }

  @Override
  public Reading parse(Source source) {
    ReadingBuilder reading = new ReadingBuilder(source);
    Optional<List<String>> operands =
        source.command().map(ShellCommand::parse).map(ShellCommand::operands);
    boolean selected = operands.filter(o -> o.size() > o.indexOf("dump-flows") + 2).isPresent();
    if (selected) {
      reading.part(Section.OVS_FLOWS, RANK, "only some flows were asked for");
    } else {
      reading.whole(Section.OVS_FLOWS, RANK);
    }
    for (Lines.Line line : Lines.of(source)) {
      String text = line.text().strip();
      boolean head = text.contains("FLOW reply") || text.startsWith("#");
      if (text.isEmpty() || head) {
        continue;
      }
      flow(text)
          .ifPresentOrElse(
              f -> reading.add(Section.OVS_FLOWS, f, line.number()),
              () -> reading.unread(Section.OVS_FLOWS, line.number(), "no flow"));
    }
    return reading.build();
  }

  /**
   * Fields stand between commas; a blank parts the entry's life from its match, and the match from
   * its actions.
   */
  private static Optional<OvsFlow> flow(String text) {
    int at = text.indexOf("actions=");
    if (at < 0) {
      return Optional.empty();
    }
    int table = 0;
    // OpenFlow's default priority, which ovs-ofctl leaves out
    int priority = 32768;
    long packets = 0;
    StringJoiner match = new StringJoiner(",");
    for (String field : text.substring(0, at).split("[,\\s]+", -1)) {
      int equals = field.indexOf('=');
      String key = equals < 0 ? field : field.substring(0, equals);
      String value = equals < 0 ? "" : field.substring(equals + 1);
      switch (key) {
        case "table" -> table = ClusterRows.isNumber(value) ? Integer.parseInt(value) : table;
        case "priority" ->
            priority = ClusterRows.isNumber(value) ? Integer.parseInt(value) : priority;
        case "n_packets" -> packets = CalicoRows.asNumber(value).orElse(0L);
        default -> {
          if (!field.isEmpty() && !LIFE.contains(key)) {
            match.add(field);
          }
        }
      }
    }
    return Optional.of(
        new OvsFlow(
            table,
            priority,
            match.toString(),
            text.substring(at + "actions=".length()).strip(),
            packets));
  }
}
