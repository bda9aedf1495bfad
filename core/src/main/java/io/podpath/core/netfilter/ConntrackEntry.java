package io.podpath.core.netfilter;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import java.util.Optional;
import java.util.Set;

/**
 * A tracked connection.
 *
 * @param state TCP's state; empty for others
 * @param reply the tuple of the answer, after NAT
 * @param flags UNREPLIED, ASSURED, OFFLOAD …
 * @param mark 0 where the tool did not print it (ctnetlink_dump_mark leaves out none but that)
 * @param originalZone the zone for the first packet's direction, 0 unless it was told
 * @param replyZone the same for the answer's
 */
public record ConntrackEntry(
    IpProtocol protocol,
    Optional<String> state,
    Tuple original,
    Tuple reply,
    Set<String> flags,
    long mark,
    int originalZone,
    int replyZone) {

  public ConntrackEntry {
    flags = Set.copyOf(flags);
  }

  /** One direction; ports are empty for protocols without them. */
  public record Tuple(
      IpAddress source,
      IpAddress destination,
      Optional<Port> sourcePort,
      Optional<Port> destinationPort) {
    @Override
    public String toString() {
      return "src="
          + source
          + " dst="
          + destination
          + sourcePort.map(p -> " sport=" + p).orElse("")
          + destinationPort.map(p -> " dport=" + p).orElse("");
    }
  }

  /** Whether the answer comes from elsewhere than where the request went. */
  public boolean isNatted() {
    return !reply.source().equals(original.destination())
        || !reply.destination().equals(original.source());
  }

  @Override
  public String toString() {
    return protocol
        + state.map(s -> " " + s).orElse("")
        + " "
        + original
        + (flags.contains("UNREPLIED") ? " [UNREPLIED]" : "")
        + " "
        + reply;
  }
}
