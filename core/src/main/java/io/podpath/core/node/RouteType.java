package io.podpath.core.node;

import java.util.Locale;
import java.util.Optional;

/** Route types of rtnetlink ({@code RTN_*}). */
public enum RouteType {
  UNICAST,
  LOCAL,
  BROADCAST,
  ANYCAST,
  MULTICAST,
  BLACKHOLE,
  UNREACHABLE,
  PROHIBIT,
  THROW,
  NAT;

  public static Optional<RouteType> parse(String word) {
    for (RouteType type : values()) {
      if (type.toString().equals(word)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /** Whether packets that hit it go anywhere at all. */
  public boolean forwards() {
    return switch (this) {
      case UNICAST, LOCAL, BROADCAST, ANYCAST, MULTICAST, NAT -> true;
      case BLACKHOLE, UNREACHABLE, PROHIBIT, THROW -> false;
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
