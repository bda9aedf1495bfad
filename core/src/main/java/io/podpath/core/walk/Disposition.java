package io.podpath.core.walk;

import java.util.Locale;

/**
 * How a packet's way ends. The list is closed; names in text and JSON are those of {@link
 * #toString()}.
 */
public enum Disposition {
  DELIVERED,
  NO_ROUTE,
  BLACKHOLE,
  UNREACHABLE,
  PROHIBITED,
  NOT_FORWARDING,
  REVERSE_PATH_FILTERED,
  MARTIAN,
  FILTERED,
  NEIGHBOUR_FAILED,
  NO_FDB_ENTRY,
  WRONG_TUNNEL_ENDPOINT,
  TUNNEL_PROTOCOL_BLOCKED,
  DEVICE_DOWN,
  MTU_EXCEEDED,
  TTL_EXCEEDED,
  LOOP,
  NO_SERVICE_ENDPOINT,
  NO_SUCH_NODE,
  LEFT_THE_CLUSTER,
  DELIVERED_ELSEWHERE,
  REPLY_LOST,
  INSUFFICIENT_INFO;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
