package io.podpath.rules.neighbour;

import io.podpath.core.cni.LogEvent;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.MacAddress;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.node.Neighbour;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Section;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The MAC address by which one node reaches another node's VXLAN device: from its neighbour table,
 * or from what flanneld said it wrote there.
 *
 * @param owner the other node
 * @param sure whether it is known, and not only most likely, that the address is that node's
 * @param neighbour empty when only the log tells
 * @param fdb the forwarding entry of this MAC, where it was read
 */
record ProgrammedVtep(
    NodeState node,
    String owner,
    boolean sure,
    IpAddress address,
    MacAddress mac,
    Provenance from,
    Optional<Fact<Neighbour>> neighbour,
    Optional<Fact<FdbEntry>> fdb) {

  static List<ProgrammedVtep> of(ClusterView view, VtepOwners owners, NodeState node) {
    List<ProgrammedVtep> all = new ArrayList<>();
    for (Fact<Neighbour> fact : node.get(Section.NEIGHBOURS).facts()) {
      Neighbour entry = fact.value();
      Optional<MacAddress> mac = entry.mac();
      boolean vtep = entry.device().filter(VtepOwners::isVtep).isPresent();
      Optional<String> owner = vtep ? owners.nodeAt(entry.address()) : Optional.empty();
      if (mac.isPresent() && owner.filter(o -> !o.equals(node.name())).isPresent()) {
        all.add(
            new ProgrammedVtep(
                node,
                owner.get(),
                true,
                entry.address(),
                mac.get(),
                fact.from(),
                Optional.of(fact),
                fdb(node, mac.get())));
      }
    }
    if (node.get(Section.NEIGHBOURS).isNotGathered()) {
      fromLog(view, owners, node, all);
    }
    return all;
  }

  private static Optional<Fact<FdbEntry>> fdb(NodeState node, MacAddress mac) {
    return node
        .get(Section.FDB)
        .where(f -> f.mac().equals(mac) && f.destination().isPresent())
        .stream()
        .findFirst();
  }

  private static void fromLog(
      ClusterView view, VtepOwners owners, NodeState node, List<ProgrammedVtep> all) {
    Map<IpAddress, Fact<LogEvent>> latest = new LinkedHashMap<>();
    Map<IpAddress, MacAddress> macs = new LinkedHashMap<>();
    for (Fact<LogEvent> fact : node.get(Section.LOGS).facts()) {
      if (fact.value()
              instanceof
              LogEvent.VtepProgrammed(var component, var address, var mac, var destination)
          && address.isPresent()) {
        latest.put(address.get(), fact);
        macs.put(address.get(), mac);
      } else if (fact.value()
              instanceof LogEvent.SubnetLearned(var component, var subnet, var via, var vtep)
          && vtep.isPresent()) {
        latest.putIfAbsent(subnet.address(), fact);
        macs.put(subnet.address(), vtep.get());
      }
    }
    latest.forEach((address, fact) -> {
      Optional<String> known = owners.nodeAt(address);
      Optional<String> owner =
          known.or(() -> latest.size() == 1 ? theOther(view, node) : Optional.empty());
      MacAddress mac = java.util.Objects.requireNonNull(macs.get(address));
      owner
          .filter(o -> !o.equals(node.name()))
          .ifPresent(o ->
              all.add(
                  new ProgrammedVtep(
                      node,
                      o,
                      known.isPresent(),
                      address,
                      mac,
                      fact.from(),
                      Optional.empty(),
                      Optional.empty())));
    });
  }

  /** Where the input has two nodes and this one has learned of one subnet, that is the other's. */
  private static Optional<String> theOther(ClusterView view, NodeState node) {
    Set<String> names = view.machines().stream().map(NodeState::name).collect(Collectors.toSet());
    boolean two =
        names.size() == 2
            && view.get(Section.NODES).values().allMatch(n -> names.contains(n.name()));
    return two ? names.stream().filter(n -> !n.equals(node.name())).findFirst() : Optional.empty();
  }
}
