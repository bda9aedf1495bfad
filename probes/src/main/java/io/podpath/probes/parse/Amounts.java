package io.podpath.probes.parse;

import java.util.Optional;

/** Numbers of packets and bytes. */
final class Amounts {

  private Amounts() {}

  /** Decimal digits that fit a long. */
  static Optional<Long> plain(String text) {
    boolean digits =
        !text.isEmpty() && text.length() <= 18 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return digits ? Optional.of(Long.parseLong(text)) : Optional.empty();
  }

  /**
   * With iptables' and ipvsadm's suffixes: {@code 248K} stands for about 248000
   * (iptables/xshared.c: xtables_print_num).
   */
  static Optional<Long> rounded(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    long factor =
        switch (text.charAt(text.length() - 1)) {
          case 'K' -> 1_000L;
          case 'M' -> 1_000_000L;
          case 'G' -> 1_000_000_000L;
          case 'T' -> 1_000_000_000_000L;
          default -> 1L;
        };
    String digits = factor == 1 ? text : text.substring(0, text.length() - 1);
    return plain(digits).filter(n -> n <= Long.MAX_VALUE / factor).map(n -> n * factor);
  }
}
