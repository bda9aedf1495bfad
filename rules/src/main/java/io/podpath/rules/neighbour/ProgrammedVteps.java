package io.podpath.rules.neighbour;

import io.podpath.core.cni.LogEvent;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.MacAddress;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.node.Neighbour;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Collects by which MAC addresses a node reaches the VXLAN devices of the others. */
final class ProgrammedVteps {

  private final ClusterView view;
  private final Vteps vteps;

  ProgrammedVteps(ClusterView view, Vteps vteps) {
    this.view = view;
    this.vteps = vteps;
  }

  List<ProgrammedVtep> of(NodeState node) {
    List<ProgrammedVtep> all = new ArrayList<>();
    for (Fact<Neighbour> fact : Vteps.neighbours(node)) {
      fromNeighbour(node, fact).ifPresent(all::add);
    }
    for (Fact<FdbEntry> fact : VtepFdb.entries(node)) {
      boolean told = all.stream().anyMatch(p -> p.isWrong() && p.mac().equals(fact.value().mac()));
      if (!told) {
        fromFdb(node, fact).ifPresent(all::add);
      }
    }
    if (node.get(Section.NEIGHBOURS).isNotGathered()) {
      fromLog(node, all);
    }
    return all;
  }

  private Optional<ProgrammedVtep> fromNeighbour(NodeState node, Fact<Neighbour> fact) {
    String device = fact.value().device().orElseThrow();
    MacAddress mac = fact.value().mac().orElseThrow();
    return vteps
        .nodeBehind(fact.value().address())
        .filter(o -> !o.equals(node.name()))
        .flatMap(o -> vteps.truth(o, device))
        .map(truth ->
            new ProgrammedVtep(
                node,
                truth.node(),
                truth,
                true,
                Optional.of(fact.value().address()),
                mac,
                fact.from(),
                Optional.of(fact),
                towards(node, device, mac, truth.node()),
                knows(node, device, truth.mac())));
  }

  /** The forwarding entry of this MAC address that leads to this node. */
  private Optional<Fact<FdbEntry>> towards(
      NodeState node, String device, MacAddress mac, String owner) {
    return VtepFdb.entries(node).stream()
        .filter(f -> f.value().mac().equals(mac))
        .filter(f -> f.value().device().filter(device::equals).isPresent())
        .filter(f ->
            f.value()
                .destination()
                .filter(d -> view.plan().ownersOf(d).contains(owner))
                .isPresent())
        .findFirst();
  }

  private static boolean knows(NodeState node, String device, MacAddress mac) {
    return VtepFdb.entries(node).stream()
        .anyMatch(f ->
            f.value().mac().equals(mac) && f.value().device().filter(device::equals).isPresent());
  }

  /**
   * A forwarding entry by itself is wrong when it leads to a node by a MAC address nobody has while
   * the node's own has no entry. One left behind beside the right one does no harm.
   */
  private Optional<ProgrammedVtep> fromFdb(NodeState node, Fact<FdbEntry> fact) {
    Entries<FdbEntry> table = node.get(Section.FDB);
    String device = fact.value().device().orElseThrow();
    MacAddress mac = fact.value().mac();
    if (!table.isComplete() || !vteps.holders(mac, device, Vteps.Origin.LINK).isEmpty()) {
      return Optional.empty();
    }
    return fact.value()
        .destination()
        .flatMap(d -> view.plan().ownerOf(d))
        .filter(o -> !o.equals(node.name()))
        .flatMap(o -> vteps.truth(o, device))
        .filter(truth -> !knows(node, device, truth.mac()))
        .map(truth ->
            new ProgrammedVtep(
                node,
                truth.node(),
                truth,
                true,
                Optional.empty(),
                mac,
                fact.from(),
                Optional.empty(),
                Optional.of(fact),
                false));
  }

  /** What a log line says flanneld wrote for one remote subnet; later lines count. */
  private record Logged(MacAddress mac, Fact<LogEvent> fact) {}

  private void fromLog(NodeState node, List<ProgrammedVtep> all) {
    Map<IpAddress, Logged> latest = new LinkedHashMap<>();
    for (Fact<LogEvent> fact : node.get(Section.LOGS).facts()) {
      if (fact.value()
              instanceof LogEvent.VtepProgrammed(var component, var address, var mac, var to)
          && address.isPresent()) {
        latest.put(address.get(), new Logged(mac, fact));
      } else if (fact.value()
              instanceof LogEvent.SubnetLearned(var component, var subnet, var via, var vtep)
          && vtep.isPresent()) {
        latest.put(subnet.address(), new Logged(vtep.get(), fact));
      }
    }
    latest.forEach((address, logged) -> {
      Optional<String> known = vteps.nodeBehind(address);
      Optional<String> owner =
          known.or(() -> latest.size() == 1 ? theOther(node) : Optional.empty());
      owner
          .filter(o -> !o.equals(node.name()))
          .flatMap(vteps::flannelTruth)
          .ifPresent(truth ->
              all.add(
                  new ProgrammedVtep(
                      node,
                      truth.node(),
                      truth,
                      false,
                      Optional.of(address),
                      logged.mac(),
                      logged.fact().from(),
                      Optional.empty(),
                      Optional.empty(),
                      false)));
    });
  }

  /** Where the input has two nodes and this one has learned of one subnet, that is the other's. */
  private Optional<String> theOther(NodeState node) {
    Set<String> names = view.machines().stream().map(NodeState::name).collect(Collectors.toSet());
    boolean two =
        names.size() == 2
            && view.get(Section.NODES).values().allMatch(n -> names.contains(n.name()));
    return two ? names.stream().filter(n -> !n.equals(node.name())).findFirst() : Optional.empty();
  }
}
