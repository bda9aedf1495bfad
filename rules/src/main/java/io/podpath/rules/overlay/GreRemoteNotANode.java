package io.podpath.rules.overlay;

import com.google.auto.service.AutoService;
import io.podpath.core.cluster.KubeNode;
import io.podpath.core.fix.Change;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.FixSafety;
import io.podpath.core.fix.ShellWord;
import io.podpath.core.net.IpAddress;
import io.podpath.core.rule.Certainty;
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
import io.podpath.core.snapshot.AddressPlan;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.FabricKind;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Disposition;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A GRE port of Open vSwitch sends to an address that no node has. */
@AutoService(Rule.class)
public final class GreRemoteNotANode implements Rule {

  @Override
  public String id() {
    return "gre-remote-not-a-node";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "A GRE port of Open vSwitch sends to an address that no node has";
  }

  @Override
  public Needs needs() {
    return Needs.of(Need.any("Open vSwitch ports", Section.OVS_PORTS)).on(FabricKind.OVS_GRE);
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector out = new Outcome.Collector(this);
    if (view.fabric() != FabricKind.OVS_GRE) {
      return out.done();
    }
    GreLinks links = new GreLinks(view);
    for (String node : links.nodes()) {
      for (GreLinks.Port stray : links.strays(node)) {
        // the other end tells whom it was meant for; without one the address may be a node's that
        // is not in the input
        List<GreLinks.Port> unanswered =
            links.unanswered(node).stream().filter(p -> hasAddress(view, p.node().name())).toList();
        if (!unanswered.isEmpty() || knowsAllNodes(view, links)) {
          out.found(finding(view, links, stray, unanswered));
        } else {
          out.notChecked(
              node, "whether " + stray.remote() + " is a node: not all nodes were recorded");
        }
      }
    }
    return out.done();
  }

  private static boolean knowsAllNodes(ClusterView view, GreLinks links) {
    Set<String> objects =
        view.get(Section.NODES).values().map(KubeNode::name).collect(Collectors.toSet());
    return view.get(Section.NODES).isComplete()
        && !objects.isEmpty()
        && links.nodes().containsAll(objects)
        && links.nodes().stream().allMatch(n -> hasAddress(view, n));
  }

  /** A node no address of which is known may be the very one that the port sends to. */
  private static boolean hasAddress(ClusterView view, String node) {
    return !view.plan().addressesOf(node).isEmpty();
  }

  private Finding finding(
      ClusterView view, GreLinks links, GreLinks.Port stray, List<GreLinks.Port> unanswered) {
    String node = stray.node().name();
    String port = stray.fact().value().interfaceName();
    Optional<GreLinks.Port> meant =
        unanswered.size() == 1 && links.strays(node).size() == 1
            ? Optional.of(unanswered.getFirst())
            : Optional.empty();
    Optional<IpAddress> right =
        meant
            .flatMap(m -> view.plan().announcedAddress(m.node().name(), stray.remote().family()))
            .map(AddressPlan.AddressClaim::address);
    boolean addressesRead =
        links.nodes().stream()
            .flatMap(n -> view.snapshot().node(n).stream())
            .allMatch(n -> n.get(Section.ADDRESSES).isComplete());
    FindingBuilder builder =
        new FindingBuilder(this, severity())
            .certainty(!unanswered.isEmpty() && addressesRead ? Certainty.PROVEN : Certainty.LIKELY)
            .title(
                "GRE port "
                    + port
                    + " of "
                    + node
                    + " sends to "
                    + stray.remote()
                    + ", which no node has"
                    + right
                        .map(r -> "; " + meant.orElseThrow().node().name() + " is " + r)
                        .orElse(""))
            .why(
                "Open vSwitch puts frames that leave by the port into GRE packets to remote_ip, where nobody takes them out. In the other direction it"
                    + " accepts GRE only from addresses that a port names, so what the other node sends is dropped here too.")
            .expected(
                right
                    .map(r -> "options: {remote_ip=\"" + r + "\"}")
                    .orElse("remote_ip with the address of another node"))
            .disposition(Disposition.NO_SUCH_NODE)
            .culprit(
                Culprit.wrong(
                    node,
                    EntryKind.OVS,
                    stray.fact(),
                    stray.remote().toString(),
                    "no node has " + stray.remote()))
            .seeByHand(
                "ovs-vsctl show",
                "ovs-vsctl get interface " + ShellWord.quoted(port) + " options",
                "ovs-appctl dpctl/dump-flows | grep " + stray.remote());
    for (GreLinks.Port other : unanswered) {
      builder.evidence(
          Evidence.of(
              other.fact(),
              other.node().name() + " has a port to " + node + ", which has none back"));
    }
    meant.ifPresent(m ->
        links
            .joinedBy(node, m.node().name())
            .forEach(p -> builder.affectsBothWays(p.getFirst(), p.getLast())));
    String owner = "ovsdb keeps the port's options; nobody rewrites them";
    return builder
        .fix(
            right.isPresent()
                ? new Fix(
                    FixSafety.SAFE,
                    List.of(
                        new Change.SetOvsOption(
                            node,
                            port,
                            "remote_ip",
                            Optional.of(stray.remote().toString()),
                            right.get().toString())),
                    owner,
                    "ovsdb is kept over a reboot; correct the script that made the port as well")
                : Fix.advice(
                    owner,
                    "ovs-vsctl set interface "
                        + ShellWord.quoted(port)
                        + " options:remote_ip=<address of the other node>"))
        .build();
  }
}
