package io.podpath.tui.report;

import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.rule.EntryState;
import io.podpath.core.rule.Evidence;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.Mended;
import io.podpath.core.rule.Pair;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.History.RunCommand;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.walk.Disposition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** One finding: in full, or as one line. */
final class FindingText {

  private static final int MOST_QUOTES = 3;
  private static final int MOST_EVIDENCE = 8;

  private final Sheet sheet;
  private final TextOptions options;
  private final Paint paint;
  private final Map<Pair, Disposition> ends;

  /**
   * @param ends where a packet of a pair ends, where that is known better than by a finding
   */
  FindingText(Sheet sheet, TextOptions options, Map<Pair, Disposition> ends) {
    this.ends = ends;
    this.sheet = sheet;
    this.options = options;
    this.paint = options.paint();
  }

  void brief(Ranked ranked) {
    Finding finding = ranked.finding();
    String nodes = NodeNames.brief(finding.nodes());
    String right = (nodes.isEmpty() ? "" : nodes + "     ") + tag(ranked);
    title(finding, right, UnaryOperator.identity());
  }

  void full(Ranked ranked) {
    Finding finding = ranked.finding();
    boolean all = options.full() || options.show().contains(ranked.id());
    title(finding, tag(ranked), paint::heading);
    culprits(ranked, all);
    mended(finding);
    paragraph("why it breaks", finding.why());
    walk(ranked);
    pairs(ranked, all);
    evidence(finding.evidence(), all ? Integer.MAX_VALUE : MOST_EVIDENCE);
    seeByHand(finding);
    if (finding.mended().isEmpty() && finding.fix().isPresent()) {
      sheet.blank();
      new FixText(sheet, options).write(ranked.id(), finding.fix().get(), ranked.prediction());
    }
  }

  /** The title, broken where it must be, and what stands at its right edge. */
  private void title(Finding finding, String right, UnaryOperator<String> style) {
    String label = label(finding);
    UnaryOperator<String> painted =
        l ->
            l.startsWith(label)
                ? colour(finding, label) + style.apply(l.substring(label.length()))
                : style.apply(l);
    List<String> lines = Columns.wrap(label + ": " + SafeText.of(finding.title()), sheet.width());
    lines.subList(0, lines.size() - 1).forEach(l -> sheet.line(painted.apply(l)));
    sheet.leftAndRight(lines.getLast(), right, painted, paint::heading);
  }

  private static String label(Finding finding) {
    return finding.severity() + "[" + SafeText.of(finding.rule()) + "]";
  }

  private String colour(Finding finding, String text) {
    return switch (finding.severity()) {
      case ERROR -> paint.error(text);
      case WARNING -> paint.warning(text);
      case INFO -> paint.heading(text);
    };
  }

  private static String tag(Ranked ranked) {
    Finding finding = ranked.finding();
    List<String> parts = new ArrayList<>(List.of(ranked.id()));
    if (!ranked.affects().isEmpty()) {
      parts.add(Count.of(ranked.affects().size(), "pair"));
    }
    if (!ranked.causedBy().isEmpty()) {
      parts.add("follows from " + String.join(", ", ranked.causedBy()));
    }
    if (finding.mended().isPresent()) {
      parts.add("mended later in the text");
    }
    return String.join(", ", parts);
  }

  private void culprits(Ranked ranked, boolean all) {
    Finding finding = ranked.finding();
    List<Culprit> culprits = finding.culprits();
    List<Culprit> shown = all ? culprits : culprits.subList(0, quotes(culprits));
    List<Quote> quotes = shown.stream().map(Quote::of).toList();
    int gutter =
        quotes.stream()
            .mapToInt(q -> q.line().map(n -> n.toString().length()).orElse(1))
            .max()
            .orElse(1);
    for (int i = 0; i < shown.size(); i++) {
      Culprit culprit = shown.get(i);
      sheet.line("  " + paint.place("-->") + " " + place(culprit));
      String sign = culprit.state() == EntryState.MISSING ? "-" : "";
      new QuoteText(sheet, paint, gutter).write(quotes.get(i), sign, says(culprit), options.full());
      note(gutter, "read by", readBy(culprit));
      if (quotes.get(i).asRead()) {
        note(
            gutter,
            "quoted",
            "as podpath read it; line "
                + quotes.get(i).line().orElse(1)
                + " of the file has another form");
      }
    }
    rest(culprits.subList(shown.size(), culprits.size()), gutter);
    note(gutter, "expected", SafeText.of(finding.expected()));
    note(gutter, "certainty", certainty(ranked));
  }

  /** How many culprits to quote: what looks the same everywhere is quoted once. */
  private static int quotes(List<Culprit> culprits) {
    Culprit first = culprits.getFirst();
    boolean same =
        culprits.stream()
            .allMatch(c ->
                c.kind() == first.kind()
                    && c.state() == first.state()
                    && c.label().equals(first.label())
                    && c.mark().equals(first.mark()));
    return same && culprits.size() > 2 ? 1 : Math.min(culprits.size(), MOST_QUOTES);
  }

  private void rest(List<Culprit> rest, int gutter) {
    if (rest.isEmpty()) {
      return;
    }
    Set<String> nodes = new LinkedHashSet<>();
    rest.forEach(c -> c.node().ifPresent(nodes::add));
    String places =
        rest.size() == nodes.size()
            ? ""
            : Count.of(rest.size(), "place") + (nodes.isEmpty() ? "" : " on ");
    note(gutter, "likewise", places + NodeNames.brief(nodes));
  }

  private static String place(Culprit culprit) {
    String netns = culprit.netns().equals("host") ? "" : " in " + SafeText.of(culprit.netns());
    String node = culprit.node().map(n -> SafeText.of(n) + netns + ": ").orElse("");
    String state = culprit.state() == EntryState.WRONG ? "" : " " + culprit.state();
    String from =
        culprit
            .from()
            .map(p -> ", " + (culprit.state() == EntryState.MISSING ? "not in " + file(p) : at(p)))
            .orElse("");
    return node + culprit.kind() + state + from;
  }

  private static String says(Culprit culprit) {
    String label = SafeText.of(culprit.label());
    return switch (culprit.state()) {
      case WRONG -> label;
      case MISSING -> label.isEmpty() ? "missing" : "missing: " + label;
      case EXTRA -> label.isEmpty() ? "should not be there" : label;
    };
  }

  private static String readBy(Culprit culprit) {
    return culprit.from().flatMap(p -> p.source().command()).map(SafeText::of).orElse("");
  }

  private static String certainty(Ranked ranked) {
    Finding finding = ranked.finding();
    String open = SafeText.of(finding.doubt());
    return switch (finding.certainty()) {
      case PROVEN ->
          ranked
              .prediction()
              .filter(p -> p.proven() > 0)
              .map(p ->
                  "proven: with the fix applied to the model, "
                      + p.proven()
                      + " of "
                      + Count.of(ranked.affects().size(), "pair")
                      + (p.proven() == 1 ? " is" : " are")
                      + " delivered")
              .orElse("proven: follows from entries that were read");
      case LIKELY ->
          "likely: what was read points there"
              + (open.isEmpty() ? ", but does not prove it" : "; not gathered: " + open);
      case POSSIBLE ->
          "possible: it fits"
              + (open.isEmpty()
                  ? ", but what would decide was not gathered"
                  : "; not known: " + open);
    };
  }

  private void note(int gutter, String word, String text) {
    if (!text.isBlank()) {
      String indent = " ".repeat(gutter + 2);
      sheet.hanging(indent + "= " + Columns.pad(word, 9) + " ", text, UnaryOperator.identity());
    }
  }

  private void mended(Finding finding) {
    if (finding.mended().isEmpty()) {
      return;
    }
    Mended mended = finding.mended().get();
    sheet.blank();
    if (mended.by().isEmpty()) {
      sheet.line(
          "  " + paint.heading("mended later in the text") + ", which does not show by what");
      return;
    }
    sheet.line("  " + paint.heading("mended later in the text, by:"));
    for (RunCommand run : mended.by()) {
      String where = run.node().map(n -> "on " + SafeText.of(n) + ", ").orElse("") + at(run.from());
      sheet.leftAndRight(
          "    " + SafeText.of(run.command()), "(" + where + ")", paint::command, paint::place);
    }
  }

  private void paragraph(String heading, String prose) {
    if (!prose.isBlank()) {
      sheet.blank();
      sheet.line("  " + paint.heading(heading + ":"));
      sheet.prose(4, SafeText.lines(prose));
    }
  }

  /** A packet that is lost by it. */
  private void walk(Ranked ranked) {
    if (ranked.example().isEmpty()) {
      return;
    }
    TracedQuestion traced = TracedQuestion.of(ranked.example().get(), ranked);
    boolean answer = traced.answer().isPresent();
    sheet.blank();
    sheet.hanging(
        "  where it breaks: ",
        SafeText.of(traced.from().toString())
            + " -> "
            + SafeText.of(traced.to().toString())
            + ", "
            + traced.packet()
            + (answer ? "; the request arrives, of the answer:" : ""),
        paint::heading);
    new StepsText(sheet, options, traced).decisive(traced.lost().steps(), traced.firstLost());
    sheet.blank();
  }

  private void pairs(Ranked ranked, boolean all) {
    Finding finding = ranked.finding();
    List<Pair> pairs = ranked.affects();
    if (pairs.isEmpty()) {
      return;
    }
    boolean counts =
        finding.severity() == Severity.ERROR && finding.certainty() != Certainty.POSSIBLE;
    String what =
        finding.mended().isPresent()
            ? "pairs it broke"
            : counts ? "broken pairs" : "pairs concerned";
    Map<Disposition, List<Pair>> byEnd = new LinkedHashMap<>();
    pairs.forEach(p ->
        byEnd
            .computeIfAbsent(ends.getOrDefault(p, finding.dispositionOf(p)), e -> new ArrayList<>())
            .add(p));
    byEnd.forEach((end, some) -> pairs(what, end, some, all));
  }

  private void pairs(String what, Disposition end, List<Pair> pairs, boolean all) {
    String ends = end == Disposition.INSUFFICIENT_INFO ? "" : " (" + end + ")";
    PairsText.list(
        sheet,
        "  " + what + ends + ": ",
        pairs.stream().map(p -> PairsText.pair(p.from(), p.to())).toList(),
        all);
  }

  private void evidence(List<Evidence> evidence, int most) {
    if (evidence.isEmpty()) {
      return;
    }
    sheet.blank();
    sheet.line("  " + paint.heading("evidence:"));
    for (Evidence item : evidence.subList(0, Math.min(most, evidence.size()))) {
      String node = item.from().node().map(n -> SafeText.of(n) + ", ").orElse("");
      String text = text(item.text());
      sheet.leftAndRight(
          "    " + text, node + at(item.from()), UnaryOperator.identity(), paint::place);
      if (!item.says().isBlank()) {
        sheet.prose(6, SafeText.lines(item.says()));
      }
    }
    if (evidence.size() > most) {
      sheet.line("    and " + (evidence.size() - most) + " more (--full)");
    }
  }

  /** JSON says little to a person and is cut at the edge; other lines may take two. */
  private String text(String evidence) {
    String text = SafeText.of(evidence).strip();
    boolean json = text.startsWith("{") || text.startsWith("[") || text.startsWith("\"");
    int columns = json ? sheet.width() - 4 : 2 * sheet.width();
    return options.full() ? text : Columns.cut(text, columns);
  }

  private void seeByHand(Finding finding) {
    if (finding.seeByHand().isEmpty()) {
      return;
    }
    List<String> nodes = finding.nodes();
    String where = nodes.isEmpty() ? "" : " on " + SafeText.of(nodes.getFirst());
    sheet.blank();
    sheet.line("  " + paint.heading("see it by hand" + where + ":"));
    finding.seeByHand().forEach(c -> sheet.line("    " + paint.command(SafeText.of(c))));
  }

  /** {@code file:line}. */
  static String at(Provenance from) {
    return file(from) + ":" + from.line();
  }

  private static String file(Provenance from) {
    return SafeText.of(from.source().file());
  }
}
