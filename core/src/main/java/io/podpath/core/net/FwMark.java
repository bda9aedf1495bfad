package io.podpath.core.net;

import java.util.Optional;

/**
 * A firewall mark under a mask, as {@code 0x4000/0x4000}; all 64-bit values hold an unsigned 32-bit
 * number.
 *
 * @param value the mark
 * @param mask the bits that count
 */
public record FwMark(long value, long mask) {

  public static final long FULL_MASK = 0xffff_ffffL;

  public static Optional<FwMark> parse(String text) {
    int slash = text.indexOf('/');
    Optional<Long> value = number(slash < 0 ? text : text.substring(0, slash));
    Optional<Long> mask = slash < 0 ? Optional.of(FULL_MASK) : number(text.substring(slash + 1));
    return value.flatMap(v -> mask.map(m -> new FwMark(v, m)));
  }

  private static Optional<Long> number(String text) {
    boolean hex = text.startsWith("0x") || text.startsWith("0X");
    String digits = hex ? text.substring(2) : text;
    if (digits.isEmpty() || digits.length() > 10) {
      return Optional.empty();
    }
    long value = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) < 128 ? Character.digit(digits.charAt(i), hex ? 16 : 10) : -1;
      if (digit < 0) {
        return Optional.empty();
      }
      value = value * (hex ? 16 : 10) + digit;
    }
    return value > FULL_MASK ? Optional.empty() : Optional.of(value);
  }

  @Override
  public String toString() {
    String text = "0x" + Long.toHexString(value);
    return mask == FULL_MASK ? text : text + "/0x" + Long.toHexString(mask);
  }
}
