package io.podpath.tui.report;

/** Signs before a line whose words say the same. */
final class Marks {

  static final char OK = '✓';
  static final char WARNING = '!';
  static final char ERROR = '✗';

  private Marks() {}

  /** The sign followed by a space, painted by what it means. */
  static String shown(char mark, TextOptions options) {
    Paint paint = options.paint();
    return switch (mark) {
      case OK -> options.ascii() ? "ok " : "✓ ";
      case ERROR -> paint.error(options.ascii() ? "X " : "✗ ") + (options.ascii() ? " " : "");
      default -> paint.warning("! ") + (options.ascii() ? " " : "");
    };
  }
}
