package io.podpath.probes.bundle;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/** Reads a tar archive, packed or not, or a single packed text. */
final class PackedInput {

  private final String input;
  private final Intake intake;

  PackedInput(String input, Intake intake) {
    this.input = input;
    this.intake = intake;
  }

  void read(InputStream stream, ContentKind kind) throws InputException {
    Unpacking.Packed packed = new Unpacking.Packed(stream);
    try (InputStream plain = unpack(packed, kind)) {
      Unpacking watched = new Unpacking(input, plain, packed, intake.limits());
      BufferedInputStream content = new BufferedInputStream(watched, 64 * 1024);
      content.mark(ContentKind.HEAD);
      byte[] head = content.readNBytes(ContentKind.HEAD);
      content.reset();
      ContentKind inner = ContentKind.of(head, head.length);
      if (inner == ContentKind.TAR) {
        TarInput.read(input, new Unpacking(input, content, packed, intake.limits()), intake);
      } else if (inner.isArchive()) {
        throw new InputException(
            "%s: holds an archive (%s) inside an archive; unpack the outer one first"
                .formatted(input, inner.shown()));
      } else {
        InputReader.text(input, content, intake);
      }
    } catch (IOException | RuntimeException e) {
      throw damaged(input, e);
    }
  }

  private InputStream unpack(InputStream packed, ContentKind kind)
      throws IOException, InputException {
    return switch (kind) {
      case GZIP -> new GZIPInputStream(packed, 64 * 1024);
      case ZSTD -> zstd(packed);
      case TAR, ZIP, BZIP2, XZ, SEVEN_ZIP, RAR, CAPTURE, OTHER -> packed;
    };
  }

  private InputStream zstd(InputStream packed) throws IOException, InputException {
    try {
      return new ZstdInputStream(packed);
    } catch (LinkageError e) {
      // the library brings native code, which it must be able to put into java.io.tmpdir
      throw new InputException(
          input + ": zstd cannot be read on this machine; unpack it first with zstd -d");
    }
  }

  /** One sentence for whatever a reader of archives finds wrong. */
  static InputException damaged(String input, Exception e) {
    if (e instanceof Unpacking.Refused refused) {
      return new InputException(String.valueOf(refused.getMessage()));
    }
    String reason = DirectoryInput.reason(e);
    String lower = reason.toLowerCase(Locale.ROOT);
    boolean cut =
        e instanceof EOFException
            || lower.contains("truncated")
            || lower.contains("unexpected end");
    return cut
        ? cut(input)
        : new InputException(
            "%s: this archive is damaged (%s); copy or record it again"
                .formatted(input, Members.printable(reason)));
  }

  static InputException cut(String input) {
    return new InputException(input + ": this archive ends too early; copy or record it again");
  }
}
