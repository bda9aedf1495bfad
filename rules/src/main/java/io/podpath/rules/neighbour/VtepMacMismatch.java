package io.podpath.rules.neighbour;

import com.google.auto.service.AutoService;
import io.podpath.core.fix.Change;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.FixSafety;
import io.podpath.core.net.MacAddress;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.node.Neighbour;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.EntryState;
import io.podpath.core.rule.Evidence;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.FindingBuilder;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.FabricKind;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Disposition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Nodes address another node's VXLAN device by a MAC address it does not have. */
@AutoService(Rule.class)
public final class VtepMacMismatch implements Rule {

  @Override
  public String id() {
    return "vtep-mac-mismatch";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "Nodes address another node's VXLAN device by a MAC address it does not have";
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector out = new Outcome.Collector(this);
    if (view.fabric() != FabricKind.FLANNEL_VXLAN && view.fabric() != FabricKind.CALICO_VXLAN) {
      return out.done();
    }
    VtepOwners owners = new VtepOwners(view);
    Map<List<Object>, List<ProgrammedVtep>> wrong = new LinkedHashMap<>();
    for (NodeState node : view.machines()) {
      if (!node.get(Section.NEIGHBOURS).isComplete() && node.get(Section.LOGS).isNotGathered()) {
        out.notChecked(node.name(), "neighbours: " + node.get(Section.NEIGHBOURS).coverage().gap());
      }
      for (ProgrammedVtep programmed : ProgrammedVtep.of(view, owners, node)) {
        Optional<VtepOwners.Vtep> truth = owners.of(programmed.owner());
        if (truth.filter(t -> !t.mac().equals(programmed.mac())).isPresent()) {
          wrong
              .computeIfAbsent(
                  List.of(programmed.owner(), programmed.mac()), k -> new ArrayList<>())
              .add(programmed);
        }
      }
    }
    wrong.values().forEach(group -> out.found(finding(owners, group)));
    return out.done();
  }

  private Finding finding(VtepOwners owners, List<ProgrammedVtep> group) {
    ProgrammedVtep first = group.getFirst();
    String owner = first.owner();
    MacAddress stale = first.mac();
    VtepOwners.Vtep truth = owners.of(owner).orElseThrow();
    Optional<VtepOwners.Vtep> announced = owners.of(owner, VtepOwners.Origin.ANNOTATION);
    boolean byDevice = truth.origin() == VtepOwners.Origin.LINK;
    boolean announcementStale =
        byDevice && announced.filter(a -> a.mac().equals(stale)).isPresent();
    boolean sure = byDevice && group.stream().allMatch(ProgrammedVtep::sure);
    FindingBuilder builder =
        new FindingBuilder(this, severity())
            .certainty(sure ? Certainty.PROVEN : Certainty.LIKELY)
            .title(
                (group.size() == 1
                        ? first.node().name() + " addresses"
                        : group.size()
                            + " nodes ("
                            + first.node().name()
                            + ", "
                            + group.get(1).node().name()
                            + (group.size() > 2 ? " …) address" : ") address"))
                    + " the VXLAN device of "
                    + owner
                    + " by "
                    + stale
                    + ", but it has "
                    + truth.mac())
            .why(
                "The inner frame carries the MAC address of the neighbour entry. "
                    + owner
                    + " takes it out of the tunnel, sees that it is for another MAC and drops it; a capture there shows packets on the card and"
                    + " none on the VXLAN device. "
                    + whichIsStale(owner, announcementStale, announced.isPresent(), byDevice))
            .expected(
                first.address()
                    + " lladdr "
                    + truth.mac()
                    + "    ("
                    + (byDevice
                        ? "the device itself on " + owner
                        : "announced by flanneld of " + owner)
                    + ")")
            .disposition(Disposition.WRONG_TUNNEL_ENDPOINT)
            .evidence(Evidence.raw(truth.from(), owner + " has " + truth.mac()));
    List<Change> changes = new ArrayList<>();
    for (ProgrammedVtep programmed : group) {
      String node = programmed.node().name();
      String label = owner + " has " + truth.mac();
      programmed
          .neighbour()
          .ifPresentOrElse(
              n ->
                  builder.culprit(
                      Culprit.wrong(node, EntryKind.NEIGH, n, "lladdr " + stale, label)),
              () ->
                  builder.culprit(
                      Culprit.of(
                          Optional.of(node),
                          EntryKind.LOG,
                          programmed.from().raw().strip(),
                          EntryState.WRONG,
                          programmed.from(),
                          stale.toString(),
                          label)));
      programmed
          .fdb()
          .ifPresent(f ->
              builder.culprit(
                  Culprit.wrong(
                      node, EntryKind.FDB, f, stale.toString(), "no node has this MAC any more")));
      builder.affectsBothWays(node, owner);
      programmed
          .neighbour()
          .ifPresent(n ->
              changes.add(
                  new Change.ReplaceNeighbour(node, n.value(), with(n.value(), truth.mac()))));
      programmed
          .fdb()
          .ifPresent(f ->
              changes.add(new Change.ReplaceFdb(node, f.value(), with(f.value(), truth.mac()))));
    }
    if (announcementStale) {
      builder.culprit(
          Culprit.of(
              Optional.of(owner),
              EntryKind.OBJECT,
              "VtepMAC: " + stale,
              EntryState.WRONG,
              announced.orElseThrow().from(),
              stale.toString(),
              "announced, but the device has " + truth.mac()));
    }
    String lasting =
        announcementStale || announced.isEmpty()
            ? "restart flanneld on "
                + owner
                + ", which announces the MAC anew, and keep the system from changing it: a .link file for flannel* with MACAddressPolicy=none"
                + " (systemd 242 and later give virtual links a persistent MAC of their own)"
            : "restart flanneld on "
                + first.node().name()
                + ", which reads all announcements again";
    String owns =
        "flanneld writes neighbour and forwarding entries when it learns of a node and never looks at them again";
    return builder
        .seeByHand(
            "ip neigh show dev flannel.1    # on " + first.node().name(),
            "ip link show flannel.1    # on " + owner)
        .fix(
            changes.isEmpty()
                ? Fix.advice(owns, lasting)
                : new Fix(FixSafety.SAFE, changes, owns, lasting))
        .build();
  }

  private static String whichIsStale(
      String owner, boolean announcementStale, boolean announced, boolean byDevice) {
    if (announcementStale) {
      return "The announcement on Node/"
          + owner
          + " has the old MAC too: the device changed its MAC after flanneld had announced it.";
    }
    if (!byDevice) {
      return "The device itself was not recorded; the announcement on Node/"
          + owner
          + " and these entries do not agree.";
    }
    return announced
        ? "The announcement on Node/" + owner + " is right: the entries here are stale."
        : "What flanneld of "
            + owner
            + " announces was not recorded; either the device changed its MAC after that, or the entries here are stale.";
  }

  private static Neighbour with(Neighbour entry, MacAddress mac) {
    return new Neighbour(
        entry.address(), entry.device(), Optional.of(mac), entry.states(), entry.flags());
  }

  private static FdbEntry with(FdbEntry entry, MacAddress mac) {
    return new FdbEntry(
        mac,
        entry.device(),
        entry.destination(),
        entry.port(),
        entry.vni(),
        entry.vlan(),
        entry.master(),
        entry.flags());
  }
}
