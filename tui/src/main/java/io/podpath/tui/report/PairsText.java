package io.podpath.tui.report;

import java.util.List;

/** Pairs of nodes or pods, one behind the other; no line ends within a pair. */
final class PairsText {

  private static final int MOST = 6;

  /** A space at which no line ends. */
  private static final char NO_BREAK = '\u00a0';

  private PairsText() {}

  static String pair(String from, String to) {
    return SafeText.of(from) + NO_BREAK + "->" + NO_BREAK + SafeText.of(to);
  }

  /** A pair, and what becomes of its packets. */
  static String pair(String from, String to, Object end) {
    return pair(from, to) + NO_BREAK + "(" + end + ")";
  }

  /**
   * @param label before the first; the other lines stand below the first pair
   * @param all whether a long list is not cut
   */
  static void list(Sheet sheet, String label, List<String> pairs, boolean all) {
    int most = all ? Integer.MAX_VALUE : MOST;
    String more = pairs.size() > most ? " and " + (pairs.size() - most) + " more" : "";
    sheet.hanging(
        label,
        String.join(", ", pairs.stream().limit(most).toList()) + more,
        l -> l.replace(NO_BREAK, ' '));
  }
}
