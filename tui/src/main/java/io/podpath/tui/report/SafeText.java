package io.podpath.tui.report;

/**
 * The one place that keeps what was read from acting on a terminal. Names, log lines and table rows
 * come from machines nobody vouches for: they may hold escape sequences that recolour or rewrite
 * the screen, and bidirectional controls that show a command in another order than it is run
 * (CVE-2021-42574).
 */
public final class SafeText {

  private static final String TAB = "    ";

  private SafeText() {}

  /**
   * The text with everything invisible or active made visible as {@code \x1b} or {@code \}{@code
   * u202e}; tabs and line feeds become spaces.
   */
  public static String of(String text) {
    if (text.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
      return text;
    }
    StringBuilder shown = new StringBuilder(text.length() + 8);
    text.codePoints()
        .forEach(c -> {
          if (c == '\t') {
            shown.append(TAB);
          } else if (c == '\n') {
            shown.append(' ');
          } else if (isActive(c)) {
            shown.append(escape(c));
          } else {
            shown.appendCodePoint(c);
          }
        });
    return shown.toString();
  }

  /** As {@link #of}, but line ends stay: for prose of several lines. */
  static String lines(String text) {
    return String.join("\n", text.replace("\r\n", "\n").lines().map(SafeText::of).toList());
  }

  /** Whether the code point does something or hides something instead of standing for itself. */
  static boolean isActive(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      // Hangul fillers and the like are letters that show nothing.
      default ->
          codePoint == 0x115f || codePoint == 0x1160 || codePoint == 0x3164 || codePoint == 0xffa0;
    };
  }

  private static String escape(int codePoint) {
    if (codePoint < 0x100) {
      return String.format("\\x%02x", codePoint);
    }
    return Character.isBmpCodePoint(codePoint)
        ? String.format("\\u%04x", codePoint)
        : String.format("\\U%08x", codePoint);
  }
}
