package io.podpath.probes.transcript;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line that begins with a shell prompt.
 *
 * @param host the machine the prompt names; empty where it names none
 * @param command what was typed; empty for a prompt alone
 * @param open whether the prompt goes on in the next line, as {@code [root@host 15:55 /root]} with
 *     {@code #} below it
 */
record Prompt(Optional<String> host, String command, boolean open) {

  private static final Pattern BRACKETS =
      Pattern.compile(
          "^\\[([\\w.-]{1,64})@([\\w.-]{1,128})([^\\]]{0,100})\\]\\s{0,3}([#$>]?)\\s*(.*)$");
  private static final Pattern COLON =
      Pattern.compile(
          "^(?:\\([\\w.-]{1,40}\\) )?([\\w.-]{1,64})@([\\w.-]{1,128}):([^#$]{0,160})([#$])\\s*(.*)$");
  private static final Pattern PLAIN_AT =
      Pattern.compile("^([\\w.-]{1,64})@([\\w.-]{1,128})(?:\\s[~/]\\S{0,100})?\\s?[#$%>]\\s+(.*)$");
  private static final Pattern HOST_ONLY =
      Pattern.compile(
          "^([A-Za-z][\\w.-]{1,128})(?::\\S{0,100}|\\s[~/]\\S{0,100})?\\s?[#$%]\\s(.*)$");
  private static final Pattern BRACKETED_HOST =
      Pattern.compile("^\\[([A-Za-z][\\w.-]{1,128})(?:\\s[^\\]]{0,100})?\\]\\s?[#$%>]\\s*(.*)$");
  private static final Pattern BUSYBOX = Pattern.compile("^[~/]\\S{0,100}\\s[#$]\\s(.*)$");
  private static final Pattern BARE = Pattern.compile("^([#$])\\s{0,4}(\\S.*)$");

  /** Names that many machines have. */
  private static final Set<String> NO_NAMES =
      Set.of(
          "localhost",
          "localhost.localdomain",
          "bash",
          "sh",
          "ubuntu",
          "debian",
          "centos",
          "host",
          "(none)");

  static Optional<Prompt> of(String line) {
    String text = line.strip();
    Matcher m = BRACKETS.matcher(text);
    if (m.matches()) {
      boolean open = m.group(4).isEmpty() && m.group(5).isEmpty();
      if (m.group(4).isEmpty() && !m.group(5).isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(new Prompt(name(m.group(2)), m.group(5), open));
    }
    m = COLON.matcher(text);
    if (m.matches()) {
      return Optional.of(new Prompt(name(m.group(2)), m.group(5), false));
    }
    m = PLAIN_AT.matcher(text);
    if (m.matches() && KnownTools.isCommand(m.group(3))) {
      return Optional.of(new Prompt(name(m.group(2)), m.group(3), false));
    }
    m = BARE.matcher(text);
    if (m.matches()) {
      // '#' begins a remark as often as a root's command
      boolean command =
          KnownTools.isCommand(m.group(2))
              || m.group(1).equals("$") && !Wording.hasCjk(firstWord(m.group(2)));
      return command
          ? Optional.of(new Prompt(Optional.empty(), m.group(2), false))
          : Optional.empty();
    }
    m = BUSYBOX.matcher(text);
    if (m.matches() && KnownTools.isCommand(m.group(1))) {
      return Optional.of(new Prompt(Optional.empty(), m.group(1), false));
    }
    m = BRACKETED_HOST.matcher(text);
    if (m.matches() && KnownTools.isCommand(m.group(2))) {
      return Optional.of(new Prompt(name(m.group(1)), m.group(2), false));
    }
    m = HOST_ONLY.matcher(text);
    if (m.matches() && KnownTools.isCommand(m.group(2))) {
      String host = m.group(1);
      return Optional.of(
          new Prompt(
              host.startsWith("bash-") || host.startsWith("sh-") ? Optional.empty() : name(host),
              m.group(2),
              false));
    }
    return Optional.empty();
  }

  private static String firstWord(String text) {
    int blank = text.indexOf(' ');
    return blank < 0 ? text : text.substring(0, blank);
  }

  private static Optional<String> name(String host) {
    return NO_NAMES.contains(host.toLowerCase(java.util.Locale.ROOT))
        ? Optional.empty()
        : Optional.of(host);
  }
}
