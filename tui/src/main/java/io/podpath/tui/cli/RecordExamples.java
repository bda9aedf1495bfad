package io.podpath.tui.cli;

import io.podpath.fixtures.record.ExampleRecorder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What {@code fixtures/record/record} runs; none of podpath's own commands. */
public final class RecordExamples {

  private RecordExamples() {}

  /** The first argument is the directory that holds the examples. */
  public static void main(String[] arguments) throws IOException {
    List<String> words = List.of(arguments);
    System.exit(
        ExampleRecorder.run(
            Path.of(words.getFirst()), words.subList(1, words.size()), System.out, System.err));
  }
}
