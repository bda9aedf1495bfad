package io.podpath.core.walk;

import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.MacAddress;
import io.podpath.core.net.Port;
import io.podpath.core.netfilter.ConntrackEntry;
import io.podpath.core.netfilter.VirtualServer;
import io.podpath.core.node.Address;
import io.podpath.core.node.BridgePort;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.node.Link;
import io.podpath.core.node.LinkKind;
import io.podpath.core.node.Neighbour;
import io.podpath.core.node.Sysctl;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.Section;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The network stack of one namespace: its tables, ready to be asked as the kernel asks them. */
final class Stack {

  private final Netns place;
  private final Facts facts;
  private final Map<String, Fact<Link>> links = new LinkedHashMap<>();
  private final Map<String, List<Fact<Address>>> addresses = new HashMap<>();
  private final Map<String, Fact<Sysctl>> sysctls = new HashMap<>();
  private final Map<String, Map<IpAddress, Fact<Neighbour>>> neighbours = new HashMap<>();
  private final Map<String, Map<MacAddress, List<Fact<FdbEntry>>>> fdb = new HashMap<>();
  private final Map<String, Fact<BridgePort>> ports = new HashMap<>();
  private final Set<IpAddress> own = new HashSet<>();
  private final Map<String, List<Fact<Link>>> members = new HashMap<>();
  private final Map<ConfKey, Gathered<Integer>> conf = new ConcurrentHashMap<>();
  private final Map<Connection.Tuple, List<Fact<ConntrackEntry>>> tracked = new HashMap<>();
  private final Map<ServiceKey, Fact<VirtualServer>> virtualServers = new HashMap<>();
  private final Set<String> switches = new HashSet<>();
  private final IpSets sets;
  private final Map<IpFamily, Fib> fibs = new EnumMap<>(IpFamily.class);
  private final Map<IpFamily, Netfilter> netfilters = new EnumMap<>(IpFamily.class);
  private final Map<IpFamily, HookMemo> memos = new EnumMap<>(IpFamily.class);

  private record ConfKey(IpFamily family, String device, String setting) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof ConfKey(var itsFamily, var itsDevice, var itsSetting)
          && family == itsFamily
          && device.equals(itsDevice)
          && setting.equals(itsSetting);
    }

    @Override
    public int hashCode() {
      return 31 * device.hashCode() + setting.hashCode() + family.hashCode();
    }
  }

  private record ServiceKey(
      Optional<IpProtocol> protocol, Optional<IpAddress> address, Optional<Port> port) {}

  /** Tables that lie apart from all others. */
  private static final Set<Section<?>> NEIGHBOURS =
      Set.of(Section.neighbours(IpFamily.INET), Section.neighbours(IpFamily.INET6), Section.FDB);

  private static final Set<Section<?>> ROUTES =
      Set.of(
          Section.routes(IpFamily.INET, Section.RouteScope.MAIN),
          Section.routes(IpFamily.INET, Section.RouteScope.OTHER),
          Section.routes(IpFamily.INET6, Section.RouteScope.MAIN),
          Section.routes(IpFamily.INET6, Section.RouteScope.OTHER));

  /**
   * @param before the same namespace with something else, of which is taken what has not changed
   */
  private Stack(Netns place, Facts facts, Optional<Stack> before) {
    this.place = place;
    this.facts = facts;
    for (Fact<Link> fact : facts.get(Section.LINKS).facts()) {
      if (links.putIfAbsent(fact.value().name(), fact) == null) {
        fact.value()
            .master()
            .ifPresent(m -> members.computeIfAbsent(m, k -> new ArrayList<>()).add(fact));
      }
    }
    facts.get(Section.ADDRESSES).stream()
        .forEach(
            f -> addresses.computeIfAbsent(f.value().device(), d -> new ArrayList<>(2)).add(f));
    facts.get(Section.ADDRESSES).values().forEach(a -> own.add(a.local()));
    for (Fact<ConntrackEntry> fact : facts.get(Section.CONNTRACK).facts()) {
      ConntrackEntry entry = fact.value();
      for (ConntrackEntry.Tuple tuple : List.of(entry.original(), entry.reply())) {
        tracked.merge(Tracking.tuple(entry, tuple), List.of(fact), PrefixTable::joined);
      }
    }
    for (Fact<VirtualServer> fact : facts.get(Section.IPVS).facts()) {
      VirtualServer server = fact.value();
      virtualServers.putIfAbsent(
          new ServiceKey(server.protocol(), server.address(), server.port()), fact);
    }
    facts.get(Section.OVS_PORTS).values().forEach(p -> switches.add(p.bridge()));
    facts.get(Section.SYSCTLS).stream().forEach(f -> sysctls.put(f.value().key(), f));
    facts.get(Section.BRIDGE_PORTS).stream().forEach(f -> ports.put(f.value().port(), f));
    for (Fact<FdbEntry> fact : facts.get(Section.FDB).facts()) {
      fact.value()
          .device()
          .ifPresent(d ->
              fdb.computeIfAbsent(d, k -> new HashMap<>())
                  .merge(fact.value().mac(), List.of(fact), PrefixTable::joined));
    }
    this.sets = IpSets.of(facts);
    for (IpFamily family : IpFamily.values()) {
      for (Fact<Neighbour> fact : facts.get(Section.neighbours(family)).facts()) {
        fact.value()
            .device()
            .ifPresent(d ->
                neighbours
                    .computeIfAbsent(d, k -> new HashMap<>())
                    .put(fact.value().address(), fact));
      }
    }
    Set<Section<?>> changed = new HashSet<>();
    before.map(b -> facts.differing(b.facts)).ifPresent(changed::addAll);
    changed.removeAll(NEIGHBOURS);
    Optional<Stack> sameRoutes = before.filter(b -> changed.isEmpty());
    Optional<Stack> sameRules = before.filter(b -> ROUTES.containsAll(changed));
    for (IpFamily family : IpFamily.values()) {
      fibs.put(family, sameRoutes.map(b -> b.fib(family)).orElseGet(() -> Fib.of(facts, family)));
      Netfilter netfilter =
          sameRules.map(b -> b.netfilter(family)).orElseGet(() -> Netfilter.of(facts, family));
      netfilters.put(family, netfilter);
      memos.put(
          family,
          sameRules
              .map(b -> b.memo(family))
              .orElseGet(() -> HookMemo.of(facts, netfilter, family)));
    }
  }

  static Stack of(Netns place, Facts facts) {
    return new Stack(place, facts, Optional.empty());
  }

  /** The same namespace with something else. */
  Stack changed(Facts other) {
    return new Stack(place, other, Optional.of(this));
  }

  Netns place() {
    return place;
  }

  /** Whether it is the same namespace, whatever either of the two holds. */
  @SuppressWarnings("ReferenceEquality") // one that is changed keeps the very place
  boolean isAt(Stack other) {
    return place == other.place;
  }

  Facts facts() {
    return facts;
  }

  Fib fib(IpFamily family) {
    return Objects.requireNonNull(fibs.get(family));
  }

  Netfilter netfilter(IpFamily family) {
    return Objects.requireNonNull(netfilters.get(family));
  }

  HookMemo memo(IpFamily family) {
    return Objects.requireNonNull(memos.get(family));
  }

  IpSets sets() {
    return sets;
  }

  Optional<Fact<Link>> link(String device) {
    return Optional.ofNullable(links.get(device));
  }

  Iterable<Fact<Link>> links() {
    return links.values();
  }

  Optional<LinkKind> kind(String device) {
    return link(device).flatMap(l -> l.value().kind());
  }

  /** Not gathered where no listing of links shows the device. */
  Gathered<Link> known(String device) {
    return link(device)
        .<Gathered<Link>>map(f -> Gathered.known(f.value()))
        .orElseGet(() -> Gathered.notGathered("link " + device + " on " + place));
  }

  Optional<MacAddress> mac(String device) {
    return link(device).flatMap(l -> l.value().mac());
  }

  /** Addresses of a device in their order, which decides which one is the first. */
  List<Fact<Address>> addresses(String device) {
    return addresses.getOrDefault(device, List.of());
  }

  /** All addresses, of whatever device. */
  Set<IpAddress> addresses() {
    return own;
  }

  boolean hasAddress(IpAddress address) {
    return own.contains(address);
  }

  /** The links that belong to a bridge. */
  List<Fact<Link>> portsOf(String bridge) {
    return members.getOrDefault(bridge, List.of());
  }

  /** Connections that were there when the namespace was read, by the tuple of either direction. */
  List<Fact<ConntrackEntry>> tracked(Connection.Tuple tuple) {
    return tracked.getOrDefault(tuple, List.of());
  }

  /** The virtual server for a packet's destination. */
  Optional<Fact<VirtualServer>> virtualServer(Packet packet) {
    return Optional.ofNullable(
        virtualServers.get(
            new ServiceKey(
                Optional.of(packet.protocol()),
                Optional.of(packet.destination()),
                packet.destinationPort())));
  }

  boolean hasVirtualServers() {
    return !virtualServers.isEmpty();
  }

  /** Whether a device is the own port of an Open vSwitch bridge. */
  boolean isOpenVswitch(String device) {
    return switches.contains(device);
  }

  Optional<Fact<BridgePort>> port(String device) {
    return Optional.ofNullable(ports.get(device));
  }

  Optional<Fact<Neighbour>> neighbour(String device, IpAddress address) {
    return Optional.ofNullable(neighbours.getOrDefault(device, Map.of()).get(address));
  }

  Entries<Neighbour> neighbours(IpFamily family) {
    return facts.get(Section.neighbours(family));
  }

  /** Entries of a port or a VXLAN link for a MAC address. */
  List<Fact<FdbEntry>> fdb(String device, MacAddress mac) {
    return fdb.getOrDefault(device, Map.of()).getOrDefault(mac, List.of());
  }

  /** All neighbours with an address, by their device. */
  Map<String, Map<IpAddress, Fact<Neighbour>>> neighbourTables() {
    return neighbours;
  }

  /** All entries, by their device. */
  Map<String, Map<MacAddress, List<Fact<FdbEntry>>>> fdbTables() {
    return fdb;
  }

  Entries<FdbEntry> allFdb() {
    return facts.get(Section.FDB);
  }

  Optional<Fact<Sysctl>> sysctl(String key) {
    return Optional.ofNullable(sysctls.get(key));
  }

  /**
   * The setting's number; absent when a whole listing lacks it, as where a module is not loaded.
   */
  Gathered<Integer> setting(String key) {
    Optional<Fact<Sysctl>> found = sysctl(key);
    if (found.isPresent()) {
      String value = found.get().value().value().strip();
      boolean number =
          !value.isEmpty()
              && value.length() < 10
              && value.chars().allMatch(c -> c >= '0' && c <= '9');
      return number
          ? Gathered.known(Integer.parseInt(value))
          : Gathered.notGathered(key + " on " + place);
    }
    return facts.get(Section.SYSCTLS).isComplete()
        ? Gathered.absent()
        : Gathered.notGathered(key + " on " + place);
  }

  /** The key of a setting of a device; sysctl writes a dot inside a device's name as a slash. */
  static String key(IpFamily family, String device, String setting) {
    return "net."
        + (family == IpFamily.INET ? "ipv4" : "ipv6")
        + ".conf."
        + device.replace('.', '/')
        + "."
        + setting;
  }

  /**
   * The higher of all's and the device's (IN_DEV_MAXCONF); that is also what ORCONF makes of 0 and
   * 1.
   */
  Gathered<Integer> maxConf(IpFamily family, String device, String setting) {
    ConfKey key = new ConfKey(family, device, setting);
    Gathered<Integer> known = conf.get(key);
    return known != null
        ? known
        : conf.computeIfAbsent(key, k -> readMaxConf(family, device, setting));
  }

  private Gathered<Integer> readMaxConf(IpFamily family, String device, String setting) {
    Gathered<Integer> all = setting(key(family, "all", setting));
    Gathered<Integer> its = setting(key(family, device, setting));
    if (all instanceof Gathered.Known<Integer>(var a)
        && its instanceof Gathered.Known<Integer>(var b)) {
      return Gathered.known(Math.max(a, b));
    }
    return Gathered.notGathered(key(family, device, setting) + " on " + place);
  }

  /** Whether packets that come in by a device are forwarded. */
  Gathered<Integer> forwarding(IpFamily family, String device) {
    ConfKey key = new ConfKey(family, device, "forwarding");
    Gathered<Integer> known = conf.get(key);
    return known != null ? known : conf.computeIfAbsent(key, k -> readForwarding(family, device));
  }

  /**
   * IPv6 asks the setting of all, and since Linux 6.17 whether the device is forced to
   * (ip6_forward); IPv4 the device's, into which the setting of all is written.
   */
  private Gathered<Integer> readForwarding(IpFamily family, String device) {
    if (family == IpFamily.INET6) {
      boolean forced =
          setting(key(family, device, "force_forwarding"))
              .optional()
              .filter(v -> v > 0)
              .isPresent();
      return forced ? Gathered.known(1) : setting(key(family, "all", "forwarding"));
    }
    Gathered<Integer> its = setting(key(family, device, "forwarding"));
    return its instanceof Gathered.Known<Integer> ? its : setting("net.ipv4.ip_forward");
  }

  @Override
  public String toString() {
    return place.toString();
  }
}
