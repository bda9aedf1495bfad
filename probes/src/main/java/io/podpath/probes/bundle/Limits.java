package io.podpath.probes.bundle;

/**
 * How much is read at most. An input may be a mistake (a disk image) or hostile (an archive that
 * unpacks without end); neither may take the machine down.
 *
 * @param bytesPerText of one file, as it is when unpacked
 * @param bytesInAll of all files together, read or skipped
 * @param linesInAll of all texts together; what is read from a line takes more memory than the line
 * @param files files and archive members
 * @param depth directories inside each other
 * @param archiveRatio how many times its own size an archive may unpack to; small archives may do
 *     so more often
 */
public record Limits(
    long bytesPerText, long bytesInAll, long linesInAll, int files, int depth, int archiveRatio) {

  private static final long MIB = 1L << 20;

  /** Measured while 300,000 lines of iptables-save and of ip route were read: 1.3 KiB each. */
  private static final long MEMORY_PER_LINE = 1536;

  /** What is enough for a cluster of some hundred nodes with full iptables listings. */
  public static final Limits STANDARD =
      new Limits(256 * MIB, 1024 * MIB, 8_000_000, 200_000, 64, 400);

  /**
   * The standard limits, less where the memory is small.
   *
   * @param memory bytes the virtual machine may use
   */
  public static Limits forMemory(long memory) {
    return new Limits(
        Math.clamp(memory / 16, 4 * MIB, STANDARD.bytesPerText),
        Math.clamp(memory / 6, 16 * MIB, STANDARD.bytesInAll),
        Math.clamp(memory / MEMORY_PER_LINE, 50_000, STANDARD.linesInAll),
        STANDARD.files,
        STANDARD.depth,
        STANDARD.archiveRatio);
  }

  public static Limits standard() {
    return forMemory(Runtime.getRuntime().maxMemory());
  }

  /** A size as people write it. */
  static String size(long bytes) {
    if (bytes >= 1024 * MIB) {
      long tenths = bytes * 10 / (1024 * MIB);
      return tenths / 10 + (tenths % 10 == 0 ? "" : "." + tenths % 10) + " GiB";
    }
    return bytes >= MIB
        ? bytes / MIB + " MiB"
        : bytes >= 1024 ? bytes / 1024 + " KiB" : bytes + " bytes";
  }
}
