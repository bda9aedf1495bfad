package io.podpath.rules;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Recordings and published cases that are not part of the repository: beside it, or where {@code
 * podpath.shared} says.
 */
final class SharedFolder {

  private SharedFolder() {}

  /** Directories of a folder, by name; the test is skipped where the folder is not. */
  static List<Path> directories(String folder) {
    Path root = Path.of(System.getProperty("podpath.root", ".."));
    Path shared =
        Path.of(System.getProperty("podpath.shared", root.resolve("../shared").toString()));
    Path wanted = shared.resolve(folder);
    Assumptions.assumeTrue(Files.isDirectory(wanted), wanted + " is not here");
    try (Stream<Path> entries = Files.list(wanted)) {
      return entries.filter(Files::isDirectory).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
