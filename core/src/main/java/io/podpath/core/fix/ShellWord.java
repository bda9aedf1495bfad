package io.podpath.core.fix;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A word of a command line to be pasted into a shell. Names come from machines nobody vouches for:
 * the kernel forbids only {@code /}, {@code :} and blanks in the name of a device (net/core/dev.c:
 * dev_valid_name), and Open vSwitch less.
 */
public final class ShellWord {

  private static final Pattern PLAIN = Pattern.compile("(?!=)[\\p{L}\\p{N}_./:@%+=,-]+");

  private ShellWord() {}

  /** In single quotes where a shell would take it apart (POSIX Shell Command Language, 2.2.2). */
  public static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  /** Several words between blanks, each quoted by itself. */
  static String each(String words) {
    return words.isBlank()
        ? words
        : String.join(
            " ", List.of(words.strip().split("\\s+")).stream().map(ShellWord::quoted).toList());
  }

  /**
   * A chain rule as {@code iptables-save} prints it, for the shell. That text is not meant for one:
   * {@code "$(date)"} is a comment there and a command here.
   */
  static String chainRule(String saved) {
    return String.join(" ", saved(saved).stream().map(w -> w.equals("!") ? w : quoted(w)).toList());
  }

  /**
   * Takes a line apart as {@code iptables-restore} does (iptables/xshared.c: add_param_to_argv).
   */
  private static List<String> saved(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean open = false;
    boolean started = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (open && c == '\\' && i + 1 < line.length()) {
        word.append(line.charAt(++i));
      } else if (c == '"') {
        open = !open;
        started = true;
      } else if (!open && Character.isWhitespace(c)) {
        if (started) {
          words.add(word.toString());
        }
        word.setLength(0);
        started = false;
      } else {
        word.append(c);
        started = true;
      }
    }
    if (started) {
      words.add(word.toString());
    }
    return words;
  }
}
