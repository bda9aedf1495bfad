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
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All namespaces of a cluster, and how their devices are joined. */
final class Wiring {

  /** A device of a namespace. */
  record End(Stack stack, String device) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof End(var itsStack, var itsDevice)
          && stack == itsStack
          && device.equals(itsDevice);
    }

    @Override
    public int hashCode() {
      return 31 * stack.hashCode() + device.hashCode();
    }
  }

  /** From these follows what is joined to what. */
  private static final Set<Section<?>> JOINING =
      Set.of(Section.LINKS, Section.ADDRESSES, Section.SYSCTLS);

  private final ClusterView view;
  private final Map<Netns, Stack> stacks = new LinkedHashMap<>();
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

  private Wiring(ClusterView view) {
    this.view = view;
    for (List<Stack> machine : view.nodes().parallelStream().map(Wiring::stacks).toList()) {
      Stack host = machine.getFirst();
      machine.forEach(s -> stacks.put(s.place(), s));
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

  /** The same, but for what one namespace holds. */
  private Wiring(Wiring before, ClusterView view, Stack stack) {
    Stack old = Objects.requireNonNull(before.stacks.get(stack.place()));
    UnaryOperator<End> now = e -> e.stack() == old ? new End(stack, e.device()) : e;
    this.view = view;
    stacks.putAll(before.stacks);
    stacks.put(stack.place(), stack);
    before.pairs.forEach((one, other) -> pairs.put(now.apply(one), now.apply(other)));
    before.networks.forEach((end, prefixes) -> networks.put(now.apply(end), prefixes));
    before.segments.forEach((prefix, ends) -> segments.put(prefix, replaced(ends, old, now)));
    before.owners.forEach((address, ends) -> owners.put(address, replaced(ends, old, now)));
    before.holders.forEach((address, ends) -> holders.put(address, replaced(ends, old, now)));
    before.cards.forEach((mac, ends) -> cards.put(mac, replaced(ends, old, now)));
    proxies.addAll(replaced(before.proxies, old, now));
    unrecorded.putAll(before.unrecorded);
    pods.putAll(before.pods);
    this.unreadAddresses = before.unreadAddresses;
  }

  private static List<End> replaced(List<End> ends, Stack old, UnaryOperator<End> now) {
    for (End end : ends) {
      if (end.stack() == old) {
        return ends.stream().map(now).toList();
      }
    }
    return ends;
  }

  /**
   * The same cluster in which the host namespace of one node holds something else; empty where that
   * may join devices in another way.
   */
  Optional<Wiring> changed(ClusterView other, String node) {
    Optional<NodeState> was = view.snapshot().node(node);
    Optional<NodeState> is = other.snapshot().node(node);
    Optional<Stack> stack = stack(Netns.host(node));
    boolean joined =
        was.isPresent()
            && is.isPresent()
            && stack.isPresent()
            && other.snapshot().cluster().equals(view.snapshot().cluster())
            && is.get().pods().equals(was.get().pods())
            && Collections.disjoint(JOINING, is.get().host().differing(was.get().host()));
    return joined
        ? Optional.of(new Wiring(this, other, stack.get().changed(is.get().host())))
        : Optional.empty();
  }

  /** Why nobody may have an address though none of the machines is known to; empty if none has. */
  Optional<String> unreadAddresses() {
    return unreadAddresses;
  }

  private Optional<String> unread() {
    return stacks.values().stream()
        .filter(s -> s.place().pod().isEmpty())
        .filter(s -> !s.facts().get(Section.ADDRESSES).isComplete())
        .map(s ->
            "addresses of " + s.place() + ": " + s.facts().get(Section.ADDRESSES).coverage().gap())
        .findFirst();
  }

  static Wiring of(ClusterView view) {
    return new Wiring(view);
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
      String carrier = carrier(stack, device);
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

  static boolean isBridge(Stack stack, String device) {
    return stack.kind(device).filter(k -> k instanceof LinkKind.Bridge).isPresent();
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

  ClusterView view() {
    return view;
  }

  Optional<Stack> stack(Netns place) {
    return Optional.ofNullable(stacks.get(place));
  }

  Iterable<Stack> stacks() {
    return stacks.values();
  }

  Optional<End> otherEnd(Stack stack, String device) {
    return Optional.ofNullable(pairs.get(new End(stack, device)));
  }

  /** The device that has the addresses: the bridge a card belongs to, else the card. */
  static String carrier(Stack stack, String device) {
    return stack
        .link(device)
        .flatMap(l -> l.value().master())
        .filter(m -> isBridge(stack, m))
        .orElse(device);
  }

  /** Those a device on a wire has addresses in. */
  List<IpPrefix> networks(End end) {
    return networks.getOrDefault(end, List.of());
  }

  private boolean joins(End one, End other) {
    return one.stack() != other.stack() && !Collections.disjoint(networks(one), networks(other));
  }

  /** Other devices on the networks a wire's device has addresses in. */
  List<End> onSameWire(Stack stack, String device) {
    End from = new End(stack, device);
    return networks(from).stream()
        .flatMap(n -> segments.getOrDefault(n, List.of()).stream())
        .distinct()
        .filter(e -> joins(from, e))
        .toList();
  }

  /** Those of them with this MAC address. */
  List<End> onSameWire(Stack stack, String device, MacAddress mac) {
    return among(cards.getOrDefault(mac, List.of()), new End(stack, device));
  }

  /** Those of them whose machine has this address, be it on another device. */
  List<End> onSameWire(Stack stack, String device, IpAddress address) {
    return among(holders.getOrDefault(address, List.of()), new End(stack, device));
  }

  /** Those of them that answer for others. */
  List<End> proxiesOnSameWire(Stack stack, String device) {
    return among(proxies, new End(stack, device));
  }

  private List<End> among(List<End> ends, End from) {
    return ends.isEmpty() ? ends : ends.stream().filter(e -> joins(from, e)).toList();
  }

  /** Whether somebody on a wire may answer for others. */
  boolean hasProxies() {
    return !proxies.isEmpty();
  }

  /** Devices on wires whose address this is. */
  List<End> owners(IpAddress address) {
    return owners.getOrDefault(address, List.of());
  }

  /** A node with this address of which nothing was recorded. */
  Optional<Fact<KubeNode>> unrecorded(IpAddress address) {
    return Optional.ofNullable(unrecorded.get(address));
  }

  /** Pods that have this address, by their objects. */
  List<Pod> pods(IpAddress address) {
    return pods.getOrDefault(address, List.of());
  }

  /** The stack a pod's address belongs to, where its namespace was recorded. */
  Optional<Stack> podStack(IpAddress address) {
    return stacks.values().stream()
        .filter(s -> s.place().pod().isPresent() && s.hasAddress(address))
        .findFirst();
  }
}
