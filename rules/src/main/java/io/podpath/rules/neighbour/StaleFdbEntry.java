package io.podpath.rules.neighbour;

import com.google.auto.service.AutoService;
import io.podpath.core.fix.Change;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.FixSafety;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.MacAddress;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.node.Neighbour;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.Evidence;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.FindingBuilder;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.AddressPlan;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.FabricKind;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Disposition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A VXLAN forwarding entry sends the frames for a node's VXLAN device to another address than that
 * node's.
 */
@AutoService(Rule.class)
public final class StaleFdbEntry implements Rule {

  @Override
  public String id() {
    return "stale-fdb-entry";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "A VXLAN forwarding entry sends traffic for a node to an address that is not its";
  }

  /**
   * @param owner the node with this MAC
   * @param sure whether that node's own device or annotation says so
   */
  private record Stale(
      NodeState node, Fact<FdbEntry> entry, String owner, boolean sure, List<Evidence> evidence) {}

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector out = new Outcome.Collector(this);
    if (view.fabric() != FabricKind.FLANNEL_VXLAN && view.fabric() != FabricKind.CALICO_VXLAN) {
      return out.done();
    }
    VtepOwners owners = new VtepOwners(view);
    Map<List<Object>, List<Stale>> byEntry = new LinkedHashMap<>();
    for (NodeState node : view.machines()) {
      Entries<FdbEntry> table = node.get(Section.FDB);
      if (!table.isComplete()) {
        out.notChecked(node.name(), "fdb: " + table.coverage().gap());
      }
      for (Fact<FdbEntry> fact : table.facts()) {
        boolean vxlan = fact.value().device().map(VtepOwners::isVtep).orElse(true);
        if (vxlan && fact.value().destination().isPresent() && !fact.value().mac().isZero()) {
          stale(view, owners, node, fact)
              .ifPresent(s ->
                  byEntry
                      .computeIfAbsent(
                          List.of(fact.value().mac(), fact.value().destination()),
                          k -> new ArrayList<>())
                      .add(s));
        }
      }
    }
    byEntry.values().forEach(group -> out.found(finding(view, group)));
    return out.done();
  }

  private static Optional<Stale> stale(
      ClusterView view, VtepOwners owners, NodeState node, Fact<FdbEntry> fact) {
    MacAddress mac = fact.value().mac();
    IpAddress destination = fact.value().destination().orElseThrow();
    List<Evidence> evidence = new ArrayList<>();
    Optional<VtepOwners.Vtep> vtep = owners.with(mac);
    Optional<String> owner = vtep.map(VtepOwners.Vtep::node);
    if (vtep.isPresent()) {
      evidence.add(
          Evidence.raw(vtep.get().from(), mac + " is the VXLAN device of " + vtep.get().node()));
    } else {
      Optional<Fact<Neighbour>> neighbour = neighbour(node, mac);
      owner = neighbour.flatMap(n -> owners.nodeAt(n.value().address()));
      if (owner.isPresent()) {
        evidence.add(
            Evidence.of(
                neighbour.orElseThrow(),
                "on " + node.name() + " this MAC stands for " + owner.get()));
      }
    }
    if (owner.isEmpty() || owner.get().equals(node.name())) {
      return Optional.empty();
    }
    Set<IpAddress> addresses = new LinkedHashSet<>();
    view.plan().addressesOf(owner.get()).forEach(c -> addresses.add(c.address()));
    boolean known = addresses.stream().anyMatch(a -> a.family() == destination.family());
    if (!known || addresses.contains(destination) || !wellKnown(view, owner.get(), destination)) {
      return Optional.empty();
    }
    return Optional.of(new Stale(node, fact, owner.get(), vtep.isPresent(), evidence));
  }

  /**
   * An address nobody has may be a further one of the owner, unless its addresses or flannel's own
   * word on it were read.
   */
  private static boolean wellKnown(ClusterView view, String owner, IpAddress destination) {
    boolean announced =
        view.plan().addressesOf(owner).stream()
            .anyMatch(c ->
                c.origin() == AddressPlan.AddressOrigin.FLANNEL_PUBLIC_IP
                    || c.origin() == AddressPlan.AddressOrigin.CALICO_BGP);
    boolean listed =
        view.snapshot().node(owner).filter(n -> n.get(Section.ADDRESSES).isComplete()).isPresent();
    return announced || listed || !view.plan().ownersOf(destination).isEmpty();
  }

  private static Optional<Fact<Neighbour>> neighbour(NodeState node, MacAddress mac) {
    return node
        .get(Section.NEIGHBOURS)
        .where(n ->
            n.mac().filter(mac::equals).isPresent()
                && n.device().map(VtepOwners::isVtep).orElse(true))
        .stream()
        .findFirst();
  }

  private Finding finding(ClusterView view, List<Stale> group) {
    Stale first = group.getFirst();
    IpAddress wrong = first.entry().value().destination().orElseThrow();
    String owner = first.owner();
    Optional<AddressPlan.AddressClaim> right =
        right(view, owner, wrong.family(), first.entry().value().mac());
    Set<String> at = view.plan().ownersOf(wrong);
    boolean elsewhere = !at.isEmpty();
    // an address nobody in the input has may still be one more address of the owner, unless the
    // owner's own list of addresses was read
    boolean listed =
        view.snapshot().node(owner).filter(n -> n.get(Section.ADDRESSES).isComplete()).isPresent();
    Certainty certainty =
        first.sure() && (elsewhere || listed) ? Certainty.PROVEN : Certainty.LIKELY;
    FindingBuilder builder =
        new FindingBuilder(this, severity())
            .certainty(certainty)
            .title(
                who(group)
                    + " VXLAN packets for "
                    + owner
                    + " to "
                    + wrong
                    + (elsewhere
                        ? ", which is " + String.join(" and ", at)
                        : ", an address no known node has"))
            .why(
                "A VXLAN device sends a frame to the address which its forwarding entry has for the frame's MAC. "
                    + (elsewhere
                        ? String.join(" and ", at)
                            + " gets the packets, decapsulates them, and finds a MAC address that is not its own: it drops them."
                        : "The packets leave the node and reach nobody.")
                    + " Routes and neighbours are right, and what "
                    + owner
                    + " sends still arrives, but is not answered.")
            .disposition(elsewhere ? Disposition.WRONG_TUNNEL_ENDPOINT : Disposition.NO_SUCH_NODE)
            .explainedBy("node-address-claimed-twice");
    List<Change> changes = new ArrayList<>();
    for (Stale stale : group) {
      String node = stale.node().name();
      builder.culprit(
          Culprit.wrong(
              node,
              EntryKind.FDB,
              stale.entry(),
              "dst " + wrong,
              (elsewhere ? wrong + " is " + String.join(" and ", at) : "no node has " + wrong)
                  + right.map(r -> "; " + owner + " is " + r.address()).orElse("")));
      stale.evidence().forEach(builder::evidence);
      builder.affectsBothWays(node, owner);
      right.ifPresent(r ->
          changes.add(
              new Change.ReplaceFdb(
                  node,
                  stale.entry().value(),
                  withDestination(stale.entry().value(), r.address()))));
    }
    right.ifPresent(r -> builder.evidence(Evidence.raw(r.from(), owner + " is " + r.address())));
    String agent = view.fabric() == FabricKind.CALICO_VXLAN ? "Felix" : "flanneld";
    String owns =
        view.fabric() == FabricKind.CALICO_VXLAN
            ? "Felix owns the entry and writes it again when it runs"
            : "flanneld writes the entry when it learns of the node and never looks at it again";
    String lasting =
        "restart "
            + agent
            + " on "
            + first.node().name()
            + ": it missed that "
            + owner
            + " changed its address, or somebody else wrote the entry";
    return builder
        .expected(
            right
                .map(r -> "dst " + r.address() + "    (" + owner + ")")
                .orElse("dst with an address of " + owner))
        .seeByHand(
            "bridge fdb show dev "
                + first.entry().value().device().orElse("flannel.1")
                + " | grep "
                + first.entry().value().mac())
        .fix(
            changes.isEmpty()
                ? Fix.advice(owns, lasting)
                : new Fix(FixSafety.SAFE, changes, owns, lasting))
        .build();
  }

  private static String who(List<Stale> group) {
    String first = group.getFirst().node().name();
    return group.size() == 1
        ? first + " sends"
        : group.size()
            + " nodes ("
            + first
            + ", "
            + group.get(1).node().name()
            + (group.size() > 2 ? " …) send" : ") send");
  }

  /** The address to send to: announced, else the one other nodes use for this MAC. */
  private static Optional<AddressPlan.AddressClaim> right(
      ClusterView view, String owner, IpFamily family, MacAddress mac) {
    Optional<AddressPlan.AddressClaim> announced = view.plan().announcedAddress(owner, family);
    if (announced.isPresent()) {
      return announced;
    }
    return view.machines().stream()
        .flatMap(n -> n.get(Section.FDB).values())
        .filter(f -> f.mac().equals(mac))
        .flatMap(f -> f.destination().stream())
        .flatMap(d -> view.plan().addressesOf(owner).stream().filter(c -> c.address().equals(d)))
        .findFirst();
  }

  private static FdbEntry withDestination(FdbEntry entry, IpAddress destination) {
    return new FdbEntry(
        entry.mac(),
        entry.device(),
        Optional.of(destination),
        entry.port(),
        entry.vni(),
        entry.vlan(),
        entry.master(),
        entry.flags());
  }
}
