package io.podpath.probes.bundle;

import java.io.IOException;
import java.io.InputStream;

/**
 * Watches what comes out of an archive: against archives that unpack without end, and against
 * headers as large as a disk, which a reader would keep in memory.
 */
final class Unpacking extends InputStream {

  /** Below this a high ratio is no harm, and a short repetitive text has one. */
  private static final long HARMLESS = 64L << 20;

  private static final long LARGEST_HEADER = 1L << 20;

  /** An archive that will not be read on; the message is the sentence for its giver. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1;

    Refused(String message) {
      super(message);
    }
  }

  private final String input;
  private final InputStream unpacked;
  private final Packed packed;
  private final Limits limits;
  private long out;
  private long headerLeft = Long.MAX_VALUE;
  private int zeros;

  Unpacking(String input, InputStream unpacked, Packed packed, Limits limits) {
    this.input = input;
    this.unpacked = unpacked;
    this.packed = packed;
    this.limits = limits;
  }

  /** The bytes as they lie in the file, counted. */
  static final class Packed extends InputStream {
    private final InputStream stream;
    private long count;

    Packed(InputStream stream) {
      this.stream = stream;
    }

    @Override
    public int read() throws IOException {
      int b = stream.read();
      count += b >= 0 ? 1 : 0;
      return b;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = stream.read(buffer, offset, length);
      count += Math.max(n, 0);
      return n;
    }

    @Override
    public void close() throws IOException {
      stream.close();
    }
  }

  /** From here to {@link #data()} only headers are read. */
  void header() {
    headerLeft = LARGEST_HEADER;
  }

  void data() {
    headerLeft = Long.MAX_VALUE;
  }

  /** Whether the last 512 bytes were zeros, as at the end of a tar archive. */
  boolean endedWithZeros() {
    return zeros >= 512;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int n = unpacked.read(buffer, offset, length);
    if (n > 0) {
      count(n);
      int end = 0;
      while (end < n && buffer[offset + n - 1 - end] == 0) {
        end++;
      }
      zeros = end == n ? Math.min(zeros + n, 1 << 20) : end;
    }
    return n;
  }

  private void count(int n) throws Refused {
    out += n;
    headerLeft -= n;
    check(input, out, packed.count, limits);
    if (headerLeft < 0) {
      throw new Refused(
          input
              + ": is damaged or made to do harm: the header of a member is larger than "
              + Limits.size(LARGEST_HEADER)
              + "; it is not read");
    }
  }

  static void check(String input, long out, long in, Limits limits) throws Refused {
    if (out > HARMLESS && out / limits.archiveRatio() > in) {
      throw new Refused(
          "%s: unpacks to more than %s times its size, as archives made to do harm do; unpack it yourself if you trust it, and give the directory"
              .formatted(input, limits.archiveRatio()));
    }
  }

  @Override
  public void close() throws IOException {
    unpacked.close();
  }
}
