package io.podpath.rules.neighbour;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.MacAddress;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.node.Neighbour;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Provenance;
import java.util.Optional;

/**
 * The MAC address by which one node reaches another node's VXLAN device: from its neighbour or
 * forwarding table, or from what flanneld said it wrote there.
 *
 * @param owner the other node
 * @param truth what the other node's device has, or was announced with
 * @param sure whether it is known, and not only most likely, that the address is that node's
 * @param address the other end's inner address, where it is known
 * @param from where it was read
 * @param neighbour empty when only the log or the forwarding entry tells
 * @param fdb the forwarding entry of this MAC address towards that node, where it was read
 * @param fdbHasTruth whether the forwarding entries have the right MAC address beside it
 */
record ProgrammedVtep(
    NodeState node,
    String owner,
    Vteps.Claim truth,
    boolean sure,
    Optional<IpAddress> address,
    MacAddress mac,
    Provenance from,
    Optional<Fact<Neighbour>> neighbour,
    Optional<Fact<FdbEntry>> fdb,
    boolean fdbHasTruth) {

  boolean isWrong() {
    return !mac.equals(truth.mac());
  }
}
