package io.podpath.core.net;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A network prefix in CIDR notation; bits behind the length are zero.
 *
 * @param address the network address
 * @param length number of leading bits that count, 0 to 32 or 128
 */
public record IpPrefix(IpAddress address, int length) implements Comparable<IpPrefix> {

  public IpPrefix {
    if (length < 0 || length > address.family().bits()) {
      throw new IllegalArgumentException("prefix length " + length + " of " + address);
    }
    address = address.network(length);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || other instanceof IpPrefix(var itsAddress, var itsLength)
            && length == itsLength
            && address.equals(itsAddress);
  }

  @Override
  public int hashCode() {
    return 31 * address.hashCode() + length;
  }

  /** Parses {@code 10.0.0.0/8}; an address alone is a prefix of full length. */
  public static Optional<IpPrefix> parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      return IpAddress.parse(text).map(IpAddress::toPrefix);
    }
    Optional<IpAddress> address = IpAddress.parse(text.substring(0, slash));
    if (address.isEmpty()) {
      return Optional.empty();
    }
    String tail = text.substring(slash + 1);
    int bits = address.get().family().bits();
    if (tail.isEmpty() || tail.length() > 3 || !tail.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return fromNetmask(address.get(), tail);
    }
    int length = Integer.parseInt(tail);
    return length > bits ? Optional.empty() : Optional.of(new IpPrefix(address.get(), length));
  }

  /** {@code 10.1.0.0} with {@code 255.255.0.0}; empty when the mask has holes. */
  public static Optional<IpPrefix> fromNetmask(IpAddress address, String netmask) {
    return IpAddress.parse(netmask)
        .filter(mask -> mask.isV4() && address.isV4())
        .flatMap(mask -> {
          int ones = Long.bitCount(mask.low());
          IpPrefix prefix = new IpPrefix(address, ones);
          long expected = ones == 0 ? 0 : 0xffff_ffffL << (32 - ones) & 0xffff_ffffL;
          return expected == mask.low() ? Optional.of(prefix) : Optional.empty();
        });
  }

  /**
   * @throws IllegalArgumentException when the text is no prefix
   */
  public static IpPrefix of(String text) {
    return parse(text).orElseThrow(() -> new IllegalArgumentException("not a prefix: " + text));
  }

  public IpFamily family() {
    return address.family();
  }

  /** {@code 0.0.0.0/0} or {@code ::/0}. */
  public boolean isDefault() {
    return length == 0;
  }

  /** A single address. */
  public boolean isHost() {
    return length == family().bits();
  }

  /** The address with this prefix's bits and, behind them, those of another address. */
  public IpAddress with(IpAddress other) {
    IpAddress network = other.network(length);
    return new IpAddress(
        family(),
        address.high() | other.high() ^ network.high(),
        address.low() | other.low() ^ network.low());
  }

  public boolean contains(IpAddress other) {
    return other.family() == family() && other.network(length).equals(address);
  }

  /** Whether every address of {@code other} lies in this prefix (also when they are equal). */
  public boolean contains(IpPrefix other) {
    return other.length >= length && contains(other.address);
  }

  /** The first address behind it; none behind the last one. */
  public Optional<IpAddress> behind() {
    int zeros = family().bits() - length;
    long size = zeros < 64 ? 1L << zeros : 0;
    long low = address.low() + size;
    if (address.isV4()) {
      return low >>> 32 == 0 ? Optional.of(IpAddress.ofV4(low)) : Optional.empty();
    }
    long carry = zeros < 64 ? (low == 0 ? 1 : 0) : zeros < 128 ? 1L << (zeros - 64) : 0;
    long high = address.high() + carry;
    boolean last = high == 0 && low == 0;
    return last ? Optional.empty() : Optional.of(new IpAddress(family(), high, low));
  }

  /** Its lower and its upper half; none of a single address. */
  public List<IpPrefix> halves() {
    if (isHost()) {
      return List.of();
    }
    int bit = family().bits() - length - 1;
    IpAddress upper =
        bit < 64
            ? new IpAddress(family(), address.high(), address.low() | 1L << bit)
            : new IpAddress(family(), address.high() | 1L << (bit - 64), address.low());
    return List.of(new IpPrefix(address, length + 1), new IpPrefix(upper, length + 1));
  }

  public boolean overlaps(IpPrefix other) {
    return contains(other) || other.contains(this);
  }

  @Override
  public int compareTo(IpPrefix other) {
    int byAddress = address.compareTo(other.address);
    return byAddress != 0 ? byAddress : Integer.compare(length, other.length);
  }

  /** As {@code ip route} prints it: {@code default}, or a host without its length. */
  public String toRouteString() {
    if (isDefault()) {
      return "default";
    }
    return isHost() ? address.toString() : toString();
  }

  @Override
  public String toString() {
    return address + "/" + length;
  }
}
