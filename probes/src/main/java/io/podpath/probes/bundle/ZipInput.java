package io.podpath.probes.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.util.Collections;
import org.apache.commons.compress.archivers.zip.UnixStat;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/** Reads a zip archive by its central directory, which alone tells links from files. */
final class ZipInput {

  private static final int END_RECORD = 0x06054b50;
  private static final int DIRECTORY_RECORD = 0x02014b50;
  private static final int BIG_LOCATOR = 0x07064b50;
  private static final int END_LENGTH = 22;
  private static final int DIRECTORY_LENGTH = 46;

  private final String input;
  private final SeekableByteChannel channel;
  private final Intake intake;
  private long unpacked;

  ZipInput(String input, SeekableByteChannel channel, Intake intake) {
    this.input = input;
    this.channel = channel;
    this.intake = intake;
  }

  void read() throws IOException, InputException {
    Members members = new Members(input, intake);
    refuseTooManyMembers();
    try (ZipFile zip =
        ZipFile.builder().setSeekableByteChannel(channel).setIgnoreLocalFileHeader(true).get()) {
      for (ZipArchiveEntry entry : Collections.list(zip.getEntriesInPhysicalOrder())) {
        String name =
            entry.getName().indexOf('/') < 0 ? entry.getName().replace('\\', '/') : entry.getName();
        members.check(name);
        int kind = entry.getUnixMode() & UnixStat.FILE_TYPE_FLAG;
        if (kind == UnixStat.LINK_FLAG) {
          throw members.refused(name, "is a link");
        }
        if (kind != 0 && kind != UnixStat.FILE_FLAG && kind != UnixStat.DIR_FLAG) {
          throw members.refused(name, "is a device or a pipe");
        }
        if (entry.isDirectory() || name.endsWith("/")) {
          continue;
        }
        if (entry.getGeneralPurposeBit().usesEncryption()) {
          throw members.refused(name, "is encrypted");
        }
        if (!zip.canReadEntryData(entry)) {
          throw members.refused(name, "is packed in a way podpath does not read");
        }
        try (InputStream stream = new Watched(zip.getInputStream(entry))) {
          members.take(name, stream);
        }
      }
    }
    members.finish();
  }

  /** A member's bytes, held against the size of the whole archive: members may overlap. */
  private final class Watched extends InputStream {
    private final InputStream stream;

    Watched(InputStream stream) {
      this.stream = stream;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = stream.read(buffer, offset, length);
      unpacked += Math.max(n, 0);
      Unpacking.check(input, unpacked, channel.size(), intake.limits());
      return n;
    }

    @Override
    public void close() throws IOException {
      stream.close();
    }
  }

  /**
   * Counts members before a library keeps an object of each: 46 bytes of the file are enough for
   * one.
   */
  private void refuseTooManyMembers() throws IOException, InputException {
    long position = directoryPosition();
    if (position < 0) {
      throw PackedInput.cut(input);
    }
    ByteBuffer record = ByteBuffer.allocate(DIRECTORY_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    for (int count = 0; fill(record, position) && record.getInt(0) == DIRECTORY_RECORD; count++) {
      if (count >= intake.limits().files()) {
        throw intake.tooManyFiles(input);
      }
      position +=
          DIRECTORY_LENGTH
              + (record.getShort(28) & 0xffff)
              + (record.getShort(30) & 0xffff)
              + (record.getShort(32) & 0xffff);
    }
  }

  /** Where the central directory begins, found as the library finds it; -1 where there is none. */
  private long directoryPosition() throws IOException {
    long size = channel.size();
    int length = (int) Math.min(size, END_LENGTH + 0xffff);
    ByteBuffer tail = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    fill(tail, size - length);
    for (int i = length - END_LENGTH; i >= 0; i--) {
      if (tail.getInt(i) == END_RECORD) {
        long end = size - length + i;
        long big = bigDirectoryPosition(end);
        long bytes = tail.getInt(i + 12) & 0xffffffffL;
        long begin = tail.getInt(i + 16) & 0xffffffffL;
        // bytes before the first member shift everything, as in a program that unpacks itself
        return big >= 0 ? big : Math.max(begin, end - bytes);
      }
    }
    return -1;
  }

  /**
   * The same for an archive of more than 65535 members or 4 GiB, which has a second record before
   * the first.
   */
  private long bigDirectoryPosition(long end) throws IOException {
    ByteBuffer locator = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
    if (end < 20 || !fill(locator, end - 20) || locator.getInt(0) != BIG_LOCATOR) {
      return -1;
    }
    ByteBuffer record = ByteBuffer.allocate(56).order(ByteOrder.LITTLE_ENDIAN);
    long position = locator.getLong(8);
    return position >= 0 && fill(record, position) ? record.getLong(48) : -1;
  }

  private boolean fill(ByteBuffer buffer, long position) throws IOException {
    buffer.clear();
    channel.position(position);
    while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
      // until it is full or the file ends
    }
    return !buffer.hasRemaining();
  }
}
