package io.podpath.tui.report;

import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.walk.Step;
import io.podpath.core.walk.Step.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The steps of one way, one a line, grouped by the node they are made on. */
final class StepsText {

  /** A row is broken into lines of at least as many columns, however narrow the terminal. */
  private static final int NARROWEST_ROW = 24;

  /** One line and what goes on from it: a step, or some that need not be told one by one. */
  private record Shown(String number, Step step, String kind, String row) {
    static Shown of(Step step, String number) {
      return new Shown(number, step, step.kind().toString(), SafeText.of(StepsText.row(step)));
    }

    /** Steps made at one place. */
    static Shown together(List<Step> steps, int first) {
      String last = steps.size() == 1 ? "" : "-" + (first + steps.size() - 1);
      String kinds =
          steps.stream().map(s -> s.kind().toString()).distinct().collect(Collectors.joining(", "));
      return new Shown(first + last, steps.getFirst(), kinds, "");
    }

    String node() {
      return SafeText.of(step.place().node());
    }
  }

  private final Sheet sheet;
  private final TextOptions options;
  private final Paint paint;
  private final TracedQuestion traced;

  StepsText(Sheet sheet, TextOptions options, TracedQuestion traced) {
    this.sheet = sheet;
    this.options = options;
    this.paint = options.paint();
    this.traced = traced;
  }

  /**
   * Each with the place where its row was read.
   *
   * @param rest steps the packet does not come to
   * @param first number of the first step
   */
  void write(List<Step> steps, List<Step> rest, int first) {
    List<Shown> shown = new ArrayList<>();
    for (Step step : steps) {
      shown.add(Shown.of(step, String.valueOf(first + shown.size())));
    }
    rest.forEach(s -> shown.add(Shown.of(s, "-")));
    lines(shown, true);
  }

  /** In full only where the packet is sent, and what a finding names; the others in few words. */
  void decisive(List<Step> steps, int first) {
    List<Shown> shown = new ArrayList<>();
    List<Step> others = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      boolean inFull =
          step.mark() != Mark.OK || isDecisive(step.kind()) || traced.finding(step).isPresent();
      if (!others.isEmpty() && (inFull || !others.getFirst().place().equals(step.place()))) {
        shown.add(Shown.together(others, first + i - others.size()));
        others.clear();
      }
      if (inFull) {
        shown.add(Shown.of(step, String.valueOf(first + i)));
      } else {
        others.add(step);
      }
    }
    if (!others.isEmpty()) {
      shown.add(Shown.together(others, first + steps.size() - others.size()));
    }
    lines(shown, false);
  }

  private static boolean isDecisive(Step.Kind kind) {
    return switch (kind) {
      case ROUTE, NEIGH, FDB, ENCAP, DECAP, IPVS, WIRE -> true;
      case RULE, FILTER, NAT, BRIDGE, RP_FILTER, DELIVER -> false;
    };
  }

  private void lines(List<Shown> all, boolean places) {
    int nodes = all.stream().mapToInt(s -> Columns.width(s.node())).max().orElse(0);
    int numbers = Math.max(3, all.stream().mapToInt(s -> s.number().length()).max().orElse(0));
    int kinds =
        all.stream()
            .filter(s -> !s.row().isEmpty())
            .mapToInt(s -> s.kind().length())
            .max()
            .orElse(0);
    boolean pods = all.stream().anyMatch(s -> s.step().place().pod().isPresent());
    String node = "";
    for (Shown shown : all) {
      String where = pods ? (shown.step().place().pod().isPresent() ? "pod " : "    ") : "";
      String left =
          "    "
              + Columns.pad(shown.node().equals(node) ? "" : shown.node(), nodes)
              + " ".repeat(1 + numbers - shown.number().length())
              + shown.number()
              + "  "
              + where
              + Columns.pad(shown.kind(), kinds)
              + "  ";
      node = shown.node();
      step(left, shown, places);
    }
  }

  /** A long row goes on below its beginning, so that the verdicts have a column of their own. */
  private void step(String left, Shown shown, boolean places) {
    Step step = shown.step();
    String verdict = verdict(step);
    int indent = Columns.width(left);
    int room = sheet.room() - indent - 2 - Columns.width(verdict);
    List<String> lines = Columns.wrap(shown.row(), Math.max(NARROWEST_ROW, room));
    String first = lines.isEmpty() ? left.stripTrailing() : left + lines.getFirst();
    line(first, verdict, step);
    lines.stream().skip(1).forEach(l -> sheet.line(" ".repeat(indent) + l));
    if (places) {
      step.source()
          .map(FindingText::at)
          .ifPresent(at -> {
            // a path stays whole, so that it can be copied
            int begin = Math.clamp(sheet.room() - Columns.width(at), 4, indent);
            sheet.line(" ".repeat(begin) + paint.place(at));
          });
    }
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

  private String verdict(Step step) {
    Optional<String> finding = traced.finding(step).map(Ranked::id);
    String named = finding.map(f -> " (" + f + ")").orElse("");
    return switch (step.mark()) {
      // a row that a finding names did what it says, which is what is wrong with it
      case OK -> finding.map(f -> "! " + f).orElse("ok");
      case BROKEN -> (options.ascii() ? "X" : "✗") + " BROKEN HERE" + named;
      case UNKNOWN -> "? not known" + named;
      case NOT_REACHED -> "- not reached";
    };
  }

  private void line(String left, String verdict, Step step) {
    UnaryOperator<String> painted =
        switch (step.mark()) {
          case OK -> traced.finding(step).isPresent() ? paint::warning : UnaryOperator.identity();
          case BROKEN -> paint::error;
          case UNKNOWN -> paint::warning;
          case NOT_REACHED -> UnaryOperator.identity();
        };
    // behind a word that cannot be broken it needs no line of its own
    if (Columns.width(left) + 2 + Columns.width(verdict) > sheet.room()) {
      sheet.line(left + "  " + painted.apply(verdict));
    } else {
      sheet.leftAndRight(left, verdict, UnaryOperator.identity(), painted);
    }
  }
}
