package io.podpath.rules.neighbour;

import com.google.auto.service.AutoService;
import io.podpath.core.fix.Change;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.FixSafety;
import io.podpath.core.fix.ShellWord;
import io.podpath.core.net.MacAddress;
import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.EntryState;
import io.podpath.core.rule.Evidence;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.FindingBuilder;
import io.podpath.core.rule.Need;
import io.podpath.core.rule.Needs;
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

  private static final String OWNS =
      "flanneld writes neighbour and forwarding entries when it learns of a node and never looks at"
          + " them again";

  private static final String KEEP =
      ", which announces the MAC address anew, and keep the system from changing it: a .link file"
          + " for flannel* with MACAddressPolicy=none (systemd 242 and later give virtual links a"
          + " persistent MAC address of their own)";

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
  public Needs needs() {
    return Needs.of(
            Need.any("neighbour entries (ip neigh)", Section.NEIGHBOURS, Section.LOGS),
            Need.any("MAC addresses of the VXLAN devices", Section.LINKS, Section.NODES))
        .on(FabricKind.FLANNEL_VXLAN, FabricKind.CALICO_VXLAN);
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector out = new Outcome.Collector(this);
    if (!Vteps.apply(view)) {
      return out.done();
    }
    Vteps vteps = Vteps.of(view);
    ProgrammedVteps programmed = new ProgrammedVteps(view, vteps);
    Map<List<Object>, List<ProgrammedVtep>> wrong = new LinkedHashMap<>();
    List<ProgrammedVtep> right = new ArrayList<>();
    for (NodeState node : view.machines()) {
      boolean open = !node.get(Section.NEIGHBOURS).isComplete();
      if (open && node.get(Section.LOGS).isNotGathered() && !Vteps.devices(node).isEmpty()) {
        out.notChecked(
            node.name(),
            "neighbour entries (ip neigh): " + node.get(Section.NEIGHBOURS).coverage().gap());
      }
      for (ProgrammedVtep entry : programmed.of(node)) {
        if (entry.isWrong()) {
          wrong
              .computeIfAbsent(
                  List.of(entry.owner(), entry.truth().device(), entry.mac()),
                  k -> new ArrayList<>())
              .add(entry);
        } else {
          right.add(entry);
        }
      }
    }
    wrong.values().forEach(group -> out.found(finding(vteps, group)));
    for (Vteps.Claim claim : vteps.claims()) {
      boolean told =
          wrong.values().stream()
              .anyMatch(g ->
                  g.getFirst().owner().equals(claim.node())
                      && g.getFirst().mac().equals(claim.mac()));
      if (claim.origin() == Vteps.Origin.ANNOTATION && !told) {
        vteps
            .link(claim.node(), claim.device())
            .filter(l -> !l.mac().equals(claim.mac()))
            .ifPresent(l -> out.found(announcement(view, claim, l, right)));
      }
    }
    return out.done();
  }

  private Finding finding(Vteps vteps, List<ProgrammedVtep> group) {
    ProgrammedVtep first = group.getFirst();
    String owner = first.owner();
    MacAddress stale = first.mac();
    Vteps.Claim truth = first.truth();
    Optional<Vteps.Claim> announced = vteps.annotation(owner, truth.device());
    boolean byDevice = truth.origin() == Vteps.Origin.LINK;
    boolean announcementStale =
        byDevice && announced.filter(a -> a.mac().equals(stale)).isPresent();
    boolean sure = byDevice && group.stream().allMatch(ProgrammedVtep::sure);
    FindingBuilder builder =
        new FindingBuilder(this, severity())
            .certainty(sure ? Certainty.PROVEN : Certainty.LIKELY)
            .title(
                who(group)
                    + " the VXLAN device of "
                    + owner
                    + " by "
                    + stale
                    + ", but it has "
                    + truth.mac())
            .why(
                "The inner frame carries the MAC address of the neighbour entry. "
                    + owner
                    + " takes it out of the tunnel, sees that it is for another MAC address and"
                    + " drops it; a capture there shows packets on the card and none on "
                    + truth.device()
                    + ". "
                    + whichIsStale(truth, announcementStale, announced.isPresent()))
            .expected(
                first.address().map(a -> a + " lladdr ").orElse("")
                    + truth.mac()
                    + "    ("
                    + (byDevice
                        ? truth.device() + " of " + owner
                        : "announced by flanneld of " + owner)
                    + ")")
            .disposition(Disposition.WRONG_TUNNEL_ENDPOINT)
            .evidence(new Evidence(truth.text(), truth.from(), owner + " has " + truth.mac()));
    List<Change> changes = new ArrayList<>();
    group.forEach(p -> add(builder, changes, p));
    if (announcementStale) {
      builder.culprit(announced.map(a -> stale(a, truth)).orElseThrow());
    } else {
      announced
          .filter(a -> byDevice)
          .ifPresent(a -> builder.evidence(new Evidence(a.text(), a.from(), "announced rightly")));
    }
    String lasting =
        announcementStale || announced.isEmpty()
            ? "restart flanneld on " + owner + KEEP
            : "restart flanneld on "
                + first.node().name()
                + ", which reads all announcements again";
    return builder
        .seeByHand(
            "ip neigh show dev "
                + ShellWord.quoted(truth.device())
                + "    # on "
                + ShellWord.quoted(first.node().name()),
            "ip link show "
                + ShellWord.quoted(truth.device())
                + "    # on "
                + ShellWord.quoted(owner))
        .fix(
            changes.isEmpty()
                ? Fix.advice(OWNS, lasting)
                : new Fix(FixSafety.SAFE, changes, OWNS, lasting))
        .build();
  }

  private static void add(FindingBuilder builder, List<Change> changes, ProgrammedVtep entry) {
    String node = entry.node().name();
    MacAddress right = entry.truth().mac();
    String label = entry.truth().device() + " of " + entry.owner() + " has " + right;
    entry
        .neighbour()
        .ifPresent(n -> {
          builder.culprit(Culprit.wrong(node, EntryKind.NEIGH, n, "lladdr " + entry.mac(), label));
          changes.add(new Change.ReplaceNeighbour(node, n.value(), n.value().withMac(right)));
        });
    entry
        .fdb()
        .ifPresent(f -> {
          builder.culprit(Culprit.wrong(node, EntryKind.FDB, f, entry.mac().toString(), label));
          if (!entry.fdbHasTruth()) {
            changes.add(new Change.ReplaceFdb(node, f.value(), f.value().withMac(right)));
          }
        });
    if (entry.neighbour().isEmpty() && entry.fdb().isEmpty()) {
      builder.culprit(
          Culprit.of(
              Optional.of(node),
              EntryKind.LOG,
              entry.from().raw().strip(),
              EntryState.WRONG,
              entry.from(),
              entry.mac().toString(),
              label));
    }
    builder.affectsBothWays(node, entry.owner());
  }

  /** The announcement alone is stale: what it harms depends on whether others have learned it. */
  private Finding announcement(
      ClusterView view, Vteps.Claim announced, Vteps.Claim device, List<ProgrammedVtep> right) {
    String owner = announced.node();
    List<ProgrammedVtep> good = right.stream().filter(p -> p.owner().equals(owner)).toList();
    FindingBuilder builder =
        new FindingBuilder(this, good.isEmpty() ? Severity.ERROR : Severity.WARNING)
            .certainty(good.isEmpty() ? Certainty.LIKELY : Certainty.PROVEN)
            .title(
                "Node/"
                    + owner
                    + " announces the MAC address "
                    + announced.mac()
                    + ", but its "
                    + device.device()
                    + " has "
                    + device.mac())
            .why(
                "The other nodes write the announced MAC address into their neighbour and"
                    + " forwarding entries; "
                    + owner
                    + " drops frames with another one than its own. The device changed its MAC"
                    + " address after flanneld had announced it."
                    + (good.isEmpty()
                        ? ""
                        : " Entries that were read are still right: it breaks with the next restart"
                            + " of flanneld there, and for nodes that join."))
            .expected(announced.text().replace(announced.mac().toString(), device.mac().toString()))
            .culprit(stale(announced, device))
            .evidence(new Evidence(device.text(), device.from(), owner + " has " + device.mac()))
            .disposition(Disposition.WRONG_TUNNEL_ENDPOINT)
            .seeByHand(
                "kubectl get node " + ShellWord.quoted(owner) + " -o yaml | grep backend-data",
                "ip link show "
                    + ShellWord.quoted(device.device())
                    + "    # on "
                    + ShellWord.quoted(owner))
            .fix(Fix.advice(OWNS, "restart flanneld on " + owner + KEEP));
    if (good.isEmpty()) {
      view.nodes().forEach(n -> builder.affectsBothWays(owner, n.name()));
    }
    good.forEach(
        p -> p.neighbour().ifPresent(n -> builder.evidence(Evidence.of(n, "still right"))));
    return builder.build();
  }

  private static Culprit stale(Vteps.Claim announced, Vteps.Claim device) {
    return Culprit.of(
        Optional.of(announced.node()),
        EntryKind.OBJECT,
        announced.text(),
        EntryState.WRONG,
        announced.from(),
        announced.mac().toString(),
        "announced, but the device has " + device.mac());
  }

  private static String who(List<ProgrammedVtep> group) {
    List<String> nodes = group.stream().map(p -> p.node().name()).distinct().toList();
    return nodes.size() == 1
        ? nodes.getFirst() + " addresses"
        : nodes.size()
            + " nodes ("
            + nodes.get(0)
            + ", "
            + nodes.get(1)
            + (nodes.size() > 2 ? " …) address" : ") address");
  }

  private static String whichIsStale(
      Vteps.Claim truth, boolean announcementStale, boolean announced) {
    String node = "Node/" + truth.node();
    if (announcementStale) {
      return "The announcement on "
          + node
          + " has the old MAC address too: the device changed its own after flanneld had announced"
          + " it.";
    }
    if (truth.origin() == Vteps.Origin.ANNOTATION) {
      return "The device itself was not recorded; the announcement on "
          + node
          + " and these entries do not agree.";
    }
    return announced
        ? "The announcement on " + node + " is right: the entries here are stale."
        : "What flanneld of "
            + truth.node()
            + " announces was not recorded; either the device changed its MAC address after that,"
            + " or the entries here are stale.";
  }
}
