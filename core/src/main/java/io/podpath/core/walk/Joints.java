package io.podpath.core.walk;

import io.podpath.core.cluster.KubeNode;
import io.podpath.core.cluster.Pod;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.MacAddress;
import io.podpath.core.node.Address;
import io.podpath.core.node.Link;
import io.podpath.core.node.LinkKind;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Devices;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.Wiring.End;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is joined to what, as links, addresses and settings of all namespaces say, and the cluster's
 * objects. The namespaces are those it was read from: {@link Wiring} knows what they hold by now.
 */
final class Joints {

  private final Map<Netns, Stack> stacks = new LinkedHashMap<>();
  private final Map<String, List<Stack>> machines = new HashMap<>();
  private final Map<End, End> pairs = new HashMap<>();
  private final Map<IpPrefix, List<End>> segments = new HashMap<>();
  private final Map<IpAddress, List<End>> owners = new HashMap<>();
  private final Map<IpAddress, List<End>> holders = new HashMap<>();
  private final Map<MacAddress, List<End>> cards = new HashMap<>();
  private final Map<End, List<IpPrefix>> networks = new HashMap<>();
  private final List<End> proxies = new ArrayList<>();
  private final Map<IpAddress, Fact<KubeNode>> unrecorded = new HashMap<>();
  private final Map<IpAddress, List<Pod>> pods = new HashMap<>();
  private final Optional<String> unreadAddresses;

  Joints(ClusterView view) {
    for (List<Stack> machine : view.nodes().parallelStream().map(Joints::stacks).toList()) {
      Stack host = machine.getFirst();
      machine.forEach(s -> stacks.put(s.place(), s));
      machines.put(host.place().node(), machine);
      machine.stream().skip(1).forEach(pod -> pair(host, pod));
      within(host);
    }
    for (Stack stack : stacks.values()) {
      if (stack.place().pod().isEmpty()) {
        wires(stack);
      }
    }
    for (Fact<KubeNode> node : view.get(Section.NODES).facts()) {
      if (!stacks.containsKey(Netns.host(node.value().name()))) {
        node.value().knownInternalIps().forEach(a -> unrecorded.put(a, node));
      }
    }
    view.get(Section.PODS)
        .values()
        .filter(p -> !p.hostNetwork().orElse(false) && !p.isEnded())
        .forEach(
            p -> p.ips().forEach(a -> pods.computeIfAbsent(a, k -> new ArrayList<>(1)).add(p)));
    this.unreadAddresses = unread();
  }

  private Optional<String> unread() {
    return stacks.values().stream()
        .filter(s -> s.place().pod().isEmpty())
        .filter(s -> !s.facts().get(Section.ADDRESSES).isComplete())
        .map(s ->
            "addresses of " + s.place() + ": " + s.facts().get(Section.ADDRESSES).coverage().gap())
        .findFirst();
  }

  /** The node's own namespace, then those of its pods. */
  private static List<Stack> stacks(NodeState node) {
    List<Stack> stacks = new ArrayList<>();
    stacks.add(Stack.of(Netns.host(node.name()), node.host()));
    node.pods()
        .forEach((netns, facts) -> {
          // a pod that is only named was not recorded
          if (!facts.isEmpty()) {
            stacks.add(Stack.of(Netns.pod(node.name(), netns), facts));
          }
        });
    return stacks;
  }

  /** {@code eth0@if7} in a pod is the other end of link 7 of its node, which says the same back. */
  private void pair(Stack host, Stack pod) {
    Map<String, Link> byIndex = new HashMap<>();
    host.links().forEach(f -> f.value().index().ifPresent(i -> byIndex.put("if" + i, f.value())));
    for (Fact<Link> fact : pod.links()) {
      Link inside = fact.value();
      Optional<Link> outside = inside.peer().map(byIndex::get);
      boolean both =
          outside.isPresent()
              && inside.index().map(i -> "if" + i).equals(outside.get().peer())
              && outside.get().kind().filter(k -> !(k instanceof LinkKind.Veth)).isEmpty();
      if (both) {
        join(new End(pod, inside.name()), new End(host, outside.get().name()));
      }
    }
  }

  /** A veth pair with both ends in one namespace names its peer. */
  private void within(Stack stack) {
    for (Fact<Link> fact : stack.links()) {
      Link link = fact.value();
      if (link.kind().filter(k -> k instanceof LinkKind.Veth).isPresent()
          && link.peer().flatMap(stack::link).isPresent()) {
        join(new End(stack, link.name()), new End(stack, link.peer().get()));
      }
    }
  }

  private void join(End one, End other) {
    pairs.put(one, other);
    pairs.put(other, one);
  }

  /** Cards, and what stands on cards: whatever leads out of the machine. */
  private void wires(Stack stack) {
    for (Fact<Link> fact : stack.links()) {
      String device = fact.value().name();
      if (!isWire(stack, device)) {
        continue;
      }
      End end = new End(stack, device);
      String carrier = Wiring.carrier(stack, device);
      Stream.of(device, carrier)
          .distinct()
          .flatMap(d -> stack.mac(d).stream())
          .forEach(m -> cards.computeIfAbsent(m, k -> new ArrayList<>(1)).add(end));
      if (stack
          .maxConf(IpFamily.INET, carrier, "proxy_arp")
          .optional()
          .filter(v -> v > 0)
          .isPresent()) {
        proxies.add(end);
      }
      // a machine answers for all its addresses, whatever device they are on
      for (IpAddress own : stack.addresses()) {
        holders.computeIfAbsent(own, a -> new ArrayList<>(1)).add(end);
      }
      for (Fact<Address> address : stack.addresses(carrier)) {
        IpAddress local = address.value().local();
        if (!local.isLinkLocal()) {
          segments.computeIfAbsent(address.value().network(), n -> new ArrayList<>()).add(end);
          networks.computeIfAbsent(end, e -> new ArrayList<>(1)).add(address.value().network());
          owners.computeIfAbsent(local, a -> new ArrayList<>(1)).add(end);
        }
      }
    }
  }

  /** Whether a device leads to a network between machines. */
  boolean isWire(Stack stack, String device) {
    Optional<Fact<Link>> link = stack.link(device);
    if (link.isEmpty() || link.get().value().flags().contains("LOOPBACK")) {
      return false;
    }
    if (pairs.containsKey(new End(stack, device))) {
      return false;
    }
    Optional<LinkKind> kind = link.get().value().kind();
    boolean podLink =
        kind.filter(k -> k instanceof LinkKind.Veth).isPresent()
            && (stack.addresses(device).stream().allMatch(a -> a.value().local().isLinkLocal())
                || Devices.isPodLink(device));
    return !podLink
        && kind.map(k ->
                switch (k) {
                  case LinkKind.Veth _ -> true;
                  case LinkKind.Other(var name) ->
                      name.equals("vlan") || name.equals("bond") || name.equals("team");
                  case LinkKind.Bridge _,
                      LinkKind.Vxlan _,
                      LinkKind.Ipip _,
                      LinkKind.Gre _,
                      LinkKind.Tun _,
                      LinkKind.Dummy _,
                      LinkKind.Metadata _ ->
                      false;
                })
            .orElseGet(() ->
                !Devices.isOverlay(device)
                    && !Devices.isPodLink(device)
                    && !Devices.isPodBridge(device));
  }

  Optional<Stack> stack(Netns place) {
    return Optional.ofNullable(stacks.get(place));
  }

  Collection<Stack> stacks() {
    return stacks.values();
  }

  List<Stack> stacks(String node) {
    return machines.getOrDefault(node, List.of());
  }

  Optional<End> otherEnd(End end) {
    return Optional.ofNullable(pairs.get(end));
  }

  List<IpPrefix> networks(End end) {
    return networks.getOrDefault(end, List.of());
  }

  /** Devices with addresses in a network. */
  List<End> on(IpPrefix network) {
    return segments.getOrDefault(network, List.of());
  }

  /** Devices with this MAC address. */
  List<End> with(MacAddress mac) {
    return cards.getOrDefault(mac, List.of());
  }

  /** Devices on wires of machines with this address. */
  List<End> holders(IpAddress address) {
    return holders.getOrDefault(address, List.of());
  }

  /** Devices on wires with this address. */
  List<End> owners(IpAddress address) {
    return owners.getOrDefault(address, List.of());
  }

  /** Devices on wires that answer for others. */
  List<End> proxies() {
    return proxies;
  }

  Optional<Fact<KubeNode>> unrecorded(IpAddress address) {
    return Optional.ofNullable(unrecorded.get(address));
  }

  List<Pod> pods(IpAddress address) {
    return pods.getOrDefault(address, List.of());
  }

  Optional<String> unreadAddresses() {
    return unreadAddresses;
  }
}
