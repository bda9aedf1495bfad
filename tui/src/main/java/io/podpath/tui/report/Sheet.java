package io.podpath.tui.report;

import java.util.List;
import java.util.function.UnaryOperator;

/** Lines of text as they come, for a terminal of a certain width. */
final class Sheet {

  /** Narrower columns would break commands and addresses; the terminal wraps such lines itself. */
  private static final int NARROWEST = 60;

  private static final int WIDEST_PROSE = 100;
  private static final int NARROWEST_CELL = 24;

  private final StringBuilder text = new StringBuilder();
  private final int width;

  Sheet(int width) {
    this.width = Math.max(width, NARROWEST);
  }

  int width() {
    return width;
  }

  /** Columns up to the right edge of what stands there. */
  int room() {
    return Math.min(width, WIDEST_PROSE + 20);
  }

  void line(String line) {
    text.append(line).append('\n');
  }

  void blank() {
    if (!text.isEmpty()) {
      text.append('\n');
    }
  }

  /** Prose, broken into lines that all begin with {@code indent} spaces. */
  void prose(int indent, String prose) {
    hanging(" ".repeat(indent), prose, UnaryOperator.identity());
  }

  /** Prose behind a word; further lines begin below its first letter. */
  void hanging(String first, String prose, UnaryOperator<String> paint) {
    String indent = " ".repeat(Columns.width(first));
    String start = first;
    for (String line : Columns.wrap(prose, Math.min(width, WIDEST_PROSE) - indent.length())) {
      line((line.isEmpty() ? "" : start) + paint.apply(line));
      start = indent;
    }
  }

  /**
   * The last cell of a table's row, as wide as the terminal; it is never made too narrow to read.
   */
  void cell(String first, String text) {
    String indent = " ".repeat(Columns.width(first));
    String start = first;
    for (String line : Columns.wrap(text, Math.max(NARROWEST_CELL, width - indent.length()))) {
      line((start + line).stripTrailing());
      start = indent;
    }
  }

  /**
   * Two texts on one line, the second at the right edge; on two lines where they do not fit.
   *
   * @param paintLeft applied when it is written, so that colour does not count as width
   */
  void leftAndRight(
      String left,
      String right,
      UnaryOperator<String> paintLeft,
      UnaryOperator<String> paintRight) {
    if (right.isEmpty()) {
      line(paintLeft.apply(left));
      return;
    }
    int room = room() - Columns.width(right);
    if (Columns.width(left) + 2 <= room) {
      String gap = " ".repeat(room - Columns.width(left));
      line(paintLeft.apply(left) + gap + paintRight.apply(right));
    } else {
      line(paintLeft.apply(left));
      line(" ".repeat(Math.max(4, room)) + paintRight.apply(right));
    }
  }

  /** All of them on one line when they fit, else one a line, as parts are to be copied. */
  void parts(String first, String separator, List<String> parts) {
    String joined = first + String.join(separator, parts);
    if (Columns.width(joined) <= width) {
      line(joined);
      return;
    }
    String start = first;
    for (String part : parts) {
      line(start + part);
      start = " ".repeat(first.length());
    }
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
