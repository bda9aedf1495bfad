package io.podpath.core.walk;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A part of the table of connections that is asked apart from the others (struct
 * nf_conntrack_zone).
 *
 * @param original the number for what goes the way of the first packet
 * @param reply the number for what goes the other way
 */
record Zone(int original, int reply) {

  static final Zone DEFAULT = new Zone(0, 0);

  private static final int MOST = 0xffff;

  /** The number for a direction (nf_ct_zone_id). */
  int of(boolean isReply) {
    return isReply ? reply : original;
  }

  /**
   * What the options of target CT say; no zone is the default one.
   *
   * @param mark of the packet
   */
  static Optional<Zone> parse(String options, long mark) {
    List<String> words = Arrays.asList(options.split(" ", -1));
    int at = 0;
    while (at < words.size() && !words.get(at).startsWith("--zone")) {
      at++;
    }
    if (at == words.size()) {
      return Optional.of(DEFAULT);
    }
    OptionalInt number =
        at + 1 < words.size() ? number(words.get(at + 1), mark) : OptionalInt.empty();
    if (number.isEmpty()) {
      return Optional.empty();
    }
    int id = number.getAsInt();
    return switch (words.get(at)) {
      case "--zone" -> Optional.of(new Zone(id, id));
      case "--zone-orig" -> Optional.of(new Zone(id, DEFAULT.reply()));
      case "--zone-reply" -> Optional.of(new Zone(DEFAULT.original(), id));
      default -> Optional.empty();
    };
  }

  private static OptionalInt number(String text, long mark) {
    if (text.equals("mark")) {
      // nf_ct_zone_tmpl cuts it to the 16 bits of a zone
      return OptionalInt.of((int) (mark & MOST));
    }
    boolean digits =
        !text.isEmpty() && text.length() < 6 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return digits && Integer.parseInt(text) <= MOST
        ? OptionalInt.of(Integer.parseInt(text))
        : OptionalInt.empty();
  }
}
