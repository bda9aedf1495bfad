package io.podpath.tui.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Names that somebody may have meant. */
final class Nearest {

  private static final int MOST = 3;

  /** Longer words are not names anybody mistyped, and the comparison is quadratic. */
  private static final int LONGEST = 60;

  private Nearest() {}

  /** The closest names, best first; empty when none is close. */
  static List<String> to(String word, Collection<String> names) {
    if (word.isEmpty() || word.length() > LONGEST) {
      return List.of();
    }
    record Scored(String name, int distance) {}
    return names.stream()
        .map(n -> new Scored(n, score(word, n)))
        .filter(s -> s.distance() <= Math.max(2, Math.max(word.length(), s.name().length()) / 3))
        .sorted(Comparator.comparingInt(Scored::distance).thenComparing(Scored::name))
        .limit(MOST)
        .map(Scored::name)
        .toList();
  }

  /** {@code ; did you mean a or b?}, or nothing. */
  static String hint(String word, Collection<String> names) {
    List<String> nearest = to(word, names);
    return nearest.isEmpty() ? "" : "; did you mean " + String.join(" or ", nearest) + "?";
  }

  /** Part of a name counts as nearly right: people remember one word of an id. */
  private static int score(String word, String name) {
    int distance = distance(word, name);
    return word.length() >= 3 && name.contains(word) ? Math.min(distance, 1) : distance;
  }

  /** Levenshtein: characters to insert, delete or exchange. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int exchanged = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(exchanged, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
