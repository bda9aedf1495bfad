package io.podpath.probes.parse;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A table as kubectl and calicoctl print it: a line of headings in capitals, then rows. Rows are
 * taken apart by the gaps between cells where the gaps survived, by the places of the headings
 * where a cell is blank, and else by words: copies from web pages have lost all double blanks.
 *
 * @param columns headings from left to right
 * @param aligned whether the headings stood apart by more than one blank
 */
record TextTable(List<Column> columns, boolean aligned) {

  /**
   * @param start place of its first letter in the line
   */
  record Column(String name, int start) {}

  /** Headings of two words; all others are one. */
  private static final Map<String, String> SECOND_WORDS =
      Map.of(
          "NOMINATED",
          "NODE",
          "READINESS",
          "GATES",
          "LAST",
          "SEEN",
          "FIRST",
          "SEEN",
          "PEER",
          "ADDRESS");

  /** Columns whose cells hold blanks. */
  private static final List<String> OF_SEVERAL_WORDS = List.of("OS-IMAGE", "MESSAGE");

  TextTable {
    columns = List.copyOf(columns);
  }

  /** The table under this line; empty when the line is no heading. */
  static Optional<TextTable> under(String line) {
    List<Column> columns = new ArrayList<>();
    int i = 0;
    while (i < line.length()) {
      while (i < line.length() && Character.isWhitespace(line.charAt(i))) {
        i++;
      }
      int start = i;
      while (i < line.length() && !Character.isWhitespace(line.charAt(i))) {
        if (!isHeadingLetter(line.charAt(i))) {
          return Optional.empty();
        }
        i++;
      }
      if (i > start) {
        String word = line.substring(start, i);
        Column last = columns.isEmpty() ? null : columns.getLast();
        if (last != null && word.equals(SECOND_WORDS.get(last.name()))) {
          columns.set(columns.size() - 1, new Column(last.name() + " " + word, last.start()));
        } else {
          columns.add(new Column(word, start));
        }
      }
    }
    boolean headed =
        columns.stream()
            .anyMatch(c ->
                c.name().equals("NAME")
                    || c.name().equals("OBJECT")
                    || c.name().equals("CIDR")
                    || c.name().equals("PEERIP"));
    return headed && columns.size() > 1
        ? Optional.of(
            new TextTable(columns, line.strip().contains("  ") || line.indexOf('\t') >= 0))
        : Optional.empty();
  }

  private static boolean isHeadingLetter(char c) {
    return c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c == '-'
        || c == '('
        || c == ')'
        || c == '.'
        || c == '_'
        || c == '/';
  }

  boolean has(String column) {
    return columns.stream().anyMatch(c -> c.name().equals(column));
  }

  /** A table without headings, whose columns are known from elsewhere. */
  static TextTable of(List<String> names) {
    return new TextTable(names.stream().map(n -> new Column(n, 0)).toList(), false);
  }

  /** Cells by heading; a column the row does not reach is missing. */
  Map<String, String> cells(String line) {
    List<String> byGaps = gaps(line);
    if (byGaps.size() == columns.size()) {
      return named(byGaps);
    }
    if (aligned && fits(line)) {
      return named(cut(line));
    }
    return named(byWords(line));
  }

  private Map<String, String> named(List<String> cells) {
    Map<String, String> named = new LinkedHashMap<>();
    for (int i = 0; i < Math.min(cells.size(), columns.size()); i++) {
      if (!cells.get(i).isEmpty()) {
        named.put(columns.get(i).name(), cells.get(i));
      }
    }
    return named;
  }

  /** Pieces between tabs or two and more blanks. */
  static List<String> gaps(String line) {
    List<String> pieces = new ArrayList<>();
    StringBuilder piece = new StringBuilder();
    String text = line.strip();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean blank = Character.isWhitespace(c);
      boolean gap =
          blank
              && (c == '\t' || i + 1 < text.length() && Character.isWhitespace(text.charAt(i + 1)));
      if (gap) {
        while (i + 1 < text.length() && Character.isWhitespace(text.charAt(i + 1))) {
          i++;
        }
        pieces.add(piece.toString());
        piece.setLength(0);
      } else {
        piece.append(c);
      }
    }
    pieces.add(piece.toString());
    return pieces;
  }

  /** Whether no cell crosses the place where a column begins. */
  private boolean fits(String line) {
    for (Column column : columns) {
      int start = column.start();
      if (start > 0 && start < line.length() && !Character.isWhitespace(line.charAt(start - 1))) {
        return false;
      }
    }
    return true;
  }

  private List<String> cut(String line) {
    List<String> cells = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      int start = Math.min(columns.get(i).start(), line.length());
      int end =
          i + 1 < columns.size()
              ? Math.min(columns.get(i + 1).start(), line.length())
              : line.length();
      cells.add(line.substring(start, Math.max(start, end)).strip());
    }
    return cells;
  }

  private List<String> byWords(String line) {
    List<String> words = new ArrayList<>();
    for (String word : Lines.words(line)) {
      boolean continues =
          !words.isEmpty()
              && (word.startsWith("(") && has("RESTARTS") || openBracket(words.getLast()));
      if (continues) {
        words.set(words.size() - 1, words.getLast() + " " + word);
      } else {
        words.add(word);
      }
    }
    int surplus = words.size() - columns.size();
    int wide = widest();
    if (surplus > 0 && wide >= 0) {
      List<String> joined = new ArrayList<>(words.subList(0, wide));
      joined.add(String.join(" ", words.subList(wide, wide + surplus + 1)));
      joined.addAll(words.subList(wide + surplus + 1, words.size()));
      return joined;
    }
    return words;
  }

  private static boolean openBracket(String word) {
    return word.indexOf('(') >= 0 && word.indexOf(')') < 0;
  }

  private int widest() {
    for (int i = 0; i < columns.size(); i++) {
      if (OF_SEVERAL_WORDS.contains(columns.get(i).name())) {
        return i;
      }
    }
    return -1;
  }

  /** Without a remark that somebody added behind the row. */
  static String withoutRemark(String line) {
    int end = line.length();
    for (String mark : List.of(" //", " #", "\t//", "\t#")) {
      int at = line.indexOf(mark);
      end = at >= 0 ? Math.min(end, at) : end;
    }
    return line.substring(0, end).stripTrailing();
  }

  /** Whether an author left rows out here. */
  static boolean isGap(String line) {
    String text = line.strip();
    return text.equals("...")
        || text.equals("…")
        || text.equals("......")
        || text.equals("[...]")
        || text.equals("(...)")
        || text.equals("[…]");
  }
}
