package io.podpath.probes.parse;

import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.List;

/** A text as numbered lines, without line ends, colours and other control bytes. */
public final class Lines {

  /** Longer lines are cut: no tool we read prints one, but a hostile file may. */
  private static final int LONGEST = 64 * 1024;

  /**
   * @param number line of the file, from 1
   * @param text without trailing white space
   */
  public record Line(int number, String text) {

    public boolean isBlank() {
      return text.isBlank();
    }

    /** White space at the beginning, a tab counted as one. */
    public int indent() {
      int i = 0;
      while (i < text.length() && Character.isWhitespace(text.charAt(i))) {
        i++;
      }
      return i;
    }

    /** Words between white space. */
    public List<String> words() {
      return Lines.words(text);
    }
  }

  private Lines() {}

  public static List<Line> of(Source source) {
    List<Line> lines = new ArrayList<>();
    String text = source.text();
    int number = source.firstLine();
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      int stop = end < 0 ? text.length() : end;
      lines.add(new Line(number++, clean(text.substring(start, Math.min(stop, start + LONGEST)))));
      start = stop + 1;
    }
    return lines;
  }

  /**
   * Without escape sequences, control bytes (tabs stay), invisible characters and trailing white
   * space; the odd blanks of web pages become blanks.
   */
  static String clean(String line) {
    if (line.chars().allMatch(Lines::isPlain)) {
      return line.stripTrailing();
    }
    StringBuilder text = new StringBuilder(line.length());
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == 0x1b) {
        i = endOfEscape(line, i);
      } else if (isOddBlank(c)) {
        text.append(' ');
      } else if (isPlain(c)) {
        text.append(c);
      }
    }
    return text.toString().stripTrailing();
  }

  private static boolean isPlain(int c) {
    boolean control = c < 0x20 && c != '\t' || c == 0x7f || c >= 0x80 && c <= 0x9f;
    boolean invisible = c >= 0x200b && c <= 0x200f || c == 0xfeff || c >= 0x202a && c <= 0x202e;
    return !control && !invisible && !isOddBlank(c);
  }

  /** Unicode's blanks that are none to a parser; the ideographic one is prose and stays. */
  private static boolean isOddBlank(int c) {
    return c == 0xa0 || c >= 0x2000 && c <= 0x200a || c == 0x202f || c == 0x205f;
  }

  /**
   * Index of the last character of the escape sequence that begins at {@code start} (ECMA-48 CSI,
   * OSC, or two bytes).
   */
  private static int endOfEscape(String line, int start) {
    int i = start + 1;
    if (i >= line.length()) {
      return start;
    }
    if (line.charAt(i) == '[') {
      i++;
      while (i < line.length() && (line.charAt(i) < 0x40 || line.charAt(i) > 0x7e)) {
        i++;
      }
      return Math.min(i, line.length() - 1);
    }
    if (line.charAt(i) == ']') {
      while (i < line.length() && line.charAt(i) != 0x07 && line.charAt(i) != 0x1b) {
        i++;
      }
      return i < line.length() && line.charAt(i) == 0x1b
          ? Math.min(i + 1, line.length() - 1)
          : Math.min(i, line.length() - 1);
    }
    return i;
  }

  public static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    int i = 0;
    while (i < text.length()) {
      while (i < text.length() && Character.isWhitespace(text.charAt(i))) {
        i++;
      }
      int start = i;
      while (i < text.length() && !Character.isWhitespace(text.charAt(i))) {
        i++;
      }
      if (i > start) {
        words.add(text.substring(start, i));
      }
    }
    return words;
  }
}
