package io.podpath.tui.report;

import io.podpath.core.compare.Comparison;
import io.podpath.core.compare.Difference;
import io.podpath.core.compare.Row;
import io.podpath.core.compare.TableComparison;
import io.podpath.core.net.Gathered;
import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.snapshot.Provenance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What {@code podpath compare} and {@code podpath diff} print. */
public final class CompareText {

  private static final List<String> HEAD =
      List.of("table", "actual", "expected", "same", "~differ", "-missing", "+extra");
  private static final List<String> HEAD_IN_TIME =
      List.of("table", "after", "before", "same", "~differ", "-gone", "+new");
  private static final int LONGEST_ENTRY = 400;

  private final ComparedNodes compared;
  private final Sheet sheet;
  private final Paint paint;
  private final boolean strict;

  private CompareText(ComparedNodes compared, int width, Paint paint, boolean strict) {
    this.compared = compared;
    this.sheet = new Sheet(width);
    this.paint = paint;
    this.strict = strict;
  }

  public static String render(ComparedNodes compared, int width, Paint paint, boolean strict) {
    CompareText text = new CompareText(compared, width, paint, strict);
    text.all();
    return text.sheet.toString();
  }

  private void all() {
    String when = compared.takenAt().map(t -> ", " + SafeText.of(t)).orElse("");
    String other = compared.inTime() ? "        before: " : "        expected: ";
    for (Comparison node : compared.nodes()) {
      if (!node.differs() && compared.nodes().size() > 1 && !strict) {
        continue;
      }
      sheet.blank();
      sheet.line(
          paint.heading(SafeText.of(node.node()))
              + when
              + other
              + SafeText.of(compared.expected()));
      table(node);
      node.tables().forEach(t -> t.differences().forEach(d -> difference(node, t, d)));
      sheet.prose(0, closing(node));
    }
    same();
    if (!compared.unknown().isEmpty()) {
      sheet.blank();
      sheet.prose(
          0,
          "not compared: "
              + String.join(
                  ", ",
                  compared.unknown().stream()
                      .map(u -> SafeText.of(u.node()) + " (" + SafeText.of(u.why()) + ")")
                      .toList()));
    }
    compared.assumed().forEach(a -> sheet.prose(0, "assumed: " + SafeText.of(a)));
    if (!compared.beside().isEmpty()) {
      sheet.blank();
      sheet.prose(0, "podpath doctor finds besides, in none of the entries shown:");
      compared.beside().forEach(this::beside);
    }
  }

  private void beside(Ranked ranked) {
    sheet.hanging(
        "  " + ranked.id() + "  ",
        ranked.finding().severity()
            + "["
            + SafeText.of(ranked.finding().rule())
            + "]: "
            + SafeText.of(ranked.finding().title()),
        UnaryOperator.identity());
  }

  /** Whether all of a node was read and is as expected, and that is worth something. */
  private boolean isProven(Comparison node) {
    return node.isProvenSame() && compared.isSoundFor(node.node());
  }

  /** Of several nodes those without a difference are told in one line. */
  private void same() {
    if (compared.nodes().size() == 1 || strict) {
      return;
    }
    List<String> proven =
        compared.nodes().stream().filter(this::isProven).map(n -> SafeText.of(n.node())).toList();
    List<String> doubted =
        compared.nodes().stream()
            .filter(n -> n.isProvenSame() && !isProven(n))
            .map(n -> SafeText.of(n.node()))
            .toList();
    List<Comparison> partly =
        compared.nodes().stream().filter(n -> !n.differs() && !n.isProvenSame()).toList();
    if (!proven.isEmpty() || !doubted.isEmpty() || !partly.isEmpty()) {
      sheet.blank();
    }
    String against =
        (compared.inTime() ? " as before: " : " as ") + SafeText.of(compared.expected());
    if (!proven.isEmpty()) {
      sheet.prose(0, "the same" + against + ": " + String.join(", ", proven));
    }
    if (!doubted.isEmpty()) {
      sheet.prose(
          0,
          "nothing differs from "
              + SafeText.of(compared.expected())
              + (compared.whole()
                  ? ", but see below what podpath doctor finds: "
                  : ", of which not all is known: ")
              + String.join(", ", doubted));
    }
    for (Comparison node : partly) {
      List<String> gaps =
          node.tables().stream()
              .filter(t -> !t.isProvenSame())
              .map(t -> t.table() + " (" + t.gap().map(SafeText::of).orElse("not read") + ")")
              .toList();
      sheet.prose(
          0,
          SafeText.of(node.node())
              + ": nothing that was read differs; not all was read: "
              + String.join(", ", gaps));
    }
  }

  private List<String> head() {
    return compared.inTime() ? HEAD_IN_TIME : HEAD;
  }

  private void table(Comparison node) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(head());
    for (TableComparison table : node.tables()) {
      rows.add(
          switch (table.actual()) {
            case Gathered.Known<Integer>(var count) ->
                List.of(
                    table.table(),
                    String.valueOf(count),
                    String.valueOf(table.expected()),
                    String.valueOf(table.same()),
                    String.valueOf(table.count(Difference.Differs.class)),
                    String.valueOf(table.count(Difference.Missing.class)),
                    String.valueOf(table.count(Difference.Extra.class)));
            case Gathered.Absent<Integer>(), Gathered.NotGathered<Integer> _ ->
                List.of(table.table(), "?", String.valueOf(table.expected()), "-", "-", "-", "-");
          });
    }
    int[] widths = new int[HEAD.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], Columns.width(row.get(i)));
      }
    }
    for (int r = 0; r < rows.size(); r++) {
      StringBuilder line = new StringBuilder(Columns.pad(rows.get(r).getFirst(), widths[0]));
      for (int i = 1; i < widths.length; i++) {
        String cell = rows.get(r).get(i);
        line.append("  ").append(" ".repeat(widths[i] - cell.length())).append(cell);
      }
      String note = r == 0 ? "" : note(node.tables().get(r - 1));
      sheet.line(r == 0 ? paint.quiet(line.toString()) : line + note);
    }
  }

  private static String note(TableComparison table) {
    String gap = table.gap().map(SafeText::of).orElse("");
    return gap.isEmpty()
        ? ""
        : table.actual().isNotGathered()
            ? "        not read: " + gap
            : "        partly read: " + gap;
  }

  private void difference(Comparison node, TableComparison table, Difference difference) {
    String finding = compared.finding(node.node(), difference).map(f -> "  " + f).orElse("");
    String because = reason(difference).map(r -> paint.quiet("  " + r)).orElse("");
    switch (difference) {
      case Difference.Missing(var row) ->
          sheet.line(
              paint.error("- " + table.table() + "  " + entry(row.text())) + finding + because);
      case Difference.Extra(var row) ->
          sheet.line(
              paint.warning("+ " + table.table() + "  " + entry(row.text()))
                  + finding
                  + place(row.from()));
      case Difference.Differs(var row, var expected, var changes) -> {
        StringBuilder said = new StringBuilder();
        for (Difference.Change change : changes) {
          said.append("  ")
              .append(change.field())
              .append("  ")
              .append(word(compared.inTime() ? change.expected() : change.actual()))
              .append("  ->  ")
              .append(word(compared.inTime() ? change.actual() : change.expected()));
        }
        sheet.line(
            paint.error("~ " + table.table() + "  " + entry(row.key()) + said)
                + finding
                + because
                + place(row.from()));
      }
    }
  }

  private static String word(String value) {
    return value.isEmpty() ? "none" : entry(value);
  }

  private static String entry(String text) {
    return Columns.cut(SafeText.of(text).strip().replaceAll("\\s+", " "), LONGEST_ENTRY);
  }

  private String place(Provenance from) {
    return paint.quiet("  (" + SafeText.of(from.toString()) + ")");
  }

  /** A blueprint says why it expects an entry; of anything else the place is named. */
  private static Optional<String> reason(Difference difference) {
    return difference
        .wanted()
        .map(Row::from)
        .map(from ->
            from.source().file().contains("/")
                ? "(" + SafeText.of(from.toString()) + ")"
                : SafeText.of(from.raw()))
        .filter(r -> !r.isBlank());
  }

  private String closing(Comparison node) {
    long differences = node.differences().count();
    long read = node.tablesRead();
    int folded = node.tables().stream().mapToInt(TableComparison::folded).sum();
    String head =
        differences == 0
            ? (isProven(node)
                ? "the same"
                : node.isProvenSame() ? "nothing differs" : "nothing that was read differs")
            : differences + (differences == 1 ? " difference" : " differences");
    return head
        + " in "
        + read
        + " of "
        + node.tables().size()
        + " tables read."
        + (strict
            ? ""
            : (folded > 0 ? " " + folded + " entries that decide nothing here left out." : "")
                + " Ignored on purpose: counters, timers, order of equal rules (--strict shows what can be told apart)");
  }
}
