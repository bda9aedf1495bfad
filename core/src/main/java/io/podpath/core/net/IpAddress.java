package io.podpath.core.net;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An IPv4 or IPv6 address. IPv4 keeps its 32 bits in {@code low}; two longs keep a million of them
 * small.
 *
 * @param high the upper 64 bits, 0 for IPv4
 * @param low the lower 64 bits
 */
public record IpAddress(IpFamily family, long high, long low) implements Comparable<IpAddress> {

  public IpAddress {
    if (family == IpFamily.INET && (high != 0 || (low >>> 32) != 0)) {
      throw new IllegalArgumentException("an IPv4 address has 32 bits");
    }
  }

  /** Written out, because every look-up of a walk ends in it. */
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || other instanceof IpAddress(var itsFamily, var itsHigh, var itsLow)
            && low == itsLow
            && high == itsHigh
            && family == itsFamily;
  }

  /** The networks of a cluster's nodes differ in few bits, which must not fall together. */
  @Override
  public int hashCode() {
    return (int) ((low + 31 * high) * 0x9e37_79b9_7f4a_7c15L >>> 32);
  }

  public static IpAddress ofV4(long bits) {
    return new IpAddress(IpFamily.INET, 0, bits & 0xffff_ffffL);
  }

  /** Without the bits behind a prefix of this length. */
  public IpAddress network(int length) {
    if (isV4()) {
      long mask = length == 0 ? 0 : 0xffff_ffffL << (32 - length) & 0xffff_ffffL;
      return (low & mask) == low ? this : ofV4(low & mask);
    }
    long highMask = length >= 64 ? -1L : length == 0 ? 0 : -1L << (64 - length);
    long lowMask = length <= 64 ? 0 : -1L << (128 - length);
    return new IpAddress(family, high & highMask, low & lowMask);
  }

  /** Parses strictly; a zone ({@code fe80::1%eth0}) is dropped. */
  public static Optional<IpAddress> parse(String text) {
    int zone = text.indexOf('%');
    String body = zone > 0 ? text.substring(0, zone) : text;
    if (body.indexOf(':') >= 0) {
      return parseV6(body);
    }
    return parseV4(body);
  }

  /**
   * @throws IllegalArgumentException when the text is no address
   */
  public static IpAddress of(String text) {
    return parse(text)
        .orElseThrow(() -> new IllegalArgumentException("not an IP address: " + text));
  }

  private static Optional<IpAddress> parseV4(String text) {
    long bits = 0;
    int octet = -1;
    int octets = 0;
    int digits = 0;
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : '.';
      if (c == '.') {
        if (octet < 0 || octets == 4) {
          return Optional.empty();
        }
        bits = bits << 8 | octet;
        octets++;
        octet = -1;
        digits = 0;
      } else if (c >= '0' && c <= '9') {
        octet = Math.max(octet, 0) * 10 + (c - '0');
        if (octet > 255 || ++digits > 3) {
          return Optional.empty();
        }
      } else {
        return Optional.empty();
      }
    }
    return octets == 4 ? Optional.of(ofV4(bits)) : Optional.empty();
  }

  private static Optional<IpAddress> parseV6(String text) {
    int gap = text.indexOf("::");
    if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
      return Optional.empty();
    }
    int[] head = new int[8];
    int[] tail = new int[8];
    int heads;
    int tails = 0;
    if (gap >= 0) {
      heads = groups(text.substring(0, gap), head);
      tails = groups(text.substring(gap + 2), tail);
      if (heads < 0 || tails < 0 || heads + tails > 7) {
        return Optional.empty();
      }
    } else {
      heads = groups(text, head);
      if (heads != 8) {
        return Optional.empty();
      }
    }
    int[] all = new int[8];
    System.arraycopy(head, 0, all, 0, heads);
    System.arraycopy(tail, 0, all, 8 - tails, tails);
    long high = 0;
    long low = 0;
    for (int i = 0; i < 4; i++) {
      high = high << 16 | all[i];
      low = low << 16 | all[i + 4];
    }
    return Optional.of(new IpAddress(IpFamily.INET6, high, low));
  }

  /** Reads colon-separated groups into {@code into}; -1 when they are none. */
  private static int groups(String text, int[] into) {
    if (text.isEmpty()) {
      return 0;
    }
    int count = 0;
    int start = 0;
    while (start <= text.length()) {
      int end = text.indexOf(':', start);
      String group = end < 0 ? text.substring(start) : text.substring(start, end);
      if (end < 0 && group.indexOf('.') >= 0) {
        Optional<IpAddress> embedded = parseV4(group);
        if (embedded.isEmpty() || count > 6) {
          return -1;
        }
        long bits = embedded.get().low;
        into[count++] = (int) (bits >>> 16);
        into[count++] = (int) (bits & 0xffff);
        return count;
      }
      if (group.isEmpty() || group.length() > 4 || count == 8) {
        return -1;
      }
      int value = 0;
      for (int i = 0; i < group.length(); i++) {
        int digit = Character.digit(group.charAt(i), 16);
        if (digit < 0 || group.charAt(i) > 'f') {
          return -1;
        }
        value = value << 4 | digit;
      }
      into[count++] = value;
      if (end < 0) {
        return count;
      }
      start = end + 1;
    }
    return -1;
  }

  public boolean isV4() {
    return family == IpFamily.INET;
  }

  /** {@code 0.0.0.0} or {@code ::}. */
  public boolean isUnspecified() {
    return high == 0 && low == 0;
  }

  public boolean isLoopback() {
    return isV4() ? (low >>> 24) == 127 : high == 0 && low == 1;
  }

  /** 169.254.0.0/16 (RFC 3927) or fe80::/10 (RFC 4291). */
  public boolean isLinkLocal() {
    return isV4() ? (low >>> 16) == 0xa9fe : (high >>> 54) == (0xfe80L >>> 6);
  }

  /** 224.0.0.0/4 or ff00::/8. */
  public boolean isMulticast() {
    return isV4() ? (low >>> 28) == 0xe : (high >>> 56) == 0xff;
  }

  /** This address as a prefix of full length. */
  public IpPrefix toPrefix() {
    return new IpPrefix(this, family.bits());
  }

  /** The address {@code offset} after this one within its lower 64 bits. */
  public IpAddress plus(long offset) {
    return isV4() ? ofV4(low + offset) : new IpAddress(family, high, low + offset);
  }

  @Override
  public int compareTo(IpAddress other) {
    int byFamily = family.compareTo(other.family);
    if (byFamily != 0) {
      return byFamily;
    }
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  /** Dotted quad, or RFC 5952 text. */
  @Override
  public String toString() {
    if (isV4()) {
      return (low >>> 24) + "." + (low >>> 16 & 255) + "." + (low >>> 8 & 255) + "." + (low & 255);
    }
    int[] group = new int[8];
    for (int i = 0; i < 4; i++) {
      group[i] = (int) (high >>> (48 - 16 * i)) & 0xffff;
      group[i + 4] = (int) (low >>> (48 - 16 * i)) & 0xffff;
    }
    int bestStart = -1;
    int bestLength = 1;
    for (int i = 0; i < 8; i++) {
      int run = 0;
      while (i + run < 8 && group[i + run] == 0) {
        run++;
      }
      if (run > bestLength) {
        bestStart = i;
        bestLength = run;
      }
      i += run;
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == bestStart) {
        text.append("::");
        i += bestLength - 1;
      } else {
        if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
          text.append(':');
        }
        text.append(Integer.toHexString(group[i]));
      }
    }
    return text.toString();
  }
}
