package io.podpath.core.walk;

import io.podpath.core.net.FwMark;
import io.podpath.core.netfilter.Target;

/**
 * A packet's mark of which some bits may be unknown.
 *
 * @param value meaningful where {@code known} has a one
 */
public record MarkBits(long value, long known) {

  /** Packets come without a mark. */
  public static final MarkBits ZERO = new MarkBits(0, FwMark.FULL_MASK);

  public MarkBits {
    value = value & known;
  }

  public MarkBits forgetting(long mask) {
    return new MarkBits(value, known & ~mask);
  }

  /** {@code (mark & mask) == value}, xt_mark.c: mark_mt. */
  public Truth matches(FwMark wanted) {
    long mask = wanted.mask();
    boolean differs =
        ((value ^ wanted.value()) & mask & known) != 0 || (wanted.value() & ~mask) != 0;
    return differs ? Truth.NO : (mask & ~known) == 0 ? Truth.YES : Truth.MAYBE;
  }

  /** What {@code MARK} does; the options are those of iptables-extensions(8). */
  public MarkBits after(Target.SetMark set) {
    long mask = set.mark().mask();
    long bits = set.mark().value();
    return switch (set.option()) {
      case "set-xmark" -> new MarkBits((value & ~mask) ^ bits, known | mask);
      case "set-mark" -> new MarkBits((value & ~mask) | bits, known | mask | bits);
      case "or-mark" -> new MarkBits(value | bits, known | bits);
      case "and-mark" -> new MarkBits(value & bits, known | ~bits & FwMark.FULL_MASK);
      case "xor-mark" -> new MarkBits(value ^ bits, known);
      default -> new MarkBits(0, 0);
    };
  }

  /** Bits that {@code MARK} may have changed. */
  public MarkBits perhapsAfter(Target.SetMark set) {
    return or(after(set));
  }

  /** Of two marks it may be what is sure of both. */
  public MarkBits or(MarkBits other) {
    return new MarkBits(value, known & other.known & ~(value ^ other.value));
  }
}
