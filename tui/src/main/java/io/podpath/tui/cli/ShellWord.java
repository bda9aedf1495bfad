package io.podpath.tui.cli;

import io.podpath.tui.report.SafeText;
import java.util.regex.Pattern;

/** A word of a command line to be pasted. */
final class ShellWord {

  private static final Pattern PLAIN = Pattern.compile("[\\p{L}\\p{N}_./:@%+=,-]+");

  private ShellWord() {}

  /** In single quotes where a shell would take it apart (POSIX Shell Command Language, 2.2.2). */
  static String quoted(String word) {
    String shown = SafeText.of(word);
    return PLAIN.matcher(shown).matches() ? shown : "'" + shown.replace("'", "'\\''") + "'";
  }
}
