package io.podpath.probes.parse;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a shell or a tool says instead of its output. */
public final class Denial {

  /** A text this long holds more than a refusal. */
  private static final int MOST_LINES = 20;

  /** {@code bash: calicoctl: command not found}, {@code ipset v7.1: Kernel error: …}. */
  private static final Pattern SAID_BY =
      Pattern.compile(
          "(?i)^-?[a-z][\\w./+-]{0,100}(?: v[\\w.-]{1,20}(?: \\([\\w-]{1,20}\\))?)?(?:\\[\\d{1,9}\\])?:\\s.*"
              + "(?:not found|no such (?:file|device|container|process|host)|permission denied|not permitted|not allowed"
              + "|access denied|refused|timed out|no route to host|unreachable|could not resolve|cannot stat"
              + "|cannot open|can't open|cannot access|is a directory|must be root|unrecognized|unknown option"
              + "|invalid option|illegal option|not installed|failed to connect).*$");

  private static final Pattern STANDING_ALONE =
      Pattern.compile(
          "(?i)^(?:error from server\\b|error:\\s|error executing command|error response from daemon"
              + "|unable to connect to the server|the connection to the server .* was refused"
              + "|cannot open netlink|cannot open network namespace|setting the network namespace"
              + "|cannot find device|cannot connect to the|can't initialize|couldn't get resource list"
              + "|object \".{1,60}\" is unknown|command \".{1,60}\" is unknown|command .{1,60} not found"
              + "|device \".{1,60}\" does not exist|unit .{1,100} could not be found"
              + "|'.{1,60}' is not recognized as an internal|rtnetlink answers:|oci runtime exec failed"
              + "|failed to (?:create calico api client|execute command|connect to bus)"
              + "|command terminated with (?:non-zero )?exit code|dump was interrupted|no help topic"
              + "|open .{1,200}: no such file|stat .{1,200}: no such file|you must be root|this program must be run as root"
              + "|.{0,80}\\(you must be root\\)|permission denied|operation not permitted|command not found"
              + "|connection refused|ssh: |sudo: ).*$");

  private static final Pattern USAGE = Pattern.compile("(?i)^(?:usage:|busybox v\\d).*$");

  private Denial() {}

  /** Whether a line is such an answer. */
  public static boolean is(String line) {
    String text = line.strip();
    return text.length() < 500
        && (SAID_BY.matcher(text).matches() || STANDING_ALONE.matcher(text).matches());
  }

  /** The line that says it; empty when the text may be an output. */
  static Optional<String> in(String text) {
    List<String> lines =
        text.lines().map(String::strip).filter(l -> !l.isEmpty()).limit(MOST_LINES + 1L).toList();
    Optional<String> said = lines.stream().filter(Denial::is).findFirst();
    boolean usage = lines.stream().limit(3).anyMatch(l -> USAGE.matcher(l).matches());
    if (usage) {
      return said.or(() -> Optional.of(lines.getFirst()));
    }
    return lines.size() <= MOST_LINES ? said : Optional.empty();
  }
}
