package io.podpath.core.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.util.diff.DiffUtils;
import org.opentest4j.AssertionFailedError;

/**
 * Compares text with {@code src/test/golden/NAME.golden} of the module under test, byte by byte.
 *
 * <p>{@code ./mvnw verify -Dpodpath.golden.renew} writes the files anew instead; read the resulting
 * {@code git diff} before committing it. A continuous integration run ({@code CI=true}) never
 * renews: it would accept whatever it is meant to judge.
 */
public final class Golden {
  private static final int CONTEXT_LINES = 3;
  private static final String PROPERTY = "podpath.golden.renew";

  private final Path directory;
  private final Mode mode;

  /** What to do about a difference. */
  enum Mode {
    COMPARE,
    RENEW;

    static Mode of(Optional<String> renew, Optional<String> ci) {
      boolean wanted = renew.isPresent() && !renew.get().equals("false");
      if (wanted && ci.isPresent() && !ci.get().equals("false")) {
        throw new IllegalStateException(
            "-D" + PROPERTY + " is refused while CI is set: renew on your own machine");
      }
      return wanted ? RENEW : COMPARE;
    }
  }

  Golden(Path directory, Mode mode) {
    this.directory = directory;
    this.mode = mode;
  }

  /**
   * Fails unless {@code actual} equals the golden file.
   *
   * @param name the file below {@code src/test/golden}, without {@code .golden}; may contain {@code
   *     /}
   */
  public static void assertMatches(String name, String actual) {
    // Surefire sets basedir to the module's directory; an IDE runs tests in that directory.
    Path module = Path.of(System.getProperty("basedir", ""));
    Mode mode =
        Mode.of(
            Optional.ofNullable(System.getProperty(PROPERTY)),
            Optional.ofNullable(System.getenv("CI")));
    new Golden(module.resolve("src/test/golden"), mode).check(name, actual);
  }

  void check(String name, String actual) {
    Path file = directory.resolve(name + ".golden");
    try {
      Optional<String> expected =
          Files.exists(file)
              ? Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8))
              : Optional.empty();
      if (expected.equals(Optional.of(actual))) {
        return;
      }
      switch (mode) {
        case RENEW -> write(file, actual);
        case COMPARE -> throw failure(file, expected, actual);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, String actual) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, actual);
  }

  private static AssertionFailedError failure(Path file, Optional<String> expected, String actual) {
    String how =
        "\nIf the new text is right: ./mvnw verify -D" + PROPERTY + ", then read git diff.\n";
    if (expected.isEmpty()) {
      return new AssertionFailedError("No golden file " + file + how + visible(actual));
    }
    return new AssertionFailedError(
        "Differs from " + file + how + diff(expected.get(), actual), expected.get(), actual);
  }

  private static String diff(String expected, String actual) {
    List<String> before = lines(expected);
    List<String> diff =
        DiffUtils.generateUnifiedDiff(
            "golden", "actual", before, DiffUtils.diff(before, lines(actual)), CONTEXT_LINES);
    return String.join("\n", diff);
  }

  private static List<String> lines(String text) {
    List<String> lines = visible(text).lines().toList();
    boolean ended = text.isEmpty() || text.endsWith("\n");
    // A diff by lines cannot tell a lost newline at the end: say it on that line.
    return ended
        ? lines
        : Stream.concat(
                lines.stream().limit(lines.size() - 1L),
                Stream.of(lines.getLast() + " (no newline at the end)"))
            .toList();
  }

  /**
   * Control bytes as their Unicode pictures: a diff must not recolour the terminal it is read on.
   */
  private static String visible(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    text.chars()
        .forEach(c -> shown.append(c < ' ' && c != '\n' ? (char) ('\u2400' + c) : (char) c));
    return shown.toString();
  }
}
