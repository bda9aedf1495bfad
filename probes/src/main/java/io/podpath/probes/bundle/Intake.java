package io.podpath.probes.bundle;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** Collects the texts of all inputs and keeps the account of how much was read. */
final class Intake {

  /** Longer on average than any tool's lines of text. */
  private static final int LONG_LINES = 1000;

  private final Limits limits;
  private final List<NamedText> texts = new ArrayList<>();
  private final List<Note> notes = new ArrayList<>();
  private final List<NamedText> captures = new ArrayList<>();
  private long bytes;
  private long lines;
  private int files;

  Intake(Limits limits) {
    this.limits = limits;
  }

  Limits limits() {
    return limits;
  }

  List<NamedText> texts() {
    return texts;
  }

  List<Note> notes() {
    return notes;
  }

  /** Captures by name, without their content. */
  List<NamedText> captures() {
    return captures;
  }

  void note(String file, String text) {
    notes.add(new Note(file, text));
  }

  /** Counts a file, whatever becomes of it. */
  void countFile(String input) throws InputException {
    if (++files > limits.files()) {
      throw tooManyFiles(input);
    }
  }

  InputException tooManyFiles(String input) {
    return new InputException(
        "%s: holds more than %s files, which is more than podpath reads; give the directory of one recording"
            .formatted(input, limits.files()));
  }

  /** Counts bytes that were read or unpacked, also of files that are skipped. */
  void countBytes(String input, long more) throws InputException {
    bytes += more;
    if (bytes > limits.bytesInAll()) {
      throw new InputException(
          "%s: the texts are more than %s together, which is more than podpath reads at once; give fewer nodes"
              .formatted(input, Limits.size(limits.bytesInAll())));
    }
  }

  void capture(String input, String path) {
    captures.add(new NamedText(input, path, ""));
  }

  void add(String input, String path, TextDecoder.Decoded decoded) throws InputException {
    NamedText text = new NamedText(input, path, decoded.text());
    decoded.remark().ifPresent(r -> note(BundleLayout.shown(text), r));
    add(text);
  }

  /** Adds a text whose bytes were counted. */
  void add(NamedText text) throws InputException {
    lines += lines(text.text());
    if (lines > limits.linesInAll()) {
      throw new InputException(
          "%s: the texts have more than %s lines or values together, which is more than fits into podpath's memory; give fewer nodes, or more memory (JAVA_TOOL_OPTIONS=-Xmx8g)"
              .formatted(text.input(), limits.linesInAll()));
    }
    texts.add(text);
  }

  /** JSON on one line takes memory by its values, not by its lines: two of them count as a line. */
  private static long lines(String text) {
    long lines = 1;
    long values = 0;
    char before = ',';
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      lines += c == '\n' ? 1 : 0;
      boolean ends = c == ',' || c == ' ' || c == '\n';
      boolean follows = before != ',' && before != ' ' && before != '\n' && before != ':';
      values += c == '{' || c == '[' || ends && follows ? 1 : 0;
      before = c;
    }
    return text.length() / lines > LONG_LINES ? Math.max(lines, values / 2) : lines;
  }

  /** What became of a stream of bytes. */
  sealed interface Taken {
    record Text(TextDecoder.Decoded decoded) implements Taken {}

    /** No text; {@code kind} says what it is. */
    record Binary(ContentKind kind) implements Taken {}

    record TooLong() implements Taken {}
  }

  /** Reads a stream to its end, or until it is seen to be no text or too long. */
  Taken take(String input, InputStream stream) throws IOException, InputException {
    byte[] head = stream.readNBytes(8192);
    countBytes(input, head.length);
    ContentKind kind = ContentKind.of(head, head.length);
    if (kind != ContentKind.OTHER || TextDecoder.isBinary(head, head.length)) {
      return new Taken.Binary(kind);
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream(Math.max(head.length, 32));
    all.writeBytes(head);
    byte[] buffer = new byte[64 * 1024];
    for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
      countBytes(input, n);
      if (all.size() + (long) n > limits.bytesPerText()) {
        return new Taken.TooLong();
      }
      all.write(buffer, 0, n);
    }
    return TextDecoder.decode(all.toByteArray())
        .<Taken>map(Taken.Text::new)
        .orElseGet(() -> new Taken.Binary(ContentKind.OTHER));
  }

  static String notRead(ContentKind kind) {
    return kind.isArchive()
        ? "not opened: it is an archive ("
            + kind.shown()
            + ") inside another input; give it by itself"
        : kind == ContentKind.CAPTURE
            ? "not read: it is a packet capture; name it *.pcap"
            : "not read: it is no text";
  }
}
