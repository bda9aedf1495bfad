package io.podpath.probes.bundle;

import java.nio.charset.StandardCharsets;

/** What the first bytes of a file say it is. Names are not asked: attachments are renamed. */
enum ContentKind {
  GZIP("gzip"),
  ZSTD("zstd"),
  ZIP("zip"),
  TAR("tar"),
  BZIP2("bzip2"),
  XZ("xz"),
  SEVEN_ZIP("7z"),
  RAR("rar"),
  CAPTURE("packet capture"),
  OTHER("");

  /** As much as is needed to tell: a tar archive's first header. */
  static final int HEAD = 512;

  private final String shown;

  ContentKind(String shown) {
    this.shown = shown;
  }

  String shown() {
    return shown;
  }

  boolean isArchive() {
    return switch (this) {
      case GZIP, ZSTD, ZIP, TAR, BZIP2, XZ, SEVEN_ZIP, RAR -> true;
      case CAPTURE, OTHER -> false;
    };
  }

  static ContentKind of(byte[] head, int length) {
    if (starts(head, length, 0x1f, 0x8b)) {
      return GZIP;
    }
    // RFC 8878, 3.1.1 and 3.1.2: a frame, or a skippable frame before it
    if (starts(head, length, 0x28, 0xb5, 0x2f, 0xfd)
        || length >= 4
            && (head[0] & 0xf0) == 0x50
            && starts(head, length, head[0] & 0xff, 0x2a, 0x4d, 0x18)) {
      return ZSTD;
    }
    if (starts(head, length, 'P', 'K', 3, 4) || starts(head, length, 'P', 'K', 5, 6)) {
      return ZIP;
    }
    if (starts(head, length, 'B', 'Z', 'h')
        && length > 9
        && starts(new byte[] {head[4], head[5]}, 2, 0x31, 0x41)) {
      return BZIP2;
    }
    if (starts(head, length, 0xfd, '7', 'z', 'X', 'Z', 0)) {
      return XZ;
    }
    if (starts(head, length, '7', 'z', 0xbc, 0xaf, 0x27, 0x1c)) {
      return SEVEN_ZIP;
    }
    if (starts(head, length, 'R', 'a', 'r', '!', 0x1a, 7)) {
      return RAR;
    }
    if (starts(head, length, 0xd4, 0xc3, 0xb2, 0xa1)
        || starts(head, length, 0xa1, 0xb2, 0xc3, 0xd4)
        || starts(head, length, 0x4d, 0x3c, 0xb2, 0xa1)
        || starts(head, length, 0x0a, 0x0d, 0x0d, 0x0a)) {
      return CAPTURE;
    }
    return isTar(head, length) ? TAR : OTHER;
  }

  private static boolean starts(byte[] head, int length, int... magic) {
    if (length < magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if ((head[i] & 0xff) != magic[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * By the checksum of the header, which also the oldest archives have; an archive of nothing is
   * two blocks of zeros.
   */
  private static boolean isTar(byte[] head, int length) {
    if (length < HEAD || head[0] == 0) {
      return false;
    }
    String field = new String(head, 148, 8, StandardCharsets.ISO_8859_1).replace('\0', ' ').strip();
    if (field.isEmpty()
        || field.length() > 7
        || !field.chars().allMatch(c -> c >= '0' && c <= '7')) {
      return false;
    }
    int sum = 0;
    for (int i = 0; i < HEAD; i++) {
      sum += i >= 148 && i < 156 ? ' ' : head[i] & 0xff;
    }
    return sum == Integer.parseInt(field, 8);
  }
}
