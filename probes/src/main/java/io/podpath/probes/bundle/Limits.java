package io.podpath.probes.bundle;

/**
 * How much is read at most. An input may be a mistake (a disk image) or hostile (an archive that
 * unpacks without end); neither may take the machine down.
 *
 * @param bytesPerText of one file, as it is when unpacked
 * @param bytesInAll of all files together, read or skipped
 * @param files files and archive members
 * @param depth directories inside each other
 * @param archiveRatio how many times its own size an archive may unpack to; small archives may do
 *     so more often
 */
public record Limits(long bytesPerText, long bytesInAll, int files, int depth, int archiveRatio) {

  private static final long MIB = 1L << 20;

  /** What is enough for a cluster of some hundred nodes with full iptables listings. */
  public static final Limits STANDARD = new Limits(256 * MIB, 1024 * MIB, 200_000, 64, 400);

  /**
   * The standard limits, less where the memory is small. A text needs about twice its size while it
   * is decoded, and the facts read from it several times its size.
   *
   * @param memory bytes the virtual machine may use
   */
  public static Limits forMemory(long memory) {
    return new Limits(
        Math.clamp(memory / 16, 4 * MIB, STANDARD.bytesPerText),
        Math.clamp(memory / 6, 16 * MIB, STANDARD.bytesInAll),
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
      return "%.1f GiB".formatted(bytes / (1024.0 * MIB)).replace(".0 ", " ");
    }
    return bytes >= MIB
        ? bytes / MIB + " MiB"
        : bytes >= 1024 ? bytes / 1024 + " KiB" : bytes + " bytes";
  }
}
