package io.podpath.tui.report;

import io.podpath.core.fix.ShellWord;
import io.podpath.core.walk.WalkedPair;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What {@code podpath reach} prints. */
public final class ReachText {

  /** More columns than these tell less than the list below them. */
  private static final int MOST_COLUMNS = 16;

  private final ReachedPairs reached;
  private final TextOptions options;
  private final Sheet sheet;

  private ReachText(ReachedPairs reached, TextOptions options) {
    this.reached = reached;
    this.options = options;
    this.sheet = new Sheet(options.width());
  }

  /** Ends with a line feed. */
  public static String render(ReachedPairs reached, TextOptions options) {
    ReachText text = new ReachText(reached, options);
    text.all();
    return text.sheet.toString();
  }

  private void all() {
    Set<String> ends = new LinkedHashSet<>();
    reached.pairs().forEach(p -> ends.add(p.from()));
    if (!ends.isEmpty() && ends.size() <= MOST_COLUMNS) {
      matrix(List.copyOf(ends));
      sheet.blank();
    }
    groups("broken", reached.causes(), true);
    groups("cannot be told", reached.gaps(), false);
    if (!reached.causes().isEmpty() || !reached.gaps().isEmpty()) {
      sheet.blank();
    }
    summary();
    next();
  }

  /** Columns bear the numbers of the rows. */
  private void matrix(List<String> ends) {
    Map<List<String>, WalkedPair> cells = new LinkedHashMap<>();
    reached.pairs().forEach(p -> cells.put(List.of(p.from(), p.to()), p));
    int digits = String.valueOf(ends.size()).length();
    int names = ends.stream().mapToInt(e -> Columns.width(SafeText.of(e))).max().orElse(0);
    StringBuilder head = new StringBuilder(Columns.pad("from \\ to", digits + 1 + names));
    for (int i = 1; i <= ends.size(); i++) {
      head.append("  ").append(" ".repeat(2 - Math.min(2, String.valueOf(i).length()))).append(i);
    }
    sheet.line(options.paint().quiet(head.toString()));
    for (int i = 0; i < ends.size(); i++) {
      String number = String.valueOf(i + 1);
      StringBuilder line =
          new StringBuilder(" ".repeat(digits - number.length()))
              .append(number)
              .append(' ')
              .append(Columns.pad(SafeText.of(ends.get(i)), names));
      for (String to : ends) {
        line.append("  ").append(cell(cells, ends.get(i), to));
      }
      sheet.line(line.toString());
    }
  }

  private String cell(Map<List<String>, WalkedPair> cells, String from, String to) {
    if (from.equals(to)) {
      return " -";
    }
    WalkedPair pair = Objects.requireNonNull(cells.get(List.of(from, to)));
    return pair.isDelivered()
        ? "ok"
        : pair.isUnknown()
            ? options.paint().warning(" ?")
            : options.paint().error(options.ascii() ? " X" : " ✗");
  }

  private void groups(String what, Map<String, List<WalkedPair>> groups, boolean broken) {
    groups.forEach((why, pairs) -> {
      String count = Count.of(pairs.size(), "pair");
      sheet.hanging(
          count + " " + what + ": ",
          SafeText.of(why),
          l -> broken ? options.paint().error(l) : options.paint().warning(l));
      PairsText.list(
          sheet, "    ", pairs.stream().map(p -> pair(p, broken)).toList(), options.full());
    });
  }

  private static String pair(WalkedPair pair, boolean broken) {
    return broken
        ? PairsText.pair(pair.from(), pair.to(), pair.disposition())
        : PairsText.pair(pair.from(), pair.to());
  }

  private void summary() {
    int all = reached.pairs().size();
    String noun = (reached.pods() ? "pod" : "node") + " pair";
    ExitCode code = reached.exitCode(false);
    char mark =
        code == ExitCode.OK ? Marks.OK : code == ExitCode.TOO_LITTLE ? Marks.WARNING : Marks.ERROR;
    if (all == 0) {
      sheet.line(
          Marks.shown(mark, options)
              + "no pair to walk: the input knows fewer than two "
              + (reached.pods() ? "pods" : "nodes"));
      return;
    }
    sheet.line(
        Marks.shown(mark, options)
            + counts(all, Count.of(all, noun))
            + (reached.pods()
                ? ""
                : reached.sampled()
                    ? "; one pod stands for all of its node (--pods walks them all)"
                    : "; a pair is as its worst pair of pods")
            + ", icmp");
  }

  private String counts(int all, String pairs) {
    int broken = reached.broken();
    int unknown = reached.unknown();
    List<String> parts = new ArrayList<>();
    if (broken > 0) {
      parts.add(broken + " of " + pairs + " broken");
    }
    if (unknown > 0) {
      parts.add(parts.isEmpty() ? unknown + " of " + pairs + " unknown" : unknown + " unknown");
    }
    int delivered = all - broken - unknown;
    parts.add(
        parts.isEmpty()
            ? "all of " + pairs + " delivered there and back"
            : delivered + " delivered there and back");
    return String.join(", ", parts);
  }

  /** The pair as a trace is asked for. */
  private static String words(WalkedPair pair) {
    return ShellWord.quoted(SafeText.of(pair.from()))
        + " "
        + ShellWord.quoted(SafeText.of(pair.to()));
  }

  private void next() {
    Hints hints = options.hints();
    List<String> commands = new ArrayList<>();
    if (!reached.findings().isEmpty()) {
      commands.add(hints.doctor(""));
    }
    if (!reached.pods()) {
      commands.add(hints.reach("--pods"));
    } else {
      reached.pairs().stream()
          .filter(p -> !p.isDelivered())
          .findFirst()
          .ifPresent(p -> commands.add(hints.trace(words(p), "")));
    }
    commands.add(hints.reach("-o json"));
    sheet.parts("next: ", " | ", commands);
    hints.note().ifPresent(n -> sheet.prose(6, n));
  }
}
