package io.podpath.core.walk;

import io.podpath.core.net.FwMark;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What targets do that have their meaning in their options (net/netfilter/xt_*.c). */
final class ExtraTarget {

  /** They look at a packet, or change what no later decision asks for. */
  private static final Set<String> IDLE =
      Set.of(
          "LOG",
          "NFLOG",
          "ULOG",
          "TRACE",
          "AUDIT",
          "CHECKSUM",
          "CLASSIFY",
          "TCPMSS",
          "TCPOPTSTRIP",
          "IDLETIMER",
          "RATEEST",
          "LED",
          "SECMARK",
          "CONNSECMARK",
          "TEE");

  /** A packet's mark and its connection's. */
  record Marks(long packet, long connection) {}

  private ExtraTarget() {}

  static boolean isIdle(String name) {
    return IDLE.contains(name);
  }

  /** xt_mark.c: mark_tg, with the options that iptables writes for it. */
  static Optional<Long> mark(String option, FwMark mark, long before) {
    long bits = mark.value();
    return switch (option) {
      case "set-xmark" -> Optional.of(before & ~mark.mask() ^ bits);
      case "set-mark" -> Optional.of(before & ~(mark.mask() | bits) | bits);
      case "or-mark" -> Optional.of(before | bits);
      case "and-mark" -> Optional.of(before & bits);
      case "xor-mark" -> Optional.of(before ^ bits);
      default -> Optional.empty();
    };
  }

  /** xt_connmark.c: connmark_tg_shift without its shifts. */
  static Optional<Marks> connectionMark(String options, long packet, long connection) {
    List<String> words = List.of(options.split(" ", -1));
    long nfMask = mask(words, "--nfmask");
    long ctMask = mask(words, "--ctmask");
    if (words.contains("--restore-mark")) {
      return Optional.of(new Marks(packet & ~nfMask ^ connection & ctMask, connection));
    }
    if (words.contains("--save-mark")) {
      return Optional.of(new Marks(packet, connection & ~ctMask ^ packet & nfMask));
    }
    int set = words.indexOf("--set-xmark");
    int plain = words.indexOf("--set-mark");
    int at = Math.max(set, plain);
    if (words.size() == 2 && at == 0) {
      return FwMark.parse(words.get(1))
          .flatMap(m -> mark(words.getFirst().substring(2), m, connection))
          .map(m -> new Marks(packet, m));
    }
    return Optional.empty();
  }

  private static long mask(List<String> words, String option) {
    int at = words.indexOf(option);
    return at < 0 || at + 1 >= words.size()
        ? FwMark.FULL_MASK
        : FwMark.parse(words.get(at + 1)).map(FwMark::value).orElse(FwMark.FULL_MASK);
  }
}
