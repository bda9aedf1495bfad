package io.podpath.probes.parse;

import io.podpath.core.snapshot.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Outputs of the real tools: those of the repository's own examples, and folders beside the
 * repository where a developer keeps more (property {@code podpath.shared}, else {@code
 * ../shared}); a test over such a folder is skipped where it is absent.
 */
final class RealOutputs {

  private RealOutputs() {}

  private static Path root() {
    return Path.of(System.getProperty("podpath.root", "..")).toAbsolutePath().normalize();
  }

  /** Files of the examples whose name fits. */
  static List<Path> examples(Predicate<String> name) {
    Path folder = root().resolve("fixtures/src/main/resources/io/podpath/fixtures/example");
    Assumptions.assumeTrue(Files.isDirectory(folder), "the examples are not here");
    return files(folder, name);
  }

  /** Files of a shared folder whose name fits; skips the test when there is no such folder. */
  static List<Path> shared(String folder, Predicate<String> name) {
    String property = System.getProperty("podpath.shared");
    Path shared = property != null ? Path.of(property) : root().resolveSibling("shared");
    Path wanted = shared.resolve(folder);
    Assumptions.assumeTrue(Files.isDirectory(wanted), "no folder " + wanted);
    return files(wanted, name);
  }

  private static List<Path> files(Path folder, Predicate<String> name) {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile)
          .filter(p -> name.test(String.valueOf(p.getFileName())))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Source read(Path file) {
    try {
      return Source.ofFile(
          file.toString(), new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
