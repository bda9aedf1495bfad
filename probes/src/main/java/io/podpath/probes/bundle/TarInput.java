package io.podpath.probes.bundle;

import java.io.IOException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Reads a tar archive as a stream. */
final class TarInput {

  private TarInput() {}

  static void read(String input, Unpacking stream, Intake intake)
      throws IOException, InputException {
    Members members = new Members(input, intake);
    try (TarArchiveInputStream tar = new TarArchiveInputStream(stream, "UTF-8")) {
      stream.header();
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        stream.data();
        members.check(entry.getName());
        if (entry.isSymbolicLink() || entry.isLink()) {
          throw members.refused(
              entry.getName(), "is a link to " + Members.printable(entry.getLinkName()));
        }
        if (entry.isCharacterDevice() || entry.isBlockDevice() || entry.isFIFO()) {
          throw members.refused(entry.getName(), "is a device or a pipe");
        }
        if (entry.isFile()) {
          members.take(entry.getName(), tar);
        }
        stream.header();
      }
    }
    if (!stream.endedWithZeros()) {
      throw new InputException(
          input
              + ": this archive ends too early: the mark of its end is missing; copy or record it again");
    }
    members.finish();
  }
}
