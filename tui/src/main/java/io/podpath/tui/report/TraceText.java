package io.podpath.tui.report;

import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.walk.Considered;
import io.podpath.core.walk.Disposition;
import io.podpath.core.walk.Step;
import io.podpath.core.walk.Step.Mark;
import io.podpath.core.walk.Way;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/** What {@code podpath trace} prints. */
public final class TraceText {

  private static final int MOST_WAYS = 12;

  /** Of a long chain the end is what decides. */
  private static final int MOST_ROWS = 100;

  private final TracedQuestion traced;
  private final String words;
  private final TextOptions options;
  private final Sheet sheet;
  private final Paint paint;

  private TraceText(TracedQuestion traced, String words, TextOptions options) {
    this.traced = traced;
    this.words = words;
    this.options = options;
    this.sheet = new Sheet(options.width());
    this.paint = options.paint();
  }

  /**
   * Ends with a line feed.
   *
   * @param words that ask the same again, quoted for a shell
   * @param why the step of which the rows that were considered are shown
   */
  public static String render(
      TracedQuestion traced, String words, OptionalInt why, TextOptions options) {
    TraceText text = new TraceText(traced, words, options);
    text.all(why);
    return text.sheet.toString();
  }

  private void all(OptionalInt why) {
    sheet.hanging(
        "",
        SafeText.of(traced.from().toString())
            + " -> "
            + SafeText.of(traced.to().toString())
            + ", "
            + traced.packet(),
        paint::heading);
    sheet.line(paint.quiet("worked out from what was recorded, nothing was sent"));
    ways("request", traced.trace().forward(), traced.request());
    way("request", traced.request(), traced.restForward(), 1);
    Optional<Way> answer = traced.answer();
    if (answer.isPresent()) {
      ways("answer", traced.trace().replies(), answer.get());
      way("answer", answer.get(), traced.restReply(), 1 + traced.request().steps().size());
      traced
          .asymmetry()
          .forEach(a -> sheet.prose(2, SafeText.of("the answer takes another way: " + a)));
    }
    notes("assumed", traced.assumptions());
    notes("not gathered", traced.doubts());
    why.ifPresent(this::why);
    findings();
    closing();
    next();
  }

  /** Where chance or a hash chooses, one way is shown and all are named. */
  private void ways(String what, List<Way> ways, Way shown) {
    if (ways.size() < 2) {
      return;
    }
    sheet.blank();
    sheet.line(
        "  " + paint.heading(ways.size() + " ways of the " + what + ", by chance or a hash:"));
    int index = ways.indexOf(shown);
    for (int i = 0; i < Math.min(ways.size(), MOST_WAYS); i++) {
      Way way = ways.get(i);
      String mark = Marks.shown(Endings.mark(way.disposition()), options);
      sheet.hanging(
          "    " + mark,
          way.disposition() + between(way, what) + (i == index ? ", shown below" : ""),
          UnaryOperator.identity());
    }
    if (ways.size() > MOST_WAYS) {
      sheet.line("    and " + (ways.size() - MOST_WAYS) + " more (-o json)");
    }
  }

  /** Requests begin at one place, answers do not. */
  private static String between(Way way, String what) {
    String from =
        what.equals("answer")
            ? " from " + SafeText.of(way.steps().getFirst().place().toString())
            : "";
    return from + " at " + SafeText.of(way.end().toString());
  }

  private void way(String what, Way way, List<Step> rest, int first) {
    sheet.blank();
    sheet.line("  " + paint.heading(what + ":"));
    new StepsText(sheet, options, traced).write(way.steps(), rest, first);
  }

  private void notes(String word, List<String> notes) {
    if (!notes.isEmpty()) {
      sheet.blank();
      notes.forEach(n -> sheet.prose(2, word + ": " + SafeText.of(n)));
    }
  }

  private void why(int number) {
    Step step = traced.step(number).orElseThrow();
    sheet.blank();
    sheet.line("  " + paint.heading("why step " + number + ":"));
    List<Considered> rows = step.considered();
    if (rows.isEmpty()) {
      sheet.prose(
          4,
          "podpath shows what was considered for routes, rules, chains, neighbours and forwarding entries; "
              + step.kind()
              + " is none of them");
    }
    int first = Math.max(0, rows.size() - MOST_ROWS);
    if (first > 0) {
      sheet.line("    " + first + " rows before these (-o json)");
    }
    rows.subList(first, rows.size()).forEach(this::considered);
  }

  private void considered(Considered row) {
    UnaryOperator<String> style = row.chosen() ? paint::heading : UnaryOperator.identity();
    String start = row.chosen() ? "  > " : "    ";
    String text = SafeText.of(row.row()).strip();
    String from = row.from().map(p -> "  (" + SafeText.of(p.toString()) + ")").orElse("");
    if (Columns.width(start + text + from) <= sheet.width()) {
      sheet.line(style.apply(start + text) + paint.quiet(from));
    } else {
      sheet.hanging(start, text, style);
      sheet.line("  " + paint.quiet(from));
    }
    String reason = (row.chosen() ? "taken: " : "") + SafeText.of(row.reason());
    sheet.hanging("        ", reason, UnaryOperator.identity());
  }

  private void findings() {
    List<Ranked> named = traced.named();
    if (named.isEmpty()) {
      return;
    }
    sheet.blank();
    for (Ranked ranked : named) {
      sheet.hanging(
          "  " + ranked.id() + " ",
          SafeText.of(ranked.finding().rule()) + ": " + SafeText.of(ranked.finding().title()),
          l -> l);
    }
  }

  private void closing() {
    sheet.blank();
    Disposition end = traced.disposition();
    int steps = traced.request().steps().size();
    String said = Endings.of("the request", traced.request(), steps);
    Optional<Way> answer = traced.answer();
    if (answer.isPresent()) {
      said =
          "the request is delivered to "
              + SafeText.of(answer.get().steps().getFirst().place().toString())
              + (answer.get().isDelivered()
                  ? ", and its answer comes back"
                  : "; "
                      + Endings.of(
                          "its answer", answer.get(), steps + answer.get().steps().size()));
    }
    String indent = " ".repeat(options.ascii() ? 3 : 2);
    String start = Marks.shown(Endings.mark(end), options);
    for (String line : Columns.wrap(end + ": " + said, sheet.width() - indent.length())) {
      sheet.line(start + line);
      start = indent;
    }
  }

  private void next() {
    List<String> commands = new ArrayList<>();
    Hints hints = options.hints();
    int last = lastDecided();
    commands.add(hints.trace(words, "--why " + last));
    if (traced.named().isEmpty()) {
      commands.add(hints.trace(words, "-o json"));
    } else {
      commands.add(hints.doctor("--show " + traced.named().getFirst().id()));
    }
    sheet.parts("next: ", " | ", commands);
    hints.note().ifPresent(n -> sheet.prose(6, n));
  }

  /** The last step of which there is more to tell. */
  private int lastDecided() {
    for (int n = traced.lastNumber(); n > 1; n--) {
      Optional<Step> step = traced.step(n);
      if (step.filter(s -> !s.considered().isEmpty() && s.mark() != Mark.NOT_REACHED).isPresent()) {
        return n;
      }
    }
    return 1;
  }
}
