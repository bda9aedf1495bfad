package io.podpath.tui.report;

import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryState;
import io.podpath.core.snapshot.Provenance;
import java.util.Optional;

/**
 * The line of the input in which a culprit stands, ready to be shown, and the part of it to
 * underline.
 *
 * @param line number in its file; empty for an entry that is missing
 * @param before the line above it, where there is one worth showing
 * @param text the line as it stands there, or the entry in its tool's own syntax
 * @param asRead whether {@code text} is the entry because the line has another form, such as JSON
 * @param markFrom first character to underline
 * @param markTo behind the last one; equal to {@code markFrom} when nothing is underlined
 */
record Quote(
    Optional<Integer> line,
    Optional<String> before,
    String text,
    boolean asRead,
    int markFrom,
    int markTo) {

  /** A longer line is a whole document on one line: its entry says more. */
  private static final int LONGEST = 400;

  private static final int LONGEST_ENTRY = 2000;

  static Quote of(Culprit culprit) {
    String whole = culprit.entry();
    String entry =
        SafeText.of(whole.length() > LONGEST_ENTRY ? whole.substring(0, LONGEST_ENTRY) : whole)
            .strip();
    String mark = SafeText.of(culprit.mark()).strip();
    if (culprit.state() == EntryState.MISSING || culprit.from().isEmpty()) {
      return marked(Optional.empty(), Optional.empty(), entry, false, entry, mark);
    }
    Provenance from = culprit.from().get();
    Optional<Integer> number = Optional.of(from.line());
    String raw = from.raw();
    if (raw.isBlank() || raw.length() > LONGEST) {
      return marked(number, Optional.empty(), entry, !raw.isBlank(), entry, mark);
    }
    String line = SafeText.of(raw).stripTrailing();
    boolean sameWords = squeezed(line).contains(squeezed(entry));
    if (!sameWords && find(line, entry, mark).isEmpty()) {
      return marked(number, Optional.empty(), entry, true, entry, mark);
    }
    String above = SafeText.of(from.source().line(from.line() - 1)).stripTrailing();
    Optional<String> before =
        above.isBlank() || above.length() > LONGEST ? Optional.empty() : Optional.of(above);
    int indent = before.map(b -> Math.min(indent(b), indent(line))).orElse(indent(line));
    return marked(
        number, before.map(b -> b.substring(indent)), line.substring(indent), false, entry, mark);
  }

  private static Quote marked(
      Optional<Integer> number,
      Optional<String> before,
      String text,
      boolean asRead,
      String entry,
      String mark) {
    if (mark.isEmpty()) {
      int from = indent(text);
      return new Quote(number, before, text, asRead, from, Math.max(from, text.length()));
    }
    return find(text, entry, mark)
        .map(s -> new Quote(number, before, text, asRead, s.from(), s.to()))
        .orElse(new Quote(number, before, text, asRead, 0, 0));
  }

  private record Span(int from, int to) {}

  /**
   * Finds the marked word of the entry in the line. An address may stand in a line twice, so the
   * word before it decides; and a table of {@code route -n} has the address but not the {@code via}
   * before it.
   */
  private static Optional<Span> find(String line, String entry, String mark) {
    if (mark.isEmpty()) {
      return Optional.empty();
    }
    int inEntry = wordAt(entry, mark, 0);
    String before = inEntry < 0 ? "" : lastWord(entry.substring(0, inEntry));
    int first = -1;
    for (int at = wordAt(line, mark, 0); at >= 0; at = wordAt(line, mark, at + 1)) {
      if (first < 0) {
        first = at;
      }
      if (!before.isEmpty() && lastWord(line.substring(0, at)).equals(before)) {
        return Optional.of(new Span(at, at + mark.length()));
      }
    }
    if (first < 0) {
      first = line.indexOf(mark);
    }
    if (first >= 0) {
      return Optional.of(new Span(first, first + mark.length()));
    }
    String word = lastWord(mark);
    return word.equals(mark) ? Optional.empty() : find(line, entry, word);
  }

  /**
   * Index of {@code word} where it is not part of a longer one: 10.0.0.1 does not stand in
   * 10.0.0.13.
   */
  private static int wordAt(String text, String word, int start) {
    for (int at = text.indexOf(word, start); at >= 0; at = text.indexOf(word, at + 1)) {
      int end = at + word.length();
      boolean begins = at == 0 || !isWord(text.charAt(at - 1)) || !isWord(word.charAt(0));
      boolean ends =
          end == text.length() || !isWord(text.charAt(end)) || !isWord(text.charAt(end - 1));
      if (begins && ends) {
        return at;
      }
    }
    return -1;
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '.' || c == ':' || c == '-' || c == '_';
  }

  private static String lastWord(String text) {
    String stripped = text.stripTrailing();
    return stripped.substring(stripped.lastIndexOf(' ') + 1);
  }

  private static int indent(String text) {
    int i = 0;
    while (i < text.length() && text.charAt(i) == ' ') {
      i++;
    }
    return i;
  }

  /** Runs of spaces as one. */
  private static String squeezed(String text) {
    return String.join(" ", text.strip().split(" +"));
  }
}
