package io.podpath.core.net;

import java.util.Optional;

/** A 48-bit Ethernet address. */
public record MacAddress(long bits) {

  public static Optional<MacAddress> parse(String text) {
    if (text.length() != 17) {
      return Optional.empty();
    }
    long bits = 0;
    for (int i = 0; i < 17; i++) {
      char c = text.charAt(i);
      if (i % 3 == 2) {
        if (c != ':' && c != '-') {
          return Optional.empty();
        }
      } else {
        int digit = c < 128 ? Character.digit(c, 16) : -1;
        if (digit < 0) {
          return Optional.empty();
        }
        bits = bits << 4 | digit;
      }
    }
    return Optional.of(new MacAddress(bits));
  }

  /**
   * @throws IllegalArgumentException when the text is no MAC address
   */
  public static MacAddress of(String text) {
    return parse(text)
        .orElseThrow(() -> new IllegalArgumentException("not a MAC address: " + text));
  }

  /** {@code 00:00:00:00:00:00}, the VXLAN default destination. */
  public boolean isZero() {
    return bits == 0;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(17);
    for (int shift = 40; shift >= 0; shift -= 8) {
      if (shift < 40) {
        text.append(':');
      }
      int octet = (int) (bits >>> shift) & 0xff;
      text.append(Character.forDigit(octet >> 4, 16)).append(Character.forDigit(octet & 15, 16));
    }
    return text.toString();
  }
}
