package io.podpath.rules.cni;

import com.google.auto.service.AutoService;
import io.podpath.core.cluster.FlannelNetwork;
import io.podpath.core.cni.DockerOptions;
import io.podpath.core.cni.LogEvent;
import io.podpath.core.fix.Change;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.FixSafety;
import io.podpath.core.fix.ShellWord;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.Address;
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
import io.podpath.core.snapshot.AddressPlan.SubnetClaim;
import io.podpath.core.snapshot.AddressPlan.SubnetOrigin;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Disposition;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The places that must name one pod subnet for a node do not agree. */
@AutoService(Rule.class)
public final class PodSubnetMismatch implements Rule {

  @Override
  public String id() {
    return "pod-subnet-mismatch";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "a node's podCIDR, flannel's subnet.env and the bridge of its pods do not agree";
  }

  @Override
  public Needs needs() {
    return Needs.of(
            Need.any("addresses", Section.ADDRESSES),
            Need.any("subnet.env or Node objects", Section.SUBNET_ENV, Section.NODES))
        .on(f -> !f.isCalico());
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector outcome = new Outcome.Collector(this);
    if (view.fabric().isCalico()) {
      return outcome.done();
    }
    for (NodeState node : view.machines()) {
      bridge(view, node).or(() -> docker(node)).ifPresent(outcome::found);
      lease(view, node).ifPresent(outcome::found);
      outsideNetwork(view, node).ifPresent(outcome::found);
    }
    refused(view).ifPresent(outcome::found);
    return outcome.done();
  }

  private static Optional<SubnetClaim> claim(
      ClusterView view, NodeState node, SubnetOrigin origin) {
    return view.plan().subnetsOf(node.name()).stream()
        .filter(c -> c.origin() == origin && c.subnet().address().isV4())
        .findFirst();
  }

  /** What the node should have: what flanneld wrote, else what the Node object says. */
  private static Optional<SubnetClaim> wanted(ClusterView view, NodeState node) {
    return claim(view, node, SubnetOrigin.SUBNET_ENV)
        .or(() -> claim(view, node, SubnetOrigin.POD_CIDR));
  }

  private Optional<Finding> bridge(ClusterView view, NodeState node) {
    Optional<SubnetClaim> wanted = wanted(view, node);
    List<Fact<Address>> bridges =
        node.get(Section.ADDRESSES).where(a -> a.device().equals("cni0") && a.local().isV4());
    if (wanted.isEmpty()
        || bridges.isEmpty()
        || bridges.stream().anyMatch(f -> f.value().network().equals(wanted.get().subnet()))) {
      return Optional.empty();
    }
    Fact<Address> bridge = bridges.getFirst();
    IpPrefix subnet = wanted.get().subnet();
    FindingBuilder finding =
        describe(node.name())
            .title(
                "cni0 on "
                    + node.name()
                    + " stands in "
                    + bridge.value().network()
                    + ", but the node's pod subnet is "
                    + subnet)
            .culprit(
                Culprit.wrong(
                    node.name(),
                    EntryKind.ADDRESS,
                    bridge,
                    bridge.value().local() + "/" + bridge.value().prefixLength(),
                    "left from an older lease; now it is " + subnet))
            .evidence(Evidence.raw(wanted.get().from(), origin(wanted.get())))
            .expected(
                "inet "
                    + subnet.address().plus(1)
                    + "/"
                    + subnet.length()
                    + " on cni0    ("
                    + origin(wanted.get())
                    + ")")
            .fix(
                new Fix(
                    FixSafety.DISRUPTIVE,
                    List.of(
                        new Change.Instruction(
                            node.name(),
                            "ip link delete cni0",
                            "ip link add cni0 type bridge && ip addr add "
                                + bridge.value().local()
                                + "/"
                                + bridge.value().prefixLength()
                                + " dev cni0 && ip link set cni0 up")),
                    "the bridge plug-in makes cni0 anew with the next pod; it never changes the address of one that is there",
                    "deleting cni0 cuts every pod of the node that hangs on it: delete those pods afterwards, so that they are made in the new subnet"));
    view.machines().stream()
        .filter(n -> !n.name().equals(node.name()))
        .forEach(n -> finding.affectsBothWays(node.name(), n.name()));
    return Optional.of(finding.build());
  }

  /** docker0 as the pod bridge: dockerd's own option says what it should be. */
  private Optional<Finding> docker(NodeState node) {
    Optional<Fact<DockerOptions>> options = node.get(Section.DOCKER_OPTIONS).first();
    List<Fact<Address>> docker0 =
        node.get(Section.ADDRESSES).where(a -> a.device().equals("docker0") && a.local().isV4());
    if (options.isEmpty()
        || docker0.isEmpty()
        || docker0.getFirst().value().network().equals(options.get().value().subnet())) {
      return Optional.empty();
    }
    Fact<Address> address = docker0.getFirst();
    IpPrefix subnet = options.get().value().subnet();
    return Optional.of(
        describe(node.name())
            .title(
                "docker0 on "
                    + node.name()
                    + " stands in "
                    + address.value().network()
                    + ", but flannel leased "
                    + subnet)
            .culprit(
                Culprit.wrong(
                    node.name(),
                    EntryKind.ADDRESS,
                    address,
                    address.value().local() + "/" + address.value().prefixLength(),
                    "dockerd started without flannel's " + options.get().value()))
            .evidence(Evidence.of(options.get(), "what flannel wants dockerd to use"))
            .expected(options.get().value() + "    (flannel's options for dockerd)")
            .fix(
                Fix.advice(
                    "dockerd sets docker0 at its start only",
                    "let docker.service wait for flanneld (Requires=flanneld.service, After=flanneld.service), then: ip link set docker0 down; ip link del docker0; systemctl restart docker. This"
                        + " restarts all containers of the node"))
            .build());
  }

  private Optional<Finding> lease(ClusterView view, NodeState node) {
    Optional<SubnetClaim> env = claim(view, node, SubnetOrigin.SUBNET_ENV);
    Optional<SubnetClaim> cidr = claim(view, node, SubnetOrigin.POD_CIDR);
    if (env.isEmpty() || cidr.isEmpty() || env.get().subnet().equals(cidr.get().subnet())) {
      return Optional.empty();
    }
    return Optional.of(
        describe(node.name())
            .title(
                "subnet.env on "
                    + node.name()
                    + " says "
                    + env.get().subnet()
                    + ", but the node's podCIDR is "
                    + cidr.get().subnet())
            .culprit(
                Culprit.of(
                    Optional.of(node.name()),
                    EntryKind.FILE,
                    env.get().from().raw().strip(),
                    EntryState.WRONG,
                    env.get().from(),
                    env.get().subnet().address().toString(),
                    "other nodes route " + cidr.get().subnet() + " here"))
            .evidence(Evidence.raw(cidr.get().from(), "podCIDR of " + node.name()))
            .expected("FLANNEL_SUBNET in " + cidr.get().subnet() + "    (spec.podCIDR)")
            .fix(
                Fix.advice(
                    "flanneld writes /run/flannel/subnet.env at its start",
                    "restart flanneld on "
                        + node.name()
                        + ", then delete cni0 and the node's pods so that they are made in "
                        + cidr.get().subnet()
                        + "; never write the file by hand"))
            .build());
  }

  private Optional<Finding> outsideNetwork(ClusterView view, NodeState node) {
    Optional<Fact<FlannelNetwork>> network =
        view.get(Section.FLANNEL_NETWORKS).stream()
            .filter(f -> f.value().network().isPresent())
            .findFirst();
    Optional<SubnetClaim> cidr = claim(view, node, SubnetOrigin.POD_CIDR);
    if (network.isEmpty()
        || cidr.isEmpty()
        || network.get().value().network().orElseThrow().contains(cidr.get().subnet())) {
      return Optional.empty();
    }
    return Optional.of(
        describe(node.name())
            .title(
                "the podCIDR "
                    + cidr.get().subnet()
                    + " of "
                    + node.name()
                    + " lies outside flannel's network "
                    + network.get().value().network().orElseThrow())
            .culprit(
                Culprit.of(
                    Optional.empty(),
                    EntryKind.OBJECT,
                    network.get().value().toString(),
                    EntryState.WRONG,
                    network.get().from(),
                    "",
                    "does not contain " + cidr.get().subnet()))
            .evidence(Evidence.raw(cidr.get().from(), "podCIDR of " + node.name()))
            .fix(
                Fix.advice(
                    "ConfigMap kube-flannel-cfg and the controller manager's --cluster-cidr",
                    "set Network in net-conf.json to the cluster CIDR the controller manager hands out, then restart flannel on all nodes"))
            .build());
  }

  /** flanneld's own words, for nodes of which nothing else was gathered. */
  private Optional<Finding> refused(ClusterView view) {
    Set<String> nodes = new LinkedHashSet<>();
    List<Culprit> culprits = new ArrayList<>();
    String reason = "";
    for (NodeState node : view.nodes()) {
      for (Fact<LogEvent> fact : node.get(Section.LOGS).facts()) {
        if (fact.value() instanceof LogEvent.SubnetRefused(var component, var why)
            && nodes.add(node.name())) {
          reason = why;
          culprits.add(
              Culprit.of(
                  Optional.of(node.name()),
                  EntryKind.LOG,
                  fact.from().raw().strip(),
                  EntryState.WRONG,
                  fact.from(),
                  "",
                  component + " ends here"));
        }
      }
    }
    if (culprits.isEmpty()) {
      return Optional.empty();
    }
    FindingBuilder finding =
        describe(String.join(", ", nodes))
            .certainty(Certainty.LIKELY)
            .title("flanneld on " + String.join(", ", nodes) + " got no usable subnet: " + reason)
            .explainedBy("node-cidr-mask-too-wide")
            .fix(
                Fix.advice(
                    "the controller manager assigns podCIDR (--allocate-node-cidrs, --cluster-cidr); flannel's Network must contain it",
                    "give the controller manager --allocate-node-cidrs=true and a --cluster-cidr equal to flannel's Network; do not write /run/flannel/subnet.env by hand"));
    culprits.forEach(finding::culprit);
    return Optional.of(finding.build());
  }

  private static String origin(SubnetClaim claim) {
    return claim.origin() == SubnetOrigin.SUBNET_ENV
        ? "flannel's lease, /run/flannel/subnet.env"
        : "spec.podCIDR";
  }

  private FindingBuilder describe(String node) {
    return new FindingBuilder(this, Severity.ERROR)
        .certainty(Certainty.PROVEN)
        .why(
            "Other nodes send the node's podCIDR here. Pods whose bridge stands in another subnet are not reached by those routes, and their answers come from addresses nobody routes back; the"
                + " bridge plug-in refuses new pods with \"cni0 already has an IP address different from …\".")
        .disposition(Disposition.NO_ROUTE)
        .seeByHand(
            "ip addr show dev cni0",
            "cat /run/flannel/subnet.env",
            "kubectl get node " + ShellWord.quoted(node) + " -o jsonpath='{.spec.podCIDR}'")
        .explainedBy("duplicate-pod-cidr", "agent-cannot-reach-service");
  }
}
