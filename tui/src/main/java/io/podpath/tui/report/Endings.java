package io.podpath.tui.report;

import io.podpath.core.walk.Disposition;
import io.podpath.core.walk.Way;

/** What becomes of a packet, in a few words. */
final class Endings {

  private Endings() {}

  /**
   * @param what the packet: the request, the answer
   * @param number of the step it ends at
   */
  static String of(String what, Way way, int number) {
    String at = " at step " + number + " on " + SafeText.of(way.end().node());
    return what
        + switch (way.disposition()) {
          case DELIVERED -> " is delivered";
          case NO_ROUTE -> " is lost" + at + ": there is no route to where it goes";
          case BLACKHOLE -> " is lost" + at + ": a blackhole route swallows it";
          case UNREACHABLE -> " is refused" + at + ": a route calls where it goes unreachable";
          case PROHIBITED -> " is refused" + at + ": a route prohibits it";
          case NOT_FORWARDING -> " is lost" + at + ", which does not forward";
          case REVERSE_PATH_FILTERED ->
              " is lost" + at + ": it came in by a device that does not lead back to its source";
          case MARTIAN -> " is lost" + at + ": it has an address that must not be on a wire";
          case FILTERED -> " is dropped" + at + " by a chain rule or policy";
          case NEIGHBOUR_FAILED -> " is lost" + at + ": nobody answers for the next hop";
          case NO_FDB_ENTRY ->
              " is lost" + at + ": no forwarding entry tells the tunnel's other end";
          case WRONG_TUNNEL_ENDPOINT ->
              " is lost" + at + ": the tunnel does not lead to the node it is for";
          case TUNNEL_PROTOCOL_BLOCKED -> " is dropped" + at + " inside its tunnel's outer packet";
          case DEVICE_DOWN -> " is lost" + at + ": the device is down";
          case MTU_EXCEEDED -> " is lost" + at + ": it is longer than the device carries";
          case TTL_EXCEEDED -> " is lost" + at + ": its TTL ran out";
          case LOOP -> " is lost" + at + ": it goes in a circle";
          case NO_SERVICE_ENDPOINT -> " is lost" + at + ": nobody serves the service";
          case NO_SUCH_NODE -> " is lost" + at + ": it goes to an address no node has";
          case LEFT_THE_CLUSTER -> " leaves the cluster" + at;
          case DELIVERED_ELSEWHERE ->
              " goes to somebody else: " + SafeText.of(way.end().toString()) + " takes it";
          // only an answer can end so
          case REPLY_LOST -> " comes from an address or port that was not asked: nobody takes it";
          case INSUFFICIENT_INFO -> " cannot be followed to its end";
        };
  }

  /** The sign before such a sentence. */
  static char mark(Disposition disposition) {
    return disposition == Disposition.DELIVERED
        ? Marks.OK
        : disposition == Disposition.INSUFFICIENT_INFO ? Marks.WARNING : Marks.ERROR;
  }
}
