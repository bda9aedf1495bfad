package io.podpath.probes.parse;

/** What people write into outputs they paste: comments behind a line, and dots where they cut. */
final class Remark {

  private Remark() {}

  /**
   * The line without a comment that begins with {@code //} or {@code #} behind white space, or with
   * a word no tool prints.
   */
  static String without(String line) {
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      boolean atWord = i == 0 || Character.isWhitespace(line.charAt(i - 1));
      boolean slashes = c == '/' && i + 1 < line.length() && line.charAt(i + 1) == '/';
      // a web copy may join the comment to the last word; no word of these tools holds two slashes
      if (slashes
          || isForeign(c)
          || atWord && i > 0 && c == '#'
          || atWord && line.startsWith("<--", i)) {
        return line.substring(0, i).stripTrailing();
      }
    }
    return line;
  }

  /** Letters that no network tool prints in any language: ideographs and full-width forms. */
  private static boolean isForeign(char c) {
    return c >= 0x2e80 && c <= 0x9fff || c >= 0xac00 && c <= 0xd7af || c >= 0xff00 && c <= 0xffef;
  }

  /** Whether the author left lines out here. */
  static boolean isCut(String line) {
    String text = line.strip();
    if (text.isEmpty() || text.length() > 40) {
      return false;
    }
    boolean dots =
        text.chars()
            .allMatch(c ->
                c == '.' || c == '…' || c == '[' || c == ']' || c == '<' || c == '>' || c == ' ');
    boolean word =
        text.equals("<snip>")
            || text.equals("[snip]")
            || text.equals("--snip--")
            || text.equals("(snip)");
    return word || dots && (text.contains("..") || text.indexOf('…') >= 0);
  }

  /** Whether the end of the line was cut off by its author. */
  static boolean endsCut(String line) {
    return line.endsWith("...") || line.endsWith("…");
  }
}
