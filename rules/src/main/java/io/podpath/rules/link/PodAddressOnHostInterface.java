package io.podpath.rules.link;

import com.google.auto.service.AutoService;
import io.podpath.core.cluster.Pod;
import io.podpath.core.fix.Fix;
import io.podpath.core.fix.ShellWord;
import io.podpath.core.net.IpAddress;
import io.podpath.core.node.Address;
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
import io.podpath.core.snapshot.AddressPlan.AddressOrigin;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Devices;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Disposition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A pod has an address which an interface of a node has too. */
@AutoService(Rule.class)
public final class PodAddressOnHostInterface implements Rule {

  @Override
  public String id() {
    return "pod-address-on-host-interface";
  }

  @Override
  public Severity severity() {
    return Severity.ERROR;
  }

  @Override
  public String title() {
    return "A pod has an address that an interface of a node has too";
  }

  /**
   * @param node the pod's node, where it is known
   * @param ownNetwork whether the pod is known to have a network namespace of its own
   */
  private record Holder(
      String pod, Optional<String> node, boolean ownNetwork, List<Evidence> evidence) {}

  @Override
  public Needs needs() {
    return Needs.of(
        Need.any("addresses", Section.ADDRESSES),
        Need.either(
            "addresses of the pods",
            Need.any("pods", Section.PODS),
            new Need(
                "addresses inside pods",
                false,
                (view, node) ->
                    node.pods().isEmpty() ? Optional.of("not recorded") : Optional.empty())));
  }

  @Override
  public Outcome check(ClusterView view) {
    Outcome.Collector outcome = new Outcome.Collector(this);
    Map<IpAddress, Holder> holders = holders(view);
    for (NodeState node : view.machines()) {
      Entries<Address> addresses = node.get(Section.ADDRESSES);
      boolean hasPods =
          holders.values().stream().anyMatch(h -> h.node().filter(node.name()::equals).isPresent());
      if (!addresses.isComplete() && hasPods) {
        outcome.notChecked(node.name(), "addresses: " + addresses.coverage().gap());
      }
      for (Fact<Address> fact : addresses.facts()) {
        Holder holder = holders.get(fact.value().local());
        if (holder != null && collides(node, fact.value(), holder)) {
          outcome.found(finding(node, fact, holder));
        }
      }
    }
    return outcome.done();
  }

  /**
   * Pods with a network of their own, by address: of the cluster's list, and of their namespaces.
   */
  private static Map<IpAddress, Holder> holders(ClusterView view) {
    Map<IpAddress, Holder> holders = new LinkedHashMap<>();
    for (Fact<Pod> fact : view.get(Section.PODS).facts()) {
      Pod pod = fact.value();
      boolean onHost = pod.hostNetwork().orElse(false);
      if (!onHost && !pod.isEnded()) {
        Evidence evidence = Evidence.of(fact, "the pod's address");
        Holder holder =
            new Holder(
                pod.namespace() + "/" + pod.name(),
                pod.node(),
                pod.hostNetwork().isPresent(),
                List.of(evidence));
        pod.ips().forEach(ip -> holders.putIfAbsent(ip, holder));
      }
    }
    for (NodeState node : view.machines()) {
      node.pods().forEach((netns, facts) -> claim(view, node, netns, facts, holders));
    }
    return holders;
  }

  private static void claim(
      ClusterView view, NodeState node, String netns, Facts facts, Map<IpAddress, Holder> holders) {
    Entries<Address> inside = facts.get(Section.ADDRESSES);
    // A pod on the host's network shows the host's own interfaces, Docker inside a pod its own
    // docker0.
    boolean likeHost =
        inside
            .values()
            .anyMatch(a -> Devices.isTunnel(a.device()) || Devices.isPodBridge(a.device()));
    if (likeHost) {
      return;
    }
    for (Fact<Address> fact : inside.facts()) {
      IpAddress address = fact.value().local();
      boolean nodesOwn =
          view.plan().addressesOf(node.name()).stream()
              .anyMatch(c ->
                  c.address().equals(address)
                      && c.origin() != AddressOrigin.INTERFACE
                      && c.origin() != AddressOrigin.ROUTE_SOURCE);
      if (nodesOwn) {
        return;
      }
      if (!address.isLoopback() && !address.isLinkLocal()) {

        Holder listed = holders.get(address);
        List<Evidence> evidence = new ArrayList<>();
        if (listed != null) {
          evidence.addAll(listed.evidence());
        }
        evidence.add(Evidence.of(fact, "inside the pod"));
        String name = listed != null ? listed.pod() : netns.replaceFirst("_", "/");
        holders.put(address, new Holder(name, Optional.of(node.name()), true, evidence));
      }
    }
  }

  /**
   * A pod on the host's network has its node's address, and a list of pods need not say which pods
   * these are; no such pod has the address of a tunnel or of a bridge for pods.
   */
  private static boolean collides(NodeState node, Address address, Holder holder) {
    String device = address.device();
    boolean here = holder.node().filter(node.name()::equals).isPresent();
    if (Devices.isTunnel(device)) {
      return true;
    }
    if (Devices.isPodBridge(device)) {
      return here;
    }
    return here && holder.ownNetwork() && !device.equals("lo");
  }

  private Finding finding(NodeState node, Fact<Address> fact, Holder holder) {
    Address address = fact.value();
    String device = address.device();
    FindingBuilder finding =
        new FindingBuilder(this, Severity.ERROR)
            .certainty(Certainty.PROVEN)
            .title(
                "Pod "
                    + holder.pod()
                    + " has "
                    + address.local()
                    + ", which is the address of "
                    + device
                    + " on "
                    + node.name())
            .why(
                "An address of an interface stands in table local, which is asked before all"
                    + " others: "
                    + node.name()
                    + " takes packets for the pod itself and answers them, with a reset or with the"
                    + " service of its own that listens there. What the pod sends has a source"
                    + " address the node holds for its own and is dropped as martian.")
            .expected("a pod with an address no node has")
            .culprit(
                Culprit.wrong(
                    node.name(),
                    EntryKind.ADDRESS,
                    fact,
                    address.local().toString(),
                    "also the address of pod " + holder.pod()))
            .disposition(Disposition.DELIVERED_ELSEWHERE)
            .seeByHand(
                "ip addr show dev "
                    + ShellWord.quoted(device)
                    + "    # on "
                    + ShellWord.quoted(node.name()),
                "kubectl get pods -A -o wide | grep -w " + address.local(),
                "ip route get " + address.local() + "    # answers: local");
    holder.evidence().forEach(finding::evidence);
    return finding
        .fix(
            Fix.advice(
                Devices.isTunnel(device)
                    ? "the address manager (Calico's IPAM, flannel's subnet) gave the tunnel's"
                        + " address to a pod: it was not recorded as taken"
                    : "the address was given to the interface by hand or by another program than"
                        + " the pods' address manager",
                Devices.isTunnel(device)
                    ? "delete the pod, which gets another address, and restart the network agent of"
                        + " "
                        + node.name()
                        + " so that it claims the tunnel's address again; calicoctl ipam check"
                        + " tells of others"
                    : "delete the pod, which gets another address, or take the address off "
                        + device
                        + "; exclude it from the range the pods' addresses are taken from"))
        .build();
  }
}
