package io.podpath.probes.parse;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of a program's log without its head.
 *
 * @param text the whole line
 * @param message what the program says
 * @param level in letters: I, W, E, F; empty where the line does not tell
 * @param program who speaks, where journald or syslog says so
 * @param headed whether the line has the head of a known kind of log
 */
record LogLine(
    int number,
    String text,
    String message,
    String level,
    Optional<String> program,
    boolean headed) {

  /**
   * klog and glog: {@code E0211 02:04:51.456912 1 main.go:251] }; copies may have lost all before
   * the file's name.
   */
  private static final Pattern KLOG =
      Pattern.compile(
          "(?:([IWEF])\\d{4} \\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})? {1,9}\\d{1,9} )?[\\w./-]{1,80}\\.go:\\d{1,6}\\] ?");

  /**
   * Calico (logrus): {@code 2020-03-11 09:11:36.015 [INFO][8] startup.go 259: }; copies may have
   * lost time and place.
   */
  private static final Pattern CALICO =
      Pattern.compile(
          "(?:\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{1,6} )?\\[(TRACE|DEBUG|INFO|WARNING|ERROR|FATAL|PANIC)\\](?:\\[\\d{1,9}\\])?(?: [\\w./-]{1,80}(?: \\d{1,6}|:\\d{1,6}):)? ?");

  /** {@code Nov 21 01:02:03 host kubelet[1188]: }, or with an ISO time. */
  private static final Pattern JOURNAL =
      Pattern.compile(
          "^(?:[A-Z][a-z]{2} {1,2}\\d{1,2} \\d\\d:\\d\\d:\\d\\d|\\d{4}-\\d\\d-\\d\\dT[\\d:.+Z-]{8,32}) [\\w.-]{1,64} ([\\w./@-]{1,64})\\[\\d{1,9}\\]: ?");

  /** logrus as k3s and containerd write it: {@code time="…" level=error msg="…"}. */
  private static final Pattern KEYED =
      Pattern.compile("level=(trace|debug|info|warning|warn|error|fatal|panic) msg=\"?");

  /** weave: {@code FATA: 2018/06/27 05:35:46.045930 }. */
  private static final Pattern WEAVE =
      Pattern.compile(
          "^(INFO|WARN|ERRO|FATA|DEBU): \\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,6})? ");

  /**
   * @param mark what must be there for the pattern to be tried
   */
  private record Head(String mark, Pattern pattern) {}

  private static final List<Head> HEADS =
      List.of(
          new Head(".go:", KLOG),
          new Head("[", CALICO),
          new Head("level=", KEYED),
          new Head(": ", WEAVE));

  /** No head is longer than this. */
  private static final int HEAD = 400;

  static LogLine of(Lines.Line line) {
    String text = line.text();
    String head = text.length() > HEAD ? text.substring(0, HEAD) : text;
    Optional<String> program = Optional.empty();
    int start = 0;
    String level = "";
    Matcher journal = JOURNAL.matcher(head);
    boolean headed = journal.find();
    if (headed) {
      program = Optional.of(journal.group(1));
      start = journal.end();
    }
    for (Head kind : HEADS) {
      if (!head.contains(kind.mark())) {
        continue;
      }
      Matcher matcher = kind.pattern().matcher(head);
      matcher.region(start, head.length());
      if (matcher.find()) {
        String word = matcher.groupCount() > 0 && matcher.group(1) != null ? matcher.group(1) : "";
        level = word.isEmpty() ? "" : String.valueOf(Character.toUpperCase(word.charAt(0)));
        level = word.equalsIgnoreCase("panic") ? "F" : level;
        start = matcher.end();
        headed = true;
        break;
      }
    }
    return new LogLine(line.number(), text, text.substring(start).strip(), level, program, headed);
  }

  boolean says(String words) {
    return message.contains(words);
  }

  /** What stands behind these words; empty when they are not there. */
  Optional<String> behind(String words) {
    int at = message.indexOf(words);
    return at < 0 ? Optional.empty() : Optional.of(message.substring(at + words.length()).strip());
  }

  /** Between two texts; empty when one of them is not there. */
  Optional<String> between(String before, String after) {
    int at = message.indexOf(before);
    int end = at < 0 ? -1 : message.indexOf(after, at + before.length());
    return end < 0
        ? Optional.empty()
        : Optional.of(message.substring(at + before.length(), end).strip());
  }

  /** The first word, without punctuation around it. */
  static String firstWord(String text) {
    String word = Lines.words(text).stream().findFirst().orElse("");
    int start = 0;
    int end = word.length();
    while (start < end && "(\"'[".indexOf(word.charAt(start)) >= 0) {
      start++;
    }
    while (end > start && ")\"',;.:]".indexOf(word.charAt(end - 1)) >= 0) {
      end--;
    }
    return word.substring(start, end);
  }

  /** The message, cut to a length people read. */
  String shortMessage() {
    return shortened(message);
  }

  static String shortened(String text) {
    return text.length() > 300 ? text.substring(0, 300) + "…" : text;
  }
}
