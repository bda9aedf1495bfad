package io.podpath.probes.parse;

import io.podpath.core.net.IpPrefix;
import java.util.List;
import java.util.Optional;

/**
 * Which columns {@code iptables -L} shows; some need {@code -v}, and authors cut others out.
 *
 * @param number {@code --line-numbers}
 * @param counters pkts and bytes
 * @param protocol prot and opt
 * @param interfaces in and out
 * @param addresses source and destination
 */
record ListColumns(
    boolean number, boolean counters, boolean protocol, boolean interfaces, boolean addresses) {

  /**
   * By the line {@code pkts bytes target prot opt in out source destination}; empty for other
   * lines.
   */
  static Optional<ListColumns> ofHeader(List<String> words) {
    boolean header =
        words.contains("target")
            && (words.contains("prot") || words.contains("pkts") || words.contains("source"));
    return header && words.stream().allMatch(NAMES::contains)
        ? Optional.of(
            new ListColumns(
                words.contains("num"),
                words.contains("pkts"),
                words.contains("prot"),
                words.contains("in"),
                words.contains("source") && words.contains("destination")))
        : Optional.empty();
  }

  private static final List<String> NAMES =
      List.of(
          "num", "pkts", "bytes", "target", "prot", "opt", "in", "out", "source", "destination");

  /**
   * For rows whose header was not copied; only those are taken that have the column opt, which
   * nothing else looks like.
   */
  static Optional<ListColumns> ofRow(List<String> words) {
    int opt = optionAt(words);
    if (opt < 1) {
      return Optional.empty();
    }
    int target = opt >= 2 && Amounts.rounded(words.get(opt - 2)).isEmpty() ? 1 : 0;
    int numbers = opt - 1 - target;
    for (int i = 0; i < numbers; i++) {
      if (Amounts.rounded(words.get(i)).isEmpty()) {
        return Optional.empty();
      }
    }
    boolean counters = numbers >= 2;
    int behind = words.size() - opt - 1;
    boolean interfaces =
        counters && behind >= 4 && isAddress(words.get(opt + 3)) && isAddress(words.get(opt + 4));
    boolean addresses =
        interfaces || behind >= 2 && isAddress(words.get(opt + 1)) && isAddress(words.get(opt + 2));
    return numbers <= 3 && addresses
        ? Optional.of(
            new ListColumns(numbers == 1 || numbers == 3, counters, true, interfaces, true))
        : Optional.empty();
  }

  /** Where the column opt stands, within the first columns. */
  private static int optionAt(List<String> words) {
    for (int i = 0; i < Math.min(words.size(), 6); i++) {
      if (isOpt(words.get(i))) {
        return i;
      }
    }
    return -1;
  }

  static boolean isOpt(String word) {
    return word.equals("--") || word.equals("-f") || word.equals("!f");
  }

  private static boolean isAddress(String word) {
    String plain = word.startsWith("!") ? word.substring(1) : word;
    return plain.equals("anywhere") || IpPrefix.parse(plain).isPresent();
  }
}
