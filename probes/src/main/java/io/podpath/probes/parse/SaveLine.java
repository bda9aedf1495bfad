package io.podpath.probes.parse;

import io.podpath.core.net.IpPrefix;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a line in iptables-save's words is, by its beginning. */
final class SaveLine {

  private static final Set<String> TABLES = Set.of("filter", "nat", "mangle", "raw", "security");

  private SaveLine() {}

  /** {@code *filter}. */
  static Optional<String> tableOf(String line) {
    return line.charAt(0) == '*' && TABLES.contains(line.substring(1))
        ? Optional.of(line.substring(1))
        : Optional.empty();
  }

  /**
   * {@code [1:60] -A CHAIN …}; {@code ipvsadm-save} begins alike, but has an option where the chain
   * stands.
   */
  static boolean isRule(String line) {
    String rest = line;
    if (line.charAt(0) == '[') {
      int end = line.indexOf(']');
      if (end < 0) {
        return false;
      }
      rest = line.substring(end + 1).stripLeading();
    }
    return startsWithOption(rest, "-A", "--append", "-I", "--insert");
  }

  /** {@code :FORWARD DROP [0:0]}, or the option that says the same. */
  static boolean isChain(String line) {
    boolean declared =
        line.length() > 2
            && line.charAt(0) == ':'
            && !Character.isWhitespace(line.charAt(1))
            && line.charAt(1) != ':';
    return declared
            && (line.endsWith("]")
                || line.endsWith(" -")
                || line.endsWith(" ACCEPT")
                || line.endsWith(" DROP"))
        || startsWithOption(line, "-P", "--policy", "-N", "--new-chain");
  }

  private static boolean startsWithOption(String line, String... options) {
    for (String option : options) {
      if (line.startsWith(option + " ")
          && line.length() > option.length() + 1
          && line.charAt(option.length() + 1) != '-') {
        return true;
      }
    }
    return false;
  }

  /** A call of the tool, noted down instead of its effect. */
  static boolean isCommand(String line) {
    String start = line.startsWith("sudo ") ? line.substring(5).stripLeading() : line;
    return (start.startsWith("iptables") || start.startsWith("ip6tables"))
        && (start.contains(" -A ") || start.contains(" -I "));
  }

  /** Whether a rule is for IPv6 addresses. */
  static boolean namesIpv6(String line) {
    for (String option : List.of("-s ", "-d ")) {
      int at = line.indexOf(option);
      if (at >= 0) {
        int end = line.indexOf(' ', at + 3);
        String value = end < 0 ? line.substring(at + 3) : line.substring(at + 3, end);
        if (value.indexOf(':') >= 0 && IpPrefix.parse(value).isPresent()) {
          return true;
        }
      }
    }
    return false;
  }
}
