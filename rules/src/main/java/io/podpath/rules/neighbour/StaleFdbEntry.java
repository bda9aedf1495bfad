package io.podpath.rules.neighbour;

import com.google.auto.service.AutoService;
import io.podpath.core.fix.Change;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.FixSafety;
import io.podpath.core.fix.ShellWord;
import io.podpath.core.net.IpAddress;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.Evidence;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.FindingBuilder;
import io.podpath.core.rule.Need;
import io.podpath.core.rule.Needs;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Rule;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.AddressPlan.AddressClaim;
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
 * A VXLAN forwarding entry sends the frames for one node to an address of another, or of nobody.
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
    return "A VXLAN forwarding entry names an address that is not its node's";
  }

  @Override
  public Needs needs() {
    return Needs.of(Need.any("forwarding entries (bridge fdb)", Section.FDB))
        .on(FabricKind.FLANNEL_VXLAN, FabricKind.CALICO_VXLAN);
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector outcome = new Outcome.Collector(this);
    if (!Vteps.apply(view)) {
      return outcome.done();
    }
    VtepFdb fdb = new VtepFdb(view, Vteps.of(view));
    Map<List<Object>, List<FdbFault>> faults = new LinkedHashMap<>();
    for (NodeState node : view.machines()) {
      Entries<FdbEntry> entries = node.get(Section.FDB);
      if (!entries.isComplete() && !Vteps.devices(node).isEmpty()) {
        outcome.notChecked(
            node.name(), "forwarding entries (bridge fdb): " + entries.coverage().gap());
      }
      for (Fact<FdbEntry> entry : VtepFdb.entries(node)) {
        switch (fdb.judge(node, entry)) {
          case VtepFdb.Judgement.Right() -> {}
          case VtepFdb.Judgement.Wrong(var fault) ->
              faults
                  .computeIfAbsent(
                      List.of(entry.value().mac(), fault.destination(), fault.owner()),
                      k -> new ArrayList<>())
                  .add(fault);
          case VtepFdb.Judgement.Open(var reason) -> outcome.notChecked(node.name(), reason);
        }
      }
    }
    faults.values().forEach(same -> outcome.found(finding(view, fdb, same)));
    return outcome.done();
  }

  private Finding finding(ClusterView view, VtepFdb fdb, List<FdbFault> faults) {
    FdbFault first = faults.getFirst();
    IpAddress wrong = first.destination();
    String owner = first.owner();
    Set<String> others = view.plan().ownersOf(wrong);
    Optional<AddressClaim> right = fdb.rightAddress(first);
    Set<String> nodes = new LinkedHashSet<>();
    faults.forEach(f -> nodes.add(f.node().name()));
    String whose =
        others.isEmpty()
            ? "which no known node has"
            : "the address of "
                + (others.size() == 1 && nodes.equals(others)
                    ? "the node itself"
                    : String.join(" and ", others));
    FindingBuilder finding =
        new FindingBuilder(this, Severity.ERROR)
            .certainty(first.certainty())
            .title(
                String.join(" and ", nodes)
                    + (nodes.size() == 1 ? " sends" : " send")
                    + " VXLAN packets for "
                    + owner
                    + " to "
                    + wrong
                    + ", "
                    + whose)
            .why(
                "The forwarding entry of a MAC address is the outer destination of every packet for"
                    + " the node behind it."
                    + (others.isEmpty()
                        ? " Nobody has this address on the network between the nodes, so the"
                            + " packets are lost there."
                        : " The node that gets them has another MAC address on its VXLAN device and"
                            + " drops them as not its own.")
                    + " Answers of "
                    + first.node().name()
                    + " take the same way, so the pair is cut in both directions.")
            .expected(
                right
                    .map(r ->
                        first.entry().value().withDestination(r.address())
                            + "    ("
                            + r.address()
                            + " is "
                            + owner
                            + ")")
                    .orElse("the address of " + owner + ", which was not recorded"))
            .disposition(
                others.isEmpty() ? Disposition.NO_SUCH_NODE : Disposition.WRONG_TUNNEL_ENDPOINT)
            .explainedBy("node-address-claimed-twice");
    List<Change> changes = new ArrayList<>();
    for (FdbFault fault : faults) {
      finding.culprit(
          Culprit.wrong(
              fault.node().name(),
              EntryKind.FDB,
              fault.entry(),
              "dst " + wrong,
              whose + right.map(r -> "; right is " + r.address()).orElse("")));
      fault.evidence().forEach(finding::evidence);
      finding.affectsBothWays(fault.node().name(), owner);
      right.ifPresent(r ->
          changes.add(
              new Change.ReplaceFdb(
                  fault.node().name(),
                  fault.entry().value(),
                  fault.entry().value().withDestination(r.address()))));
    }
    right.ifPresent(
        r -> finding.evidence(new Evidence(r.text(), r.from(), "the address of " + owner)));
    fdb.rightElsewhere(first)
        .forEach(e ->
            finding.evidence(
                Evidence.of(e.entry(), e.node() + " sends the same MAC address to " + owner)));
    String device = first.device();
    finding.seeByHand(
        "bridge fdb show dev "
            + ShellWord.quoted(device)
            + " | grep "
            + first.entry().value().mac(),
        "ip -d link show "
            + ShellWord.quoted(device)
            + "    # on "
            + ShellWord.quoted(owner)
            + ": its MAC address",
        "tcpdump -ni any udp port 8472 or udp port 4789    # outer destination");
    boolean flannel = device.startsWith("flannel");
    String daemon =
        flannel
            ? "flanneld writes an entry when it learns of a node and never looks at it again:"
                + " neither does it make this one good, nor does it undo the fix"
            : "Felix owns the entries of "
                + device
                + " and writes those that differ at its next resync";
    String lasting =
        flannel
            ? "restarting flanneld on " + String.join(" and ", nodes) + " writes all entries anew"
            : "restarting calico-node on "
                + String.join(" and ", nodes)
                + " makes Felix write all entries anew";
    return finding
        .fix(
            changes.isEmpty()
                ? Fix.advice(daemon, lasting)
                : new Fix(FixSafety.SAFE, changes, daemon, lasting))
        .build();
  }
}
