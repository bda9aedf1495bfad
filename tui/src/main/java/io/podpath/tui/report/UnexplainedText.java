package io.podpath.tui.report;

import io.podpath.core.rule.Diagnosis.BrokenPair;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Broken pairs of which no known failure is the cause: where their packets are lost. */
final class UnexplainedText {

  private static final int MOST_PLACES = 6;

  private final Sheet sheet;
  private final TextOptions options;

  UnexplainedText(Sheet sheet, TextOptions options) {
    this.sheet = sheet;
    this.options = options;
  }

  void write(List<BrokenPair> pairs) {
    if (pairs.isEmpty()) {
      return;
    }
    Map<String, List<BrokenPair>> places = new LinkedHashMap<>();
    pairs.forEach(p -> places.computeIfAbsent(place(p), l -> new ArrayList<>()).add(p));
    sheet.blank();
    sheet.line(
        options
            .paint()
            .error(
                Count.of(pairs.size(), "pair")
                    + " broken by none of the failures podpath knows; packets are lost at"));
    int most = options.full() ? Integer.MAX_VALUE : MOST_PLACES;
    places.entrySet().stream().limit(most).forEach(e -> place(e.getKey(), e.getValue()));
    if (places.size() > most) {
      sheet.line("  and at " + Count.of(places.size() - most, "other place") + " (--full)");
    }
  }

  private void place(String place, List<BrokenPair> pairs) {
    sheet.hanging("  ", SafeText.of(place), l -> l);
    PairsText.list(
        sheet,
        "    ",
        pairs.stream().map(p -> PairsText.pair(p.from(), p.to())).toList(),
        options.full());
  }

  private static String place(BrokenPair pair) {
    String where = pair.at().map(StepsText::placed).orElse("a place that cannot be told");
    String of = pair.direction().equals("reply") ? " (the answer)" : "";
    return where + ": " + pair.disposition() + of;
  }
}
