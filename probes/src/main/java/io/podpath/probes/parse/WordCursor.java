package io.podpath.probes.parse;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import java.util.List;

/** Goes through the words of one line; what is missing or malformed makes the line a bad one. */
final class WordCursor {

  private final List<String> words;
  private int next;

  WordCursor(List<String> words) {
    this.words = words;
  }

  boolean more() {
    return next < words.size();
  }

  /** The next word without taking it; empty at the end. */
  String peek() {
    return more() ? words.get(next) : "";
  }

  String take(String what) throws BadLine {
    if (!more()) {
      throw new BadLine("ends before " + what);
    }
    return words.get(next++);
  }

  /** Takes the next word when it is this one. */
  boolean takeIf(String word) {
    boolean hit = peek().equals(word);
    next += hit ? 1 : 0;
    return hit;
  }

  IpAddress address(String what) throws BadLine {
    String word = take(what);
    return IpAddress.parse(word)
        .orElseThrow(() -> new BadLine(what + " is no address: " + shown(word)));
  }

  IpPrefix prefix(String what) throws BadLine {
    String word = take(what);
    return IpPrefix.parse(word)
        .orElseThrow(() -> new BadLine(what + " is no prefix: " + shown(word)));
  }

  /** An unsigned number of at most 15 digits. */
  long number(String what) throws BadLine {
    String word = take(what);
    if (word.isEmpty() || word.length() > 15 || !isNumber(word)) {
      throw new BadLine(what + " is no number: " + shown(word));
    }
    return Long.parseLong(word);
  }

  /** A number that fits an int. */
  int small(String what) throws BadLine {
    long number = number(what);
    if (number > Integer.MAX_VALUE) {
      throw new BadLine(what + " is too large: " + number);
    }
    return (int) number;
  }

  static boolean isNumber(String word) {
    if (word.isEmpty()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (word.charAt(i) < '0' || word.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  static String shown(String word) {
    return word.length() <= 40 ? word : word.substring(0, 40) + "…";
  }
}
