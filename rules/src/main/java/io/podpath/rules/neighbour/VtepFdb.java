package io.podpath.rules.neighbour;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.MacAddress;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.node.Neighbour;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Evidence;
import io.podpath.core.snapshot.AddressPlan;
import io.podpath.core.snapshot.AddressPlan.AddressClaim;
import io.podpath.core.snapshot.AddressPlan.AddressOrigin;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Devices;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Holds the forwarding entries of VXLAN devices against the nodes they lead to. */
final class VtepFdb {

  /** What can be said of one entry. */
  sealed interface Judgement {
    record Right() implements Judgement {}

    record Wrong(FdbFault fault) implements Judgement {}

    /**
     * @param reason what was not gathered
     */
    record Open(String reason) implements Judgement {}
  }

  /** The same MAC address in the forwarding entries of another node. */
  record Elsewhere(String node, Fact<FdbEntry> entry) {}

  private final ClusterView view;
  private final Vteps vteps;

  VtepFdb(ClusterView view, Vteps vteps) {
    this.view = view;
    this.vteps = vteps;
  }

  /**
   * Entries that send frames for one MAC address somewhere; broadcast and default entries name no
   * node.
   */
  static List<Fact<FdbEntry>> entries(NodeState node) {
    return node.get(Section.FDB)
        .where(e ->
            e.destination().isPresent()
                && !e.mac().isZero()
                && (e.mac().bits() & MULTICAST) == 0
                && e.device().filter(Devices::isVtep).isPresent());
  }

  private static final long MULTICAST = 1L << 40;

  Judgement judge(NodeState node, Fact<FdbEntry> entry) {
    MacAddress mac = entry.value().mac();
    String device = entry.value().device().orElseThrow();
    IpAddress destination = entry.value().destination().orElseThrow();
    List<Vteps.Claim> held = vteps.holders(mac, device, Vteps.Origin.LINK);
    if (held.isEmpty()) {
      held = vteps.holders(mac, device, Vteps.Origin.ANNOTATION);
    }
    List<Fact<Neighbour>> used =
        Vteps.neighbours(node).stream()
            .filter(n -> n.value().mac().filter(mac::equals).isPresent())
            .filter(n -> n.value().device().filter(device::equals).isPresent())
            .toList();
    Set<String> owners = new LinkedHashSet<>();
    held.forEach(c -> owners.add(c.node()));
    List<Evidence> evidence = new ArrayList<>();
    held.forEach(c ->
        evidence.add(new Evidence(c.text(), c.from(), mac + " is " + device + " of " + c.node())));
    for (Fact<Neighbour> neighbour : used) {
      Optional<String> behind = vteps.nodeBehind(neighbour.value().address());
      behind.ifPresent(owners::add);
      behind.ifPresent(b ->
          evidence.add(
              Evidence.of(
                  neighbour,
                  node.name()
                      + " uses "
                      + mac
                      + " for "
                      + neighbour.value().address()
                      + ", which "
                      + b
                      + " has")));
    }
    owners.remove(node.name());
    if (owners.isEmpty()) {
      return new Judgement.Open(
          "forwarding entry of "
              + mac
              + ": no gathered link, annotation or neighbour entry tells whose it is");
    }
    Set<String> at = view.plan().ownersOf(destination);
    if (owners.stream().anyMatch(at::contains)) {
      return new Judgement.Right();
    }
    if (owners.size() > 1) {
      return new Judgement.Open(
          "forwarding entry of "
              + mac
              + ": claimed for "
              + String.join(" and ", owners)
              + ", as after cloning a machine");
    }
    String owner = owners.iterator().next();
    return certainty(mac, device, owner, destination, node)
        .<Judgement>map(c ->
            new Judgement.Wrong(new FdbFault(node, entry, device, destination, owner, c, evidence)))
        .orElseGet(() ->
            agreed(mac, device, destination, node)
                ? new Judgement.Right()
                : new Judgement.Open(
                    "forwarding entry of "
                        + mac
                        + ": the addresses of "
                        + owner
                        + " were not gathered"));
  }

  /** Empty when it cannot be said that the address is not the owner's. */
  private Optional<Certainty> certainty(
      MacAddress mac, String device, String owner, IpAddress destination, NodeState node) {
    AddressPlan plan = view.plan();
    boolean whole =
        view.snapshot()
            .node(owner)
            .filter(n -> n.named() && n.get(Section.ADDRESSES).isComplete())
            .isPresent();
    boolean published =
        plan.addressesOf(owner).stream()
            .anyMatch(c ->
                c.address().family() == destination.family()
                    && (c.origin() == AddressOrigin.FLANNEL_PUBLIC_IP
                        || c.origin() == AddressOrigin.CALICO_BGP));
    if (!plan.ownersOf(destination).isEmpty()) {
      return Optional.of(whole || published ? Certainty.PROVEN : Certainty.LIKELY);
    }
    // Behind address translation a node is reached by an address it does not have; then all others
    // use it.
    if (agreed(mac, device, destination, node) && !published) {
      return Optional.empty();
    }
    if (published) {
      return Optional.of(Certainty.PROVEN);
    }
    return whole ? Optional.of(Certainty.LIKELY) : Optional.empty();
  }

  private boolean agreed(MacAddress mac, String device, IpAddress destination, NodeState node) {
    return elsewhere(mac, device, node).stream()
        .anyMatch(e -> e.entry().value().destination().filter(destination::equals).isPresent());
  }

  private List<Elsewhere> elsewhere(MacAddress mac, String device, NodeState node) {
    List<Elsewhere> found = new ArrayList<>();
    for (NodeState other : view.machines()) {
      if (!other.name().equals(node.name())) {
        entries(other).stream()
            .filter(e ->
                e.value().mac().equals(mac)
                    && e.value().device().filter(device::equals).isPresent())
            .forEach(e -> found.add(new Elsewhere(other.name(), e)));
      }
    }
    return found;
  }

  /** Up to two nodes that send this MAC address where it belongs. */
  List<Elsewhere> rightElsewhere(FdbFault fault) {
    return elsewhere(fault.entry().value().mac(), fault.device(), fault.node()).stream()
        .filter(e ->
            e.entry()
                .value()
                .destination()
                .filter(d -> view.plan().ownersOf(d).contains(fault.owner()))
                .isPresent())
        .limit(2)
        .toList();
  }

  /** The address the owner is announced with, else the one other nodes send to. */
  Optional<AddressClaim> rightAddress(FdbFault fault) {
    Optional<AddressClaim> announced =
        view.plan().announcedAddress(fault.owner(), fault.destination().family());
    return announced.or(() ->
        rightElsewhere(fault).stream()
            .flatMap(e -> e.entry().value().destination().stream())
            .flatMap(d ->
                view.plan().addressesOf(fault.owner()).stream().filter(c -> c.address().equals(d)))
            .findFirst());
  }
}
