package io.podpath.tui.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** A file somebody asked for: either the whole answer stands in it, or what stood there before. */
final class OutputFile {

  private final String asked;
  private final Path path;

  private OutputFile(String asked, Path path) {
    this.asked = asked;
    this.path = path;
  }

  /**
   * @param option with which it was asked for
   * @param inputs as given on the command line; none of them is ever written to
   */
  static OutputFile of(String option, String name, List<String> inputs) throws Refusal {
    String asked = option + " " + name;
    try {
      Path path = Path.of(name);
      if (name.isEmpty() || Files.isDirectory(path)) {
        throw new Refusal(asked + ": that is a directory; name a file");
      }
      if (Files.exists(path)) {
        refuseInputs(asked, path.toRealPath(), inputs);
      }
      Path parent = path.toAbsolutePath().getParent();
      if (parent == null || !Files.isDirectory(parent)) {
        throw new Refusal(asked + ": there is no directory " + parent);
      }
      return new OutputFile(asked, path);
    } catch (InvalidPathException | IOException e) {
      throw new Refusal(asked + ": " + reason(e));
    }
  }

  private static void refuseInputs(String asked, Path target, List<String> inputs)
      throws IOException, Refusal {
    for (String input : inputs) {
      if (!input.equals("-")
          && Files.exists(Path.of(input))
          && target.startsWith(Path.of(input).toRealPath())) {
        throw new Refusal(
            asked + ": that file is part of the input; podpath never writes to what it reads");
      }
    }
  }

  Path path() {
    return path;
  }

  void write(String text) throws Refusal {
    try {
      Path target = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
      if (Files.exists(target) && !Files.isRegularFile(target)) {
        // A device or a pipe cannot be replaced, and nobody wants it to be.
        Files.writeString(target, text, StandardCharsets.UTF_8, StandardOpenOption.WRITE);
        return;
      }
      replace(target, text);
    } catch (IOException e) {
      throw new Refusal(asked + ": " + reason(e));
    }
  }

  private static void replace(Path target, String text) throws IOException {
    Path draft =
        target.resolveSibling(
            "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
    try {
      Files.writeString(draft, text, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
      try {
        Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /** Why a file could not be read or written. */
  static String reason(Exception e) {
    return switch (e) {
      case AccessDeniedException _ -> "permission denied";
      case NoSuchFileException _ -> "no such file or directory";
      case InvalidPathException _ -> "not the name of a file";
      default -> String.valueOf(e.getMessage());
    };
  }
}
