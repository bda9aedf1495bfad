package io.podpath.rules.overlay;

import com.google.auto.service.AutoService;
import io.podpath.core.cni.OvsPort;
import io.podpath.core.fix.Change;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.FixSafety;
import io.podpath.core.fix.ShellWord;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
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
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.FabricKind;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Disposition;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A node has no GRE port to a node that has one to it, or no port at all to the others. */
@AutoService(Rule.class)
public final class GrePortMissing implements Rule {

  @Override
  public String id() {
    return "gre-port-missing";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "A node has no GRE port to another, and no way around";
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
    for (NodeState node : view.machines()) {
      Entries<OvsPort> ports = node.get(Section.OVS_PORTS);
      if (ports.isNotGathered()) {
        out.notChecked(node.name(), "Open vSwitch ports: " + ports.coverage().gap());
      }
    }
    boolean oneSided = false;
    for (String node : links.nodes()) {
      boolean whole =
          view.snapshot().node(node).filter(n -> n.get(Section.OVS_PORTS).isComplete()).isPresent();
      for (GreLinks.Port other : links.unanswered(node)) {
        if (!whole) {
          out.notChecked(node, "Open vSwitch ports: not all were recorded");
        } else if (links.strays(node).isEmpty()
            && !links.isUnclear(node)
            && !links.joinedBy(node, other.node().name()).isEmpty()) {
          out.found(oneSided(view, links, node, other));
          oneSided = true;
        }
      }
    }
    if (links.joinedByUnread()) {
      links
          .nodes()
          .forEach(n ->
              links
                  .unread(n)
                  .forEach(p ->
                      out.notChecked(
                          n,
                          "the ports of "
                              + p.target().orElse(p.remote().toString())
                              + ", by which it may reach the others, were not recorded")));
    }
    List<Set<String>> islands = links.islands();
    boolean strays =
        links.nodes().stream().anyMatch(n -> !links.strays(n).isEmpty() || links.isUnclear(n));
    boolean allWhole =
        links.nodes().stream()
            .allMatch(n ->
                view.snapshot()
                    .node(n)
                    .filter(s -> s.get(Section.OVS_PORTS).isComplete())
                    .isPresent());
    if (islands.size() > 1 && !oneSided && !strays && allWhole) {
      out.found(apart(view, links, islands));
    }
    return out.done();
  }

  private FindingBuilder base(String title) {
    return new FindingBuilder(this, severity())
        .title(title)
        .why(
            "Frames between containers of two nodes pass GRE ports that join the nodes' bridges,"
                + " directly or over other nodes. A link needs a port at both ends: Open vSwitch"
                + " accepts GRE packets only from addresses that one of its ports names.")
        .disposition(Disposition.NO_SUCH_NODE)
        .seeByHand("ovs-vsctl show", "ovs-appctl fdb/show br0");
  }

  private Finding oneSided(ClusterView view, GreLinks links, String node, GreLinks.Port other) {
    String peer = other.node().name();
    Optional<AddressPlan.AddressClaim> address =
        view.plan().announcedAddress(peer, other.remote().family());
    FindingBuilder builder =
        base(node + " has no GRE port to " + peer + ", which has one to it")
            .certainty(Certainty.PROVEN)
            .expected(
                "a GRE port with remote_ip "
                    + address.map(a -> a.address().toString()).orElse("of " + peer))
            .culprit(
                Culprit.missing(
                    node,
                    EntryKind.OVS,
                    port(links, node, address.map(AddressPlan.AddressClaim::address)),
                    table(view, node),
                    "the way to " + peer))
            .evidence(Evidence.of(other.fact(), peer + " has a port to " + node));
    links.joinedBy(node, peer).forEach(p -> builder.affectsBothWays(p.getFirst(), p.getLast()));
    return builder.fix(fix(links, node, address.map(AddressPlan.AddressClaim::address))).build();
  }

  private Finding apart(ClusterView view, GreLinks links, List<Set<String>> islands) {
    // ports to nodes that were not read lead somewhere
    Set<String> lost =
        islands.stream()
            .filter(i -> i.stream().allMatch(n -> links.unread(n).isEmpty()))
            .min((a, b) -> Integer.compare(a.size(), b.size()))
            .orElseThrow();
    Set<String> rest = islands.stream().filter(i -> !i.equals(lost)).findFirst().orElseThrow();
    String node = lost.iterator().next();
    String hub =
        rest.stream()
            .max((a, b) -> Integer.compare(links.of(a).size(), links.of(b).size()))
            .orElseThrow();
    Optional<IpAddress> address =
        view.plan().announcedAddress(hub, IpFamily.INET).map(AddressPlan.AddressClaim::address);
    Optional<IpAddress> back =
        view.plan().announcedAddress(node, IpFamily.INET).map(AddressPlan.AddressClaim::address);
    FindingBuilder builder =
        base(String.join(", ", lost)
                + (lost.size() == 1 ? " has" : " have")
                + " no GRE port to any other node")
            .certainty(Certainty.LIKELY)
            .expected(
                "a GRE port on "
                    + node
                    + " and one on another node, such as "
                    + hub
                    + ", for each other")
            .culprit(
                Culprit.missing(
                    node,
                    EntryKind.OVS,
                    port(links, node, address),
                    table(view, node),
                    "the way to " + hub))
            .culprit(
                Culprit.missing(
                    hub,
                    EntryKind.OVS,
                    port(links, hub, back),
                    table(view, hub),
                    "the way to " + node));
    for (String a : lost) {
      islands.stream()
          .filter(i -> !i.equals(lost))
          .flatMap(Set::stream)
          .forEach(b -> builder.affectsBothWays(a, b));
    }
    return builder
        .fix(
            Fix.advice(
                "ovsdb keeps ports; nobody rewrites them",
                "ovs-vsctl add-port "
                    + ShellWord.quoted(links.bridge(node))
                    + " gre<N> -- set interface gre<N> type=gre options:remote_ip=<address of the"
                    + " other node>, on both nodes"))
        .build();
  }

  private static String port(GreLinks links, String node, Optional<IpAddress> remote) {
    String name = free(links, node);
    return "Port "
        + name
        + " Interface "
        + name
        + " type: gre options: {remote_ip="
        + remote.map(IpAddress::toString).orElse("?")
        + "}";
  }

  private static Optional<Provenance> table(ClusterView view, String node) {
    return view.snapshot()
        .node(node)
        .flatMap(n -> n.get(Section.OVS_PORTS).first())
        .map(Fact::from);
  }

  private static Fix fix(GreLinks links, String node, Optional<IpAddress> remote) {
    String owner = "ovsdb keeps ports; nobody rewrites them";
    if (remote.isEmpty()) {
      return Fix.advice(
          owner,
          "ovs-vsctl add-port "
              + ShellWord.quoted(links.bridge(node))
              + " gre<N> -- set interface gre<N> type=gre options:remote_ip=<address of the other"
              + " node>");
    }
    String name = free(links, node);
    String bridge = ShellWord.quoted(links.bridge(node));
    return new Fix(
        FixSafety.SAFE,
        List.of(
            new Change.Instruction(
                node,
                "ovs-vsctl add-port "
                    + bridge
                    + " "
                    + name
                    + " -- set interface "
                    + name
                    + " type=gre options:remote_ip="
                    + remote.get(),
                "ovs-vsctl del-port " + bridge + " " + name)),
        owner,
        "ovsdb is kept over a reboot; correct the script that makes the ports as well. Do not close"
            + " a ring of bridges without spanning tree");
  }

  private static String free(GreLinks links, String node) {
    int number = 1;
    while (taken(links, node, "gre" + number)) {
      number++;
    }
    return "gre" + number;
  }

  private static boolean taken(GreLinks links, String node, String name) {
    return links.of(node).stream().anyMatch(p -> p.fact().value().port().equals(name));
  }
}
