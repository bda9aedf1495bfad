package io.podpath.core.walk;

import io.podpath.core.net.IpProtocol;
import io.podpath.core.snapshot.Provenance;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of packets from one end to another, and of the answers.
 *
 * @param from a node or a pod
 * @param fromNode the node it is on
 * @param protocol ICMP for pings; of IPv6 ICMPv6 is meant
 * @param disposition of the exchange as a whole
 * @param reply whether it is the answer that is lost
 * @param broken the step that loses it, or that cannot be told
 * @param gap what is missing where it cannot be told; else empty
 * @param sources the rows on the way that is lost or cannot be told
 */
public record WalkedPair(
    String from,
    String fromNode,
    String to,
    String toNode,
    IpProtocol protocol,
    Disposition disposition,
    boolean reply,
    Optional<Step> broken,
    String gap,
    List<Provenance> sources) {

  /** How the gap begins where a node has no pod that is known. */
  static final String NO_POD = "no pod of ";

  public WalkedPair {
    sources = List.copyOf(sources);
  }

  static WalkedPair delivered(
      String from, String fromNode, String to, String toNode, IpProtocol protocol) {
    return new WalkedPair(
        from,
        fromNode,
        to,
        toNode,
        protocol,
        Disposition.DELIVERED,
        false,
        Optional.empty(),
        "",
        List.of());
  }

  static WalkedPair unknown(
      String from, String fromNode, String to, String toNode, IpProtocol protocol, String why) {
    return new WalkedPair(
        from,
        fromNode,
        to,
        toNode,
        protocol,
        Disposition.INSUFFICIENT_INFO,
        false,
        Optional.empty(),
        why,
        List.of());
  }

  public boolean isDelivered() {
    return disposition == Disposition.DELIVERED;
  }

  public boolean isUnknown() {
    return disposition == Disposition.INSUFFICIENT_INFO;
  }

  /** Whether something was not gathered that would tell; else there is no pod to ask about. */
  public boolean isOpen() {
    return isUnknown() && !gap.startsWith(NO_POD);
  }

  public boolean isBroken() {
    return !isDelivered() && !isUnknown();
  }
}
