package io.podpath.tui.report;

import io.podpath.core.rule.Diagnosis;
import io.podpath.core.rule.Diagnosis.Missing;
import io.podpath.core.rule.Diagnosis.NodeCompleteness;
import io.podpath.core.rule.Diagnosis.NodeReport;
import io.podpath.core.rule.Diagnosis.OtherNode;
import io.podpath.core.rule.NotChecked;
import io.podpath.core.snapshot.UnreadLine;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * What podpath does not know: tables nobody gathered, rules it could not decide, lines it could not
 * read.
 */
final class GapsText {

  private static final int MOST_LINES = 4;
  private static final int MOST_RULES = 3;
  private static final int MOST_UNREAD = 3;
  private static final int MOST_FILES = 3;

  private final Sheet sheet;
  private final TextOptions options;

  GapsText(Sheet sheet, TextOptions options) {
    this.sheet = sheet;
    this.options = options;
  }

  void write(Diagnosis diagnosis, List<PassedOver> passedOver) {
    notGathered(diagnosis);
    notChecked(diagnosis.notChecked(), diagnosis.rulesChecked());
    unread(diagnosis.unread());
    passedOver(passedOver);
  }

  /** Nodes that lack the same together. */
  private void notGathered(Diagnosis diagnosis) {
    Map<String, List<String>> byGap = new LinkedHashMap<>();
    Stream.concat(diagnosis.nodes().stream(), diagnosis.terminals().stream())
        .filter(n -> n.state() != NodeCompleteness.COMPLETE)
        .forEach(n -> byGap.computeIfAbsent(gap(n), g -> new ArrayList<>()).add(n.name()));
    for (OtherNode other : diagnosis.others()) {
      String file = SafeText.of(other.from().source().file());
      byGap
          .computeIfAbsent(
              "nothing of it is in the input; named in " + file, g -> new ArrayList<>())
          .add(other.name());
    }
    heading(byGap.size(), "not gathered");
    List<String> lines = new ArrayList<>();
    byGap.forEach((gap, names) ->
        lines.add((options.full() ? NodeNames.all(names) : NodeNames.brief(names)) + ": " + gap));
    list(lines, "group of nodes", "groups of nodes");
  }

  private static String gap(NodeReport node) {
    if (node.missing().isEmpty()) {
      return node.state() == NodeCompleteness.UNREACHABLE
          ? "no answer"
          : "not everything that counts";
    }
    Map<String, List<String>> byReason = new LinkedHashMap<>();
    for (Missing missing : node.missing()) {
      byReason.computeIfAbsent(missing.reason(), r -> new ArrayList<>()).add(name(missing));
    }
    List<String> parts = new ArrayList<>();
    byReason.forEach((reason, sections) ->
        parts.add(String.join(", ", sections) + " (" + SafeText.of(reason) + ")"));
    return String.join("; ", parts);
  }

  private static String name(Missing missing) {
    return missing.section().equals("all") ? "everything" : SafeText.of(missing.section());
  }

  private record Group(Set<String> rules, Set<String> nodes) {
    Group() {
      this(new LinkedHashSet<>(), new LinkedHashSet<>());
    }
  }

  /**
   * Rules that lack the same together. What somebody meant to show and is not enough comes first,
   * then what stops most rules.
   */
  private void notChecked(List<NotChecked> notChecked, List<String> checked) {
    Map<String, Group> byReason = new TreeMap<>();
    Set<String> rules = new LinkedHashSet<>();
    for (NotChecked item : notChecked) {
      Group group = byReason.computeIfAbsent(SafeText.of(item.reason()), r -> new Group());
      group.rules().add(item.rule());
      item.node().ifPresent(group.nodes()::add);
      rules.add(item.rule());
    }
    heading(
        rules.size(), "not checked for want of data: " + Count.of(rules.size(), "known failure"));
    List<Map.Entry<String, Group>> groups =
        byReason.entrySet().stream()
            .sorted(
                Comparator.comparing((Map.Entry<String, Group> e) ->
                        e.getValue().rules().stream().noneMatch(checked::contains))
                    .thenComparingInt(e -> -e.getValue().rules().size())
                    .thenComparing(Map.Entry::getKey))
            .toList();
    list(groups.stream().map(e -> line(e.getKey(), e.getValue())).toList(), "reason", "reasons");
  }

  private String line(String reason, Group group) {
    List<String> rules = group.rules().stream().sorted().toList();
    int most = options.full() ? Integer.MAX_VALUE : MOST_RULES;
    String nodes = options.full() ? NodeNames.all(group.nodes()) : NodeNames.brief(group.nodes());
    return reason + (nodes.isEmpty() ? "" : ", on " + nodes) + ": " + few(rules, most);
  }

  private void unread(List<UnreadLine> unread) {
    heading(unread.size(), "not understood: " + Count.of(unread.size(), "line"));
    int most = options.full() ? Integer.MAX_VALUE : MOST_UNREAD;
    for (UnreadLine line : unread.stream().limit(most).toList()) {
      String where = "  " + FindingText.at(line.from()) + ": " + SafeText.of(line.reason()) + ": ";
      String raw = SafeText.of(line.from().raw()).strip();
      sheet.line(options.full() ? where + raw : Columns.cut(where + raw, sheet.width()));
    }
    if (unread.size() > most) {
      sheet.line("  and " + (unread.size() - most) + " more (--full)");
    }
  }

  /** Files of which the same is to be said together; some were read all the same. */
  private void passedOver(List<PassedOver> passedOver) {
    heading(passedOver.size(), "remarks on the input: " + Count.of(passedOver.size(), "file"));
    Map<String, List<String>> byReason = new LinkedHashMap<>();
    for (PassedOver item : passedOver) {
      byReason
          .computeIfAbsent(SafeText.of(item.reason()), r -> new ArrayList<>())
          .add(SafeText.of(item.file()));
    }
    int most = options.full() ? Integer.MAX_VALUE : MOST_FILES;
    List<String> lines = new ArrayList<>();
    byReason.forEach((reason, files) -> lines.add(reason + ": " + few(files, most)));
    list(lines, "reason", "reasons");
  }

  private static String few(List<String> names, int most) {
    String more = names.size() > most ? " and " + (names.size() - most) + " more" : "";
    return String.join(", ", names.stream().limit(most).toList()) + more;
  }

  private void heading(int count, String heading) {
    if (count > 0) {
      sheet.line(options.paint().heading(heading));
    }
  }

  private void list(List<String> lines, String one, String many) {
    int most = options.full() ? Integer.MAX_VALUE : MOST_LINES;
    // One line more than allowed is shorter than saying so.
    int shown = lines.size() <= most + 1L ? lines.size() : most;
    lines.subList(0, shown).forEach(l -> sheet.hanging("  ", l, UnaryOperator.identity()));
    if (shown < lines.size()) {
      int rest = lines.size() - shown;
      sheet.line("  and " + rest + " more " + (rest == 1 ? one : many) + " (--full)");
    }
  }
}
