package io.podpath.tui.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A {@link Quote} in the manner of rustc: the line with its number, carets below, what they mean
 * beside them.
 */
final class QuoteText {

  private static final int LABEL_COLUMNS = 40;

  private final Sheet sheet;
  private final Paint paint;
  private final int gutter;

  /**
   * @param gutter digits of the longest line number that will be shown
   */
  QuoteText(Sheet sheet, Paint paint, int gutter) {
    this.sheet = sheet;
    this.paint = paint;
    this.gutter = gutter;
  }

  /**
   * @param sign in place of the line number when there is none
   */
  void write(Quote quote, String sign, String label, boolean uncut) {
    int columns = uncut ? Integer.MAX_VALUE : sheet.width() - gutter - 4;
    bar("", "");
    quote
        .before()
        .ifPresent(b ->
            bar(quote.line().map(n -> String.valueOf(n - 1)).orElse(""), Columns.cut(b, columns)));
    Window window = Window.of(quote, columns);
    bar(quote.line().map(String::valueOf).orElse(sign), window.text());
    int from = Columns.width(window.text().substring(0, window.from()));
    int carets = Columns.width(window.text().substring(window.from(), window.to()));
    for (String line : below(from, carets, label)) {
      bar("", line.isEmpty() ? line : marked(line));
    }
    bar("", "");
  }

  private String marked(String line) {
    String spaces = " ".repeat(line.length() - line.stripLeading().length());
    return spaces + paint.error(line.strip());
  }

  /** The line below the quote, and what of the label does not fit beside the carets. */
  private List<String> below(int from, int carets, String label) {
    if (carets == 0 && label.isEmpty()) {
      return List.of();
    }
    int room = sheet.width() - gutter - 4;
    String line = " ".repeat(from) + "^".repeat(Math.max(carets, 0));
    if (carets > 0 && from + carets + 1 + Columns.width(label) <= room) {
      return List.of((line + " " + label).stripTrailing());
    }
    List<String> lines = new ArrayList<>();
    if (carets > 0) {
      lines.add(line);
    }
    int indent = Math.max(0, Math.min(from, room - LABEL_COLUMNS));
    for (String part : Columns.wrap(label, room - indent)) {
      lines.add(" ".repeat(indent) + part);
    }
    return lines;
  }

  private void bar(String number, String text) {
    String left = " " + " ".repeat(Math.max(0, gutter - number.length())) + number + " |";
    sheet.line(paint.place(left) + (text.isEmpty() ? "" : " " + text));
  }

  /** The part of a long line around its mark. */
  private record Window(String text, int from, int to) {

    private static final int CONTEXT = 12;

    static Window of(Quote quote, int columns) {
      String text = quote.text();
      int from = quote.markFrom();
      int to = quote.markTo();
      int start = 0;
      if (Columns.width(text.substring(0, to)) > columns - 1) {
        int markColumns = Columns.width(text.substring(from, to));
        int wanted =
            Columns.width(text.substring(0, from))
                - Math.max(CONTEXT, columns - 2 - markColumns) / 2;
        start = Columns.indexAt(text, Math.max(0, wanted));
      }
      String tail = start == 0 ? text : Columns.CUT + text.substring(start);
      int shift = start == 0 ? 0 : Columns.CUT.length() - start;
      String shown = Columns.cut(tail, columns);
      return new Window(
          shown,
          Math.clamp(from + shift, 0, shown.length()),
          Math.clamp(to + shift, 0, shown.length()));
    }
  }
}
