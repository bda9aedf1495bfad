package io.podpath.probes.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;

/**
 * Takes the members of one archive in, after a look at their names. They are read, never unpacked
 * to disk.
 */
final class Members {

  private final String input;
  private final Intake intake;
  private int found;

  Members(String input, Intake intake) {
    this.input = input;
    this.intake = intake;
  }

  /**
   * Counts a member, and refuses names that lead out of the archive, before anything of it is read.
   */
  void check(String name) throws InputException {
    intake.countFile(input);
    List<String> parts = Arrays.asList(name.split("[/\\\\]", -1));
    if (parts.contains("..")) {
      throw refused(name, "leads out of the archive by ..");
    }
    boolean drive =
        name.length() > 1 && name.charAt(1) == ':' && Character.isLetter(name.charAt(0));
    if (name.startsWith("/") || name.startsWith("\\") || drive) {
      throw refused(name, "has an absolute path");
    }
  }

  InputException refused(String name, String why) {
    return new InputException(
        "%s: the member %s %s; podpath reads archives of plain files only, so pack the recording's directory anew"
            .formatted(input, printable(name), why));
  }

  /**
   * @param name as it stands in the archive
   * @param stream ends with the member
   */
  void take(String name, InputStream stream) throws IOException, InputException {
    String path = String.join("/", NamedText.parts(name));
    List<String> parts = NamedText.parts(name);
    boolean noise = parts.stream().anyMatch(p -> p.startsWith(".") || p.equals("__MACOSX"));
    if (parts.isEmpty() || noise) {
      drain(stream);
    } else if (parts.size() > intake.limits().depth()) {
      intake.note(
          printable(path),
          "not read: it lies more than " + intake.limits().depth() + " directories deep");
      drain(stream);
    } else if (BundleLayout.isCapture(path)) {
      found++;
      intake.capture(input, path);
      drain(stream);
    } else {
      takeText(path, stream);
    }
  }

  private void takeText(String path, InputStream stream) throws IOException, InputException {
    switch (intake.take(input, stream)) {
      case Intake.Taken.Text(var decoded) -> {
        found++;
        intake.add(input, path, decoded);
      }
      case Intake.Taken.Binary(var kind) -> {
        intake.note(path, Intake.notRead(kind));
        drain(stream);
      }
      case Intake.Taken.TooLong() -> {
        intake.note(
            path, "not read: it is longer than " + Limits.size(intake.limits().bytesPerText()));
        drain(stream);
      }
    }
  }

  /** Skipped bytes count as well: a member that never ends must end somewhere. */
  private void drain(InputStream stream) throws IOException, InputException {
    byte[] buffer = new byte[64 * 1024];
    for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
      intake.countBytes(input, n);
    }
  }

  void finish() throws InputException {
    if (found == 0) {
      throw new InputException(
          input
              + ": this archive holds no readable texts; give an archive of a recording, with nodes/ or the outputs of commands in it");
    }
  }

  static String printable(String name) {
    StringBuilder clean = new StringBuilder();
    name.codePoints()
        .limit(200)
        .forEach(c -> clean.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return clean.toString();
  }
}
