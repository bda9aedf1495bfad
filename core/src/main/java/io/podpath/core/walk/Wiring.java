package io.podpath.core.walk;

import io.podpath.core.cluster.KubeNode;
import io.podpath.core.cluster.Pod;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.MacAddress;
import io.podpath.core.node.LinkKind;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Section;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All namespaces of a cluster, and how their devices are joined. A walk gets from machine to
 * machine by this only.
 */
final class Wiring {

  /** A device of a namespace; the same one also where that holds something else by now. */
  record End(Stack stack, String device) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof End(var itsStack, var itsDevice)
          && stack.isAt(itsStack)
          && device.equals(itsDevice);
    }

    @Override
    public int hashCode() {
      return 31 * System.identityHashCode(stack.place()) + device.hashCode();
    }
  }

  /** From these follows what is joined to what. */
  private static final Set<Section<?>> JOINING =
      Set.of(Section.LINKS, Section.ADDRESSES, Section.SYSCTLS);

  private final ClusterView view;
  private final Joints joints;

  /** Namespaces that hold something else than when the joints were looked for. */
  private final Map<Netns, Stack> changed;

  private final Optional<AskedMachines> asked;

  private Wiring(
      ClusterView view, Joints joints, Map<Netns, Stack> changed, Optional<AskedMachines> asked) {
    this.view = view;
    this.joints = joints;
    this.changed = changed;
    this.asked = asked;
  }

  static Wiring of(ClusterView view) {
    return new Wiring(view, new Joints(view), Map.of(), Optional.empty());
  }

  /** The same, which tells whose tables it hands out. */
  Wiring telling(AskedMachines machines) {
    return new Wiring(view, joints, changed, Optional.of(machines));
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
    if (!joined) {
      return Optional.empty();
    }
    Map<Netns, Stack> now = new HashMap<>(changed);
    now.put(stack.get().place(), stack.get().changed(is.get().host()));
    return Optional.of(new Wiring(other, joints, Map.copyOf(now), asked));
  }

  /** As it is now, told of to whoever wants to know. */
  private Stack handed(Stack stack) {
    asked.ifPresent(a -> a.add(stack.place().node()));
    return changed.isEmpty() ? stack : changed.getOrDefault(stack.place(), stack);
  }

  private End handed(End end) {
    Stack now = handed(end.stack());
    return now == end.stack() ? end : new End(now, end.device());
  }

  private List<End> handed(List<End> ends) {
    return ends.isEmpty() || changed.isEmpty() && asked.isEmpty()
        ? ends
        : ends.stream().map(this::handed).toList();
  }

  /** Why nobody may have an address though none of the machines is known to; empty if none has. */
  Optional<String> unreadAddresses() {
    return joints.unreadAddresses();
  }

  static boolean isBridge(Stack stack, String device) {
    return stack.kind(device).filter(k -> k instanceof LinkKind.Bridge).isPresent();
  }

  /** Whether a device leads to a network between machines. */
  boolean isWire(Stack stack, String device) {
    return joints.isWire(stack, device);
  }

  /** What is made of the whole cluster's state may change with any machine's. */
  ClusterView view() {
    asked.ifPresent(AskedMachines::addAll);
    return view;
  }

  Optional<Stack> stack(Netns place) {
    return joints.stack(place).map(this::handed);
  }

  List<Stack> stacks() {
    return joints.stacks().stream().map(this::handed).toList();
  }

  /** The node's own namespace, then those of its pods; none if the node was not recorded. */
  List<Stack> stacks(String node) {
    return joints.stacks(node).stream().map(this::handed).toList();
  }

  Optional<End> otherEnd(Stack stack, String device) {
    return joints.otherEnd(new End(stack, device)).map(this::handed);
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
    return joints.networks(end);
  }

  private boolean joins(End one, End other) {
    return !one.stack().isAt(other.stack())
        && !Collections.disjoint(networks(one), networks(other));
  }

  /** Other devices on the networks a wire's device has addresses in. */
  List<End> onSameWire(Stack stack, String device) {
    End from = new End(stack, device);
    return networks(from).stream()
        .flatMap(n -> joints.on(n).stream())
        .distinct()
        .filter(e -> joins(from, e))
        .map(this::handed)
        .toList();
  }

  /** Those of them with this MAC address. */
  List<End> onSameWire(Stack stack, String device, MacAddress mac) {
    return among(joints.with(mac), new End(stack, device));
  }

  /** Those of them whose machine has this address, be it on another device. */
  List<End> onSameWire(Stack stack, String device, IpAddress address) {
    return among(joints.holders(address), new End(stack, device));
  }

  /** Those of them that answer for others. */
  List<End> proxiesOnSameWire(Stack stack, String device) {
    return among(joints.proxies(), new End(stack, device));
  }

  private List<End> among(List<End> ends, End from) {
    return ends.isEmpty()
        ? ends
        : ends.stream().filter(e -> joins(from, e)).map(this::handed).toList();
  }

  /** Whether somebody on a wire may answer for others. */
  boolean hasProxies() {
    return !joints.proxies().isEmpty();
  }

  /** Devices on wires whose address this is. */
  List<End> owners(IpAddress address) {
    return handed(joints.owners(address));
  }

  /** A node with this address of which nothing was recorded. */
  Optional<Fact<KubeNode>> unrecorded(IpAddress address) {
    return joints.unrecorded(address);
  }

  /** Pods that have this address, by their objects. */
  List<Pod> pods(IpAddress address) {
    return joints.pods(address);
  }
}
