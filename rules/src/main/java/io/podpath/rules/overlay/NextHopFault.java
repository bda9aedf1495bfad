package io.podpath.rules.overlay;

import io.podpath.core.node.Route;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Evidence;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import java.util.List;

/**
 * Why the next hop of one route is wrong.
 *
 * @param what goes on behind "sends traffic for X to Y", such as "its own tunnel address"
 */
record NextHopFault(
    NodeState node,
    Fact<Route> route,
    Kind kind,
    String what,
    Certainty certainty,
    List<Evidence> evidence,
    BlockRoutes.Answer expected) {

  enum Kind {
    /** The next hop is an address of the node itself. */
    OWN_ADDRESS,
    /** The next hop is an address of a tunnel or of a pod: no node has it on the underlay. */
    NO_NODE,
    /** The next hop is another node than the one with these pods. */
    OTHER_NODE,
    /** The route leaves by a card although the fabric tunnels this network. */
    PAST_THE_TUNNEL
  }
}
