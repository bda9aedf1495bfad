package io.podpath.tui.cli;

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.regex.Pattern;

/**
 * What the standard streams are connected to.
 *
 * @param columns width to write for; asked only when text is written, since finding out may start a
 *     process
 * @param utf8 whether the terminal's locale can show more than ASCII
 */
record TerminalFacts(boolean in, boolean out, boolean err, boolean utf8, IntSupplier columns) {

  static final int DEFAULT_COLUMNS = 100;
  private static final Pattern COLUMNS = Pattern.compile("[1-9][0-9]{0,3}");

  static TerminalFacts ofProcess(Map<String, String> environment) {
    boolean out = isTerminal(1);
    return new TerminalFacts(
        isTerminal(0), out, isTerminal(2), isUtf8(environment), () -> columns(environment, out));
  }

  /**
   * Java knows only whether input and output are both a terminal; with one of them redirected Linux
   * must be asked.
   */
  private static boolean isTerminal(int descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }
  }

  static boolean isUtf8(Map<String, String> environment) {
    for (String name : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
      String value = environment.getOrDefault(name, "");
      if (!value.isEmpty()) {
        String locale = value.toLowerCase(Locale.ROOT);
        return locale.contains("utf-8") || locale.contains("utf8");
      }
    }
    return false;
  }

  static int columns(Map<String, String> environment, boolean terminal) {
    String stated = environment.getOrDefault("COLUMNS", "");
    if (COLUMNS.matcher(stated).matches()) {
      return Integer.parseInt(stated);
    }
    return terminal ? askTerminal() : DEFAULT_COLUMNS;
  }

  /**
   * {@code stty size} prints rows and columns; a terminal library would take half a second to say
   * the same.
   */
  private static int askTerminal() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectErrorStream(true)
              .start();
      if (!stty.waitFor(500, TimeUnit.MILLISECONDS)) {
        stty.destroyForcibly();
        return DEFAULT_COLUMNS;
      }
      String size =
          new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
      String columns = size.substring(size.indexOf(' ') + 1);
      return COLUMNS.matcher(columns).matches() ? Integer.parseInt(columns) : DEFAULT_COLUMNS;
    } catch (IOException e) {
      return DEFAULT_COLUMNS;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return DEFAULT_COLUMNS;
    }
  }
}
