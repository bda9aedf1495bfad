package io.podpath.core.node;

/** What a tunnel writes into the IP headers of the packets it sends. */
public record OuterHeader(Ttl ttl, DontFragment df) {

  /** How many hops such a packet lives. */
  public sealed interface Ttl {

    /** {@code ttl 8} */
    record Fixed(int hops) implements Ttl {}

    /** {@code ttl inherit}: as many as the packet inside. */
    record Inherited() implements Ttl {}

    /** {@code ttl auto}: as many as any packet the machine sends. */
    record Own() implements Ttl {}
  }

  /** The DF bit; of IPv6 there is none. */
  public enum DontFragment {
    UNSET,
    SET,
    /** As in the packet inside. */
    INHERITED,
    /** Set, or as in the packet inside: the tool did not print it. */
    UNTOLD
  }

  /** Of a VXLAN device that was told nothing else. */
  public static final OuterHeader VXLAN = new OuterHeader(new Ttl.Own(), DontFragment.UNSET);

  /** Of an ipip or GRE device with {@code ttl inherit nopmtudisc}, as the modules make theirs. */
  public static final OuterHeader TUNNEL =
      new OuterHeader(new Ttl.Inherited(), DontFragment.INHERITED);

  /** Of an ipip or GRE device of which no more than the ends was printed. */
  public static final OuterHeader UNTOLD =
      new OuterHeader(new Ttl.Inherited(), DontFragment.UNTOLD);
}
