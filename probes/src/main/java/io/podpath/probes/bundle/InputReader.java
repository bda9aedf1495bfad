package io.podpath.probes.bundle;

import io.podpath.core.snapshot.History;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.probes.parse.Parsers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads what a user gives as input: a file, a directory, an archive (recognised by its content), or
 * {@code -} for standard input. Several inputs are one set of texts. Nothing is written, nothing is
 * unpacked to disk, and how much is read is limited.
 */
public final class InputReader {

  private static final String STANDARD_INPUT = "-";

  private final Limits limits;
  private final InputStream standardInput;
  private final Parsers parsers = Parsers.load();

  public InputReader(Limits limits, InputStream standardInput) {
    this.limits = limits;
    this.standardInput = standardInput;
  }

  public Input read(List<String> inputs) throws InputException {
    Intake intake = new Intake(limits);
    for (String input : inputs) {
      if (input.equals(STANDARD_INPUT)) {
        stream("standard input", standardInput, intake);
      } else {
        path(input, intake);
      }
    }
    return finish(intake);
  }

  /** Reads texts somebody else has gathered, as files of one bundle. */
  public Input readTexts(List<NamedText> texts) throws InputException {
    Intake intake = new Intake(limits);
    for (NamedText text : texts) {
      intake.countFile(text.input());
      intake.countBytes(text.input(), text.text().length());
      if (BundleLayout.isCapture(text.path())) {
        intake.capture(text.input(), text.path());
      } else {
        intake.texts().add(text);
      }
    }
    return finish(intake);
  }

  private Input finish(Intake intake) throws InputException {
    BundleLayout layout = new BundleLayout(intake.texts());
    List<RecordedCapture> captures =
        intake.captures().stream().map(c -> capture(layout, c)).toList();
    Snapshot snapshot = new Assembly(new Recognition(parsers), intake).assemble(layout);
    return new Input(History.of(snapshot), intake.notes(), captures);
  }

  private static RecordedCapture capture(BundleLayout layout, NamedText file) {
    String name = file.shown().substring(file.shown().lastIndexOf('/') + 1);
    return layout.place(file) instanceof Place.CaptureFile c
        ? new RecordedCapture(
            file.input(), file.path(), java.util.Optional.of(c.node()), c.device())
        : new RecordedCapture(
            file.input(), file.path(), java.util.Optional.empty(), BundleLayout.stem(name));
  }

  private void path(String input, Intake intake) throws InputException {
    try {
      Path path = Path.of(input);
      if (Files.isDirectory(path)) {
        new DirectoryInput(input, path, intake).read();
        return;
      }
      if (Files.isRegularFile(path) && Files.size(path) > limits.bytesPerText()) {
        throw tooLong(input);
      }
      try (InputStream stream = Files.newInputStream(path)) {
        stream(input, stream, intake);
      }
    } catch (NoSuchFileException e) {
      throw new InputException(
          input
              + ": no such file or directory; give a bundle, a directory, a file, or - for standard input");
    } catch (AccessDeniedException e) {
      throw new InputException(
          input
              + ": permission denied; make it readable, or run podpath as a user who may read it");
    } catch (IOException | InvalidPathException e) {
      throw new InputException(input + ": cannot be read: " + DirectoryInput.reason(e));
    }
  }

  private void stream(String input, InputStream stream, Intake intake) throws InputException {
    intake.countFile(input);
    try {
      switch (intake.take(input, stream)) {
        case Intake.Taken.Text(var decoded) -> {
          if (decoded.text().isBlank()) {
            throw new InputException(
                input + ": is empty; give a recording or the output of a command such as ip route");
          }
          intake.add(input, "", decoded);
        }
        case Intake.Taken.Binary() -> throw binary(input);
        case Intake.Taken.TooLong() -> throw tooLong(input);
      }
    } catch (IOException e) {
      throw new InputException(input + ": cannot be read: " + DirectoryInput.reason(e));
    }
  }

  private static InputException binary(String input) {
    return new InputException(
        input
            + ": is a binary file; give text, or an archive of texts (.tar, .tar.gz, .tar.zst or .zip)");
  }

  private InputException tooLong(String input) {
    return new InputException(
        "%s: is longer than %s, which is more than podpath reads of one text; give the part that matters"
            .formatted(input, Limits.size(limits.bytesPerText())));
  }
}
