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
 * Recordings of real nodes that lie beside the repository where there are any; tests over them are
 * skipped elsewhere.
 */
final class SharedMaterial {

  private SharedMaterial() {}

  private static Path folder(String name) {
    String stated = System.getProperty("podpath.shared", "");
    Path shared =
        stated.isEmpty()
            ? Path.of(System.getProperty("podpath.root", "..")).resolve("../shared")
            : Path.of(stated);
    return shared.resolve(name).normalize();
  }

  /**
   * Files below {@code recorded}, {@code cases} or {@code seeds} whose name fits; the calling test
   * is skipped when the folder is absent.
   */
  static List<Source> files(String folder, Predicate<String> name) {
    Path root = folder(folder);
    Assumptions.assumeTrue(Files.isDirectory(root), "no " + folder + " beside the repository");
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile)
          .filter(f -> name.test(f.getFileName().toString()))
          .sorted()
          .map(f -> Source.ofFile(root.relativize(f).toString(), text(f)))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
