package io.podpath.tui.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The file of {@code --debug}: what podpath did when, and the stack trace if it fails. Without a
 * file it forgets everything.
 */
final class DebugLog {

  private final long started = System.nanoTime();
  private Optional<Path> file = Optional.empty();

  /** Begins the file anew. */
  void open(OutputFile target) throws Refusal {
    target.write("");
    file = Optional.of(target.path());
  }

  void say(String line) {
    long millis = (System.nanoTime() - started) / 1_000_000;
    append("%6d ms  %s%n".formatted(millis, line));
  }

  /** Writes the stack trace; the name of the file when there is one. */
  Optional<String> failure(Throwable failure) {
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace, true));
    append(trace.toString());
    return file.map(Path::toString);
  }

  private void append(String text) {
    if (file.isEmpty()) {
      return;
    }
    try {
      Files.writeString(file.get(), text, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
    } catch (IOException e) {
      // A log that can no longer be written is no reason to stop a diagnosis.
      file = Optional.empty();
    }
  }
}
