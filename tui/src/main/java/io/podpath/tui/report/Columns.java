package io.podpath.tui.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Text measured in terminal columns. Chinese, Japanese and Korean characters take two, combining
 * marks none (Unicode UAX 11).
 *
 * <p>Limits: characters of ambiguous width count one, as terminals outside of East Asian locales
 * show them; an emoji put together from several code points counts as their sum. Text must have
 * gone through {@link SafeText}, so there is no control character in it.
 */
final class Columns {

  /** What stands for cut text. */
  static final String CUT = "~";

  /** First and last code point of the blocks that are two columns wide. */
  private static final int[] WIDE = {
    0x1100, 0x115f, 0x231a, 0x231b, 0x2329, 0x232a, 0x23e9, 0x23ec, 0x23f0, 0x23f0, 0x23f3, 0x23f3,
    0x25fd, 0x25fe, 0x2614, 0x2615, 0x2648, 0x2653, 0x267f, 0x267f, 0x2693, 0x2693, 0x26a1, 0x26a1,
    0x26aa, 0x26ab, 0x26bd, 0x26be, 0x26c4, 0x26c5, 0x26ce, 0x26ce, 0x26d4, 0x26d4, 0x26ea, 0x26ea,
    0x26f2, 0x26f3, 0x26f5, 0x26f5, 0x26fa, 0x26fa, 0x26fd, 0x26fd, 0x2705, 0x2705, 0x270a, 0x270b,
    0x2728, 0x2728, 0x274c, 0x274c, 0x274e, 0x274e, 0x2753, 0x2755, 0x2757, 0x2757, 0x2795, 0x2797,
    0x27b0, 0x27b0, 0x27bf, 0x27bf, 0x2b1b, 0x2b1c, 0x2b50, 0x2b50, 0x2b55, 0x2b55, 0x2e80, 0x303e,
    0x3041, 0x33ff, 0x3400, 0x4dbf, 0x4e00, 0x9fff, 0xa000, 0xa4cf, 0xa960, 0xa97f, 0xac00, 0xd7a3,
    0xf900, 0xfaff, 0xfe30, 0xfe6f, 0xff01, 0xff60, 0xffe0, 0xffe6, 0x1f300, 0x1f64f, 0x1f680,
        0x1f6ff,
    0x1f900, 0x1f9ff, 0x20000, 0x2fffd, 0x30000, 0x3fffd,
  };

  /** Never first on a line. */
  private static final String CLOSING = "，。、；：？！）】》」』”’";

  private Columns() {}

  static int width(String text) {
    int width = 0;
    for (int i = 0; i < text.length(); ) {
      int codePoint = text.codePointAt(i);
      width += width(codePoint);
      i += Character.charCount(codePoint);
    }
    return width;
  }

  static int width(int codePoint) {
    if (codePoint < 0x300) {
      return 1;
    }
    int type = Character.getType(codePoint);
    if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
      return 0;
    }
    // Vowels and final consonants of Hangul join the syllable before them.
    if (codePoint >= 0x1160 && codePoint <= 0x11ff) {
      return 0;
    }
    for (int i = 0; i < WIDE.length && codePoint >= WIDE[i]; i += 2) {
      if (codePoint <= WIDE[i + 1]) {
        return 2;
      }
    }
    return 1;
  }

  /** Filled up with spaces to that many columns; longer text stays as it is. */
  static String pad(String text, int columns) {
    return text + " ".repeat(Math.max(0, columns - width(text)));
  }

  /** Cut to that many columns; cut text ends with {@link #CUT}. */
  static String cut(String text, int columns) {
    if (width(text) <= columns) {
      return text;
    }
    return text.substring(0, indexAt(text, Math.max(0, columns - 1))) + CUT;
  }

  /** Index of the first character that ends behind column {@code columns}. */
  static int indexAt(String text, int columns) {
    int width = 0;
    int i = 0;
    while (i < text.length()) {
      int codePoint = text.codePointAt(i);
      width += width(codePoint);
      if (width > columns) {
        return i;
      }
      i += Character.charCount(codePoint);
    }
    return i;
  }

  /**
   * Breaks prose at spaces, and between two Chinese characters. A word longer than a line stays
   * whole, and so does a line that begins with a space: it may be a path or a command, which must
   * remain copyable.
   */
  static List<String> wrap(String prose, int columns) {
    List<String> lines = new ArrayList<>();
    for (String paragraph : prose.split("\n", -1)) {
      if (paragraph.startsWith(" ")) {
        lines.add(paragraph.stripTrailing());
      } else {
        wrapParagraph(paragraph.strip(), Math.max(columns, 1), lines);
      }
    }
    while (!lines.isEmpty() && lines.getLast().isEmpty()) {
      lines.removeLast();
    }
    return lines;
  }

  private static void wrapParagraph(String paragraph, int columns, List<String> lines) {
    StringBuilder line = new StringBuilder();
    int width = 0;
    boolean space = false;
    for (String piece : pieces(paragraph)) {
      if (piece.isBlank()) {
        space = true;
        continue;
      }
      int needed = width(piece) + (space && width > 0 ? 1 : 0);
      if (width > 0 && width + needed > columns) {
        lines.add(line.toString());
        line.setLength(0);
        width = 0;
      } else if (space && width > 0) {
        line.append(' ');
        width++;
      }
      line.append(piece);
      width += width(piece);
      space = false;
    }
    lines.add(line.toString());
  }

  /**
   * What must not be torn apart: words, and each wide character with the punctuation behind it.
   * Spaces stand for themselves.
   */
  private static List<String> pieces(String text) {
    List<String> pieces = new ArrayList<>();
    int start = 0;
    int before = ' ';
    for (int i = 0; i < text.length(); ) {
      int codePoint = text.codePointAt(i);
      boolean breaks =
          codePoint == ' '
              || before == ' '
              || (width(codePoint) == 2 && width(before) == 2 && CLOSING.indexOf(codePoint) < 0);
      if (breaks && start < i) {
        pieces.add(text.substring(start, i));
        start = i;
      }
      before = codePoint;
      i += Character.charCount(codePoint);
    }
    if (start < text.length()) {
      pieces.add(text.substring(start));
    }
    return pieces;
  }
}
