package io.podpath.probes.bundle;

import io.podpath.core.snapshot.History;
import io.podpath.probes.parse.Parsers;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

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
    for (String input : new LinkedHashSet<>(inputs)) {
      if (input.equals(STANDARD_INPUT)) {
        standardInput(intake);
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
        intake.add(text);
      }
    }
    return finish(intake);
  }

  private Input finish(Intake intake) throws InputException {
    BundleLayout layout = new BundleLayout(intake.texts());
    List<RecordedCapture> captures =
        intake.captures().stream()
            .map(c -> capture(layout, c))
            .sorted(
                Comparator.comparing(RecordedCapture::path).thenComparing(RecordedCapture::input))
            .toList();
    History history = history(layout, intake);
    List<Note> notes =
        intake.notes().stream()
            .distinct()
            .sorted(Comparator.comparing(Note::file).thenComparing(Note::text))
            .toList();
    return new Input(history, notes, captures);
  }

  private History history(BundleLayout layout, Intake intake) throws InputException {
    try {
      return new Assembly(Arrangement.of(layout, intake), parsers, intake).assemble();
    } catch (OutOfMemoryError e) {
      // the limits are made so that this does not happen, but they cannot know every text; all that
      // was read is let go of here
      throw new InputException(
          "the texts need more memory than podpath has (%s); give fewer nodes, or more memory (JAVA_TOOL_OPTIONS=-Xmx8g)"
              .formatted(Limits.size(Runtime.getRuntime().maxMemory())));
    }
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
      try (InputStream stream = new BufferedInputStream(Files.newInputStream(path))) {
        ContentKind kind = peek(stream);
        if (kind == ContentKind.ZIP) {
          try (SeekableByteChannel channel = Files.newByteChannel(path)) {
            zip(input, channel, intake);
          }
        } else if (kind == ContentKind.OTHER
            && Files.isRegularFile(path)
            && Files.size(path) > limits.bytesPerText()) {
          throw tooLong(input);
        } else {
          stream(input, stream, kind, intake);
        }
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

  private void standardInput(Intake intake) throws InputException {
    String input = "standard input";
    try {
      InputStream stream = new BufferedInputStream(standardInput);
      ContentKind kind = peek(stream);
      if (kind == ContentKind.ZIP) {
        // its directory stands at the end
        byte[] all =
            stream.readNBytes((int) Math.min(Integer.MAX_VALUE - 8L, limits.bytesPerText() + 1));
        if (all.length > limits.bytesPerText()) {
          throw tooLong(input);
        }
        zip(input, new SeekableInMemoryByteChannel(all), intake);
      } else {
        stream(input, stream, kind, intake);
      }
    } catch (IOException e) {
      throw new InputException(input + ": cannot be read: " + DirectoryInput.reason(e));
    }
  }

  private static ContentKind peek(InputStream stream) throws IOException {
    stream.mark(ContentKind.HEAD);
    byte[] head = stream.readNBytes(ContentKind.HEAD);
    stream.reset();
    return ContentKind.of(head, head.length);
  }

  /**
   * @param stream that can be marked, at its beginning
   */
  private void stream(String input, InputStream stream, ContentKind kind, Intake intake)
      throws IOException, InputException {
    switch (kind) {
      case GZIP, ZSTD, TAR -> new PackedInput(input, intake).read(stream, kind);
      case ZIP -> throw new IllegalStateException("a zip archive is no stream");
      case BZIP2, XZ, SEVEN_ZIP, RAR ->
          throw new InputException(
              "%s: is packed with %s, which podpath does not read; unpack it and give the directory"
                  .formatted(input, kind.shown()));
      case CAPTURE ->
          throw new InputException(
              input
                  + ": is a packet capture; podpath does not read captures yet; give the state of the nodes beside it");
      case OTHER -> text(input, stream, intake);
    }
  }

  private void zip(String input, SeekableByteChannel channel, Intake intake) throws InputException {
    try {
      new ZipInput(input, channel, intake).read();
    } catch (IOException | RuntimeException e) {
      throw PackedInput.damaged(input, e);
    }
  }

  static void text(String input, InputStream stream, Intake intake)
      throws IOException, InputException {
    intake.countFile(input);
    switch (intake.take(input, stream)) {
      case Intake.Taken.Text(var decoded) -> {
        if (decoded.text().isBlank()) {
          throw new InputException(
              input + ": is empty; give a recording or the output of a command such as ip route");
        }
        intake.add(input, "", decoded);
      }
      case Intake.Taken.Binary(var kind) ->
          throw new InputException(
              input
                  + ": is a binary file; give text, or an archive of texts (.tar, .tar.gz, .tar.zst or .zip)");
      case Intake.Taken.TooLong() -> throw tooLong(input, intake.limits());
    }
  }

  private InputException tooLong(String input) {
    return tooLong(input, limits);
  }

  private static InputException tooLong(String input, Limits limits) {
    return new InputException(
        "%s: is longer than %s, which is more than podpath reads of one text; give the part that matters"
            .formatted(input, Limits.size(limits.bytesPerText())));
  }
}
