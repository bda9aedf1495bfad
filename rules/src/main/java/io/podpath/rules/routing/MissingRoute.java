package io.podpath.rules.routing;

import io.podpath.core.node.Route;
import io.podpath.core.rule.Certainty;
import io.podpath.core.snapshot.AddressPlan;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Provenance;
import java.util.Optional;

/**
 * A route that a node should have and has not.
 *
 * @param subnet whose pods it cannot reach
 * @param wanted the route as the fabric would write it; empty when the other node's address is not
 *     known
 * @param announced the address of the other node
 * @param table where it is missing
 */
record MissingRoute(
    NodeState node,
    AddressPlan.SubnetClaim subnet,
    Optional<Route> wanted,
    Optional<AddressPlan.AddressClaim> announced,
    Optional<Provenance> table,
    Certainty certainty) {

  String owner() {
    return subnet.node();
  }
}
