package io.podpath.tui.report;

import io.podpath.core.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Many node names in few words: {@code worker-2, worker-101 .. worker-140 (41 nodes)}. */
final class NodeNames {

  private static final int SHORTEST_RUN = 3;
  private static final int MOST_PARTS = 4;

  private NodeNames() {}

  /**
   * All names in natural order, runs of numbers as their first and last; the rest of a long list as
   * a number.
   */
  static String brief(Collection<String> names) {
    List<String> sorted = names.stream().distinct().sorted(Snapshot.NATURAL_ORDER).toList();
    List<String> parts = new ArrayList<>();
    int shown = 0;
    boolean run = false;
    for (int i = 0; i < sorted.size() && parts.size() < MOST_PARTS; ) {
      int end = endOfRun(sorted, i);
      if (end - i >= SHORTEST_RUN) {
        parts.add(SafeText.of(sorted.get(i)) + " .. " + SafeText.of(sorted.get(end - 1)));
        run = true;
      } else {
        end = i + 1;
        parts.add(SafeText.of(sorted.get(i)));
      }
      shown += end - i;
      i = end;
    }
    String joined = String.join(", ", parts);
    if (shown < sorted.size()) {
      return joined + " and " + (sorted.size() - shown) + " more";
    }
    return run ? joined + " (" + sorted.size() + " nodes)" : joined;
  }

  /** All names in natural order. */
  static String all(Collection<String> names) {
    return String.join(
        ", ", names.stream().distinct().sorted(Snapshot.NATURAL_ORDER).map(SafeText::of).toList());
  }

  /** Index behind the names that count up from {@code names[start]}. */
  private static int endOfRun(List<String> names, int start) {
    int end = start + 1;
    while (end < names.size() && follows(names.get(end - 1), names.get(end))) {
      end++;
    }
    return end;
  }

  private static boolean follows(String name, String next) {
    int at = startOfNumber(name);
    int nextAt = startOfNumber(next);
    String number = name.substring(at);
    String nextNumber = next.substring(nextAt);
    boolean comparable =
        name.substring(0, at).equals(next.substring(0, nextAt))
            && !number.isEmpty()
            && number.length() <= 9
            && !nextNumber.isEmpty()
            && nextNumber.length() <= 9;
    return comparable && Integer.parseInt(nextNumber) == Integer.parseInt(number) + 1;
  }

  private static int startOfNumber(String name) {
    int i = name.length();
    while (i > 0 && name.charAt(i - 1) >= '0' && name.charAt(i - 1) <= '9') {
      i--;
    }
    return i;
  }
}
