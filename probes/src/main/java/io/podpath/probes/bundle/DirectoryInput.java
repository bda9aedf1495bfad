package io.podpath.probes.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the files below a directory. What cannot be read is noted: the rest still counts. */
final class DirectoryInput {

  private final String input;
  private final Path root;
  private final Intake intake;
  private int found;

  DirectoryInput(String input, Path root, Intake intake) {
    this.input = input;
    this.root = root;
    this.intake = intake;
  }

  void read() throws InputException {
    if (!Files.isReadable(root)) {
      throw new InputException(
          input
              + ": permission denied; make it readable, or run podpath as a user who may read it");
    }
    int before = intake.notes().size();
    walk(root, 0);
    if (found == 0) {
      String why = intake.notes().size() > before ? " (" + intake.notes().get(before) + ")" : "";
      throw new InputException(
          "%s: this directory holds no readable files%s; give the directory that holds nodes/ or the recorded outputs"
              .formatted(input, why));
    }
  }

  private void walk(Path directory, int depth) throws InputException {
    if (depth > intake.limits().depth()) {
      intake.note(
          inside(directory),
          "not read: it lies more than " + intake.limits().depth() + " directories deep");
      return;
    }
    for (Path entry : sorted(directory)) {
      intake.countFile(input);
      if (Files.isSymbolicLink(entry) && !staysInside(entry)) {
        intake.note(inside(entry), "not followed: this link leads out of " + input);
      } else if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
        walk(entry, depth + 1);
      } else if (Files.isRegularFile(entry)) {
        file(entry);
      } else if (!Files.isDirectory(entry)) {
        intake.note(inside(entry), "not read: it is no file");
      }
    }
  }

  private List<Path> sorted(Path directory) throws InputException {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      for (Path entry : stream) {
        // editors' and version control's own files
        if (!entry.getFileName().toString().startsWith(".")) {
          entries.add(entry);
        }
        if (entries.size() > intake.limits().files()) {
          throw intake.tooManyFiles(input);
        }
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      intake.note(inside(directory), "not read: " + reason(e));
    }
    entries.sort(null);
    return entries;
  }

  /**
   * A link to a file of the same recording is that file; a link to a directory is not followed, so
   * that none is read twice.
   */
  private boolean staysInside(Path link) {
    try {
      return link.toRealPath().startsWith(root.toRealPath());
    } catch (IOException e) {
      return false;
    }
  }

  private void file(Path file) throws InputException {
    String path = inside(file);
    if (BundleLayout.isCapture(path)) {
      found++;
      intake.capture(input, path);
      return;
    }
    try {
      long size = Files.size(file);
      if (size > intake.limits().bytesPerText()) {
        tooLong(path);
        return;
      }
      try (InputStream stream = Files.newInputStream(file)) {
        switch (intake.take(input, stream)) {
          case Intake.Taken.Text(var decoded) -> {
            found++;
            intake.add(input, path, decoded);
          }
          case Intake.Taken.Binary(var kind) -> intake.note(path, Intake.notRead(kind));
          case Intake.Taken.TooLong() -> tooLong(path);
        }
      }
    } catch (IOException e) {
      intake.note(path, "not read: " + reason(e));
    }
  }

  private void tooLong(String path) {
    intake.note(path, "not read: it is longer than " + Limits.size(intake.limits().bytesPerText()));
  }

  static String reason(Exception e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    String message = e.getMessage();
    return message == null || message.isBlank()
        ? e.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }

  private String inside(Path path) {
    return root.relativize(path).toString().replace('\\', '/');
  }
}
