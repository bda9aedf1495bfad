package io.podpath.probes.parse;

import io.podpath.core.netfilter.Match;
import java.util.ArrayList;
import java.util.List;

/**
 * One word of a chain rule.
 *
 * @param value without quotes and escapes
 * @param raw as it stood in the line, for what is kept as text
 */
record SpecWord(String value, String raw) {

  /** A word whose quotes are already gone; it gets them back where it needs them. */
  static SpecWord of(String value) {
    boolean plain =
        !value.isEmpty()
            && value
                .chars()
                .noneMatch(c -> Character.isWhitespace(c) || c == '"' || c == '\'' || c == '\\');
    return new SpecWord(value, plain ? value : Match.quoted(value));
  }

  /**
   * Words of a line of {@code iptables-save}, which escapes {@code "}, {@code '} and {@code \}
   * inside double quotes. What follows an unquoted {@code #} or {@code //} is somebody's remark and
   * is left out.
   */
  static List<SpecWord> split(String line) {
    List<SpecWord> words = new ArrayList<>();
    int i = 0;
    while (i < line.length()) {
      while (i < line.length() && Character.isWhitespace(line.charAt(i))) {
        i++;
      }
      if (i >= line.length() || line.charAt(i) == '#' || line.startsWith("//", i)) {
        break;
      }
      int start = i;
      StringBuilder value = new StringBuilder();
      while (i < line.length() && !Character.isWhitespace(line.charAt(i))) {
        char closing = closingQuote(line.charAt(i));
        if (closing == 0) {
          value.append(line.charAt(i++));
          continue;
        }
        i++;
        while (i < line.length() && line.charAt(i) != closing) {
          if (line.charAt(i) == '\\' && i + 1 < line.length()) {
            i++;
          }
          value.append(line.charAt(i++));
        }
        i = Math.min(i + 1, line.length());
      }
      words.add(new SpecWord(value.toString(), line.substring(start, i)));
    }
    return words;
  }

  /**
   * What ends a quotation that this character begins, or 0; web pages make typographic quotes of
   * plain ones.
   */
  private static char closingQuote(char c) {
    return switch (c) {
      case '"', '\'' -> c;
      case '\u201c', '\u201d' -> '\u201d';
      default -> 0;
    };
  }

  /** Whether it can only be the name of an option: the value {@code "-x"} in quotes is none. */
  boolean isOption() {
    return raw.length() > 1 && raw.charAt(0) == '-' && !Character.isDigit(raw.charAt(1));
  }

  boolean isNot() {
    return raw.equals("!");
  }

  /** Whether the author left something out here. */
  boolean isGap() {
    return raw.equals("...") || raw.equals("\u2026") || raw.equals("....");
  }

  static String join(List<SpecWord> words) {
    StringBuilder text = new StringBuilder();
    for (SpecWord word : words) {
      text.append(text.isEmpty() ? "" : " ").append(word.raw);
    }
    return text.toString();
  }
}
