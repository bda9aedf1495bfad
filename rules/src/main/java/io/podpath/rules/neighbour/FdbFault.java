package io.podpath.rules.neighbour;

import io.podpath.core.net.IpAddress;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Evidence;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import java.util.List;

/**
 * A forwarding entry that leads to the wrong place.
 *
 * @param owner the node whose VXLAN device has the MAC address
 * @param evidence who says so
 */
record FdbFault(
    NodeState node,
    Fact<FdbEntry> entry,
    String device,
    IpAddress destination,
    String owner,
    Certainty certainty,
    List<Evidence> evidence) {}
