package io.podpath.tui.report;

import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.walk.Step;
import io.podpath.core.walk.Step.Mark;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The steps of one way, one a line, grouped by the node they are made on. */
final class StepsText {

  private final Sheet sheet;
  private final TextOptions options;
  private final Paint paint;
  private final TracedQuestion traced;
  private int nodes;
  private int kinds;
  private boolean pods;
  private String node = "";

  StepsText(Sheet sheet, TextOptions options, TracedQuestion traced) {
    this.sheet = sheet;
    this.options = options;
    this.paint = options.paint();
    this.traced = traced;
  }

  /**
   * @param rest steps the packet does not come to
   * @param first number of the first step
   */
  void write(List<Step> steps, List<Step> rest, int first) {
    List<Step> all = Stream.concat(steps.stream(), rest.stream()).toList();
    measure(all);
    int number = first;
    for (Step step : steps) {
      step(step, String.valueOf(number++));
    }
    for (Step step : rest) {
      step(step, "-");
    }
  }

  private void measure(List<Step> all) {
    nodes =
        all.stream().mapToInt(s -> Columns.width(SafeText.of(s.place().node()))).max().orElse(0);
    kinds = all.stream().mapToInt(s -> s.kind().toString().length()).max().orElse(0);
    pods = all.stream().anyMatch(s -> s.place().pod().isPresent());
  }

  /** Of these only where the packet is sent, and what a finding names. */
  void decisive(List<Step> steps, int first) {
    measure(steps);
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      if (step.mark() != Mark.OK || isDecisive(step.kind()) || traced.finding(step).isPresent()) {
        step(step, String.valueOf(first + i));
      }
    }
  }

  private static boolean isDecisive(Step.Kind kind) {
    return switch (kind) {
      case ROUTE, NEIGH, FDB, ENCAP, DECAP, IPVS, WIRE -> true;
      case RULE, FILTER, NAT, BRIDGE, RP_FILTER, DELIVER -> false;
    };
  }

  private void step(Step step, String number) {
    String name = SafeText.of(step.place().node());
    String shown = name.equals(node) ? "" : name;
    node = name;
    String where = pods ? (step.place().pod().isPresent() ? "pod " : "    ") : "";
    String left =
        "    "
            + Columns.pad(shown, nodes)
            + " ".repeat(Math.max(1, 4 - number.length()))
            + number
            + "  "
            + where
            + Columns.pad(step.kind().toString(), kinds)
            + "  "
            + SafeText.of(row(step));
    line(left, step.mark(), traced.finding(step).map(Ranked::id));
  }

  /** Where it is made, and the row that decides. */
  static String placed(Step step) {
    return step.place() + ", " + step.kind() + " " + row(step);
  }

  /** A rule says of which table it is; where the step's kind says the same, once is enough. */
  static String row(Step step) {
    String entry = step.entry().strip();
    String kind = step.kind() + " ";
    return entry.startsWith(kind) ? entry.substring(kind.length()) : entry;
  }

  private void line(String left, Mark mark, Optional<String> finding) {
    String named = finding.map(f -> " (" + f + ")").orElse("");
    switch (mark) {
      // a row that a finding names did what it says, which is what is wrong with it
      case OK -> quietly(left, finding.map(f -> "! " + f).orElse("ok"), finding.isPresent());
      case BROKEN ->
          sheet.leftAndRight(
              left,
              (options.ascii() ? "X" : "✗") + " BROKEN HERE" + named,
              UnaryOperator.identity(),
              paint::error);
      case UNKNOWN ->
          sheet.leftAndRight(left, "? not known" + named, UnaryOperator.identity(), paint::warning);
      case NOT_REACHED -> quietly(left, "- not reached", false);
    }
  }

  /** Behind a long row it needs no line of its own. */
  private void quietly(String left, String verdict, boolean warns) {
    UnaryOperator<String> painted = warns ? paint::warning : UnaryOperator.identity();
    if (Columns.width(left) + 2 + Columns.width(verdict) > sheet.room()) {
      sheet.line(left + "  " + painted.apply(verdict));
    } else {
      sheet.leftAndRight(left, verdict, UnaryOperator.identity(), painted);
    }
  }
}
