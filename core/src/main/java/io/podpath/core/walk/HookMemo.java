package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.IpSetMember;
import io.podpath.core.netfilter.Match;
import io.podpath.core.node.Route;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * Which packets the rules of a namespace let pass, changed in nothing but their mark. Addresses
 * that no prefix of any rule, set or local route tells apart behave alike, so of a thousand
 * destinations most are one: what is known of one of them is known of all.
 */
final class HookMemo {

  /**
   * Of the matches podpath reads from their text, those that ask for nothing but what a key has.
   */
  private static final Pattern BY_KEY =
      Pattern.compile("-m (tcp|icmp|icmp6|limit|hashlimit|statistic|connmark|policy|nfacct) .*");

  /** All that rules may ask for. */
  record Key(
      Hook hook,
      int source,
      int destination,
      IpProtocol protocol,
      Optional<Port> sourcePort,
      Optional<Port> destinationPort,
      Kind kind,
      Optional<String> in,
      Optional<String> out,
      Optional<Look.Ports> bridge,
      long mark,
      Optional<Tracked> tracked) {}

  /** What an ICMP type and TCP flags add. */
  record Kind(int type, Set<String> flags) {}

  record Tracked(
      String state,
      boolean reply,
      long mark,
      boolean destinationTranslated,
      boolean sourceTranslated,
      boolean destinationSet,
      boolean sourceSet) {}

  private final boolean usable;
  private final PrefixTable<IpPrefix> prefixes;
  private final AtomicInteger next = new AtomicInteger();
  private final Map<IpAddress, Integer> groups = new ConcurrentHashMap<>();
  private final Map<List<List<IpPrefix>>, Integer> numbers = new ConcurrentHashMap<>();
  private final Map<Key, Long> marks = new ConcurrentHashMap<>();

  private HookMemo(boolean usable, PrefixTable<IpPrefix> prefixes) {
    this.usable = usable;
    this.prefixes = prefixes;
  }

  static HookMemo of(Facts facts, Netfilter netfilter, IpFamily family) {
    List<IpPrefix> prefixes = new ArrayList<>();
    boolean usable = true;
    for (Netfilter.Listing listing : netfilter.listings()) {
      for (List<Fact<ChainRule>> rules : listing.rules().values()) {
        for (Fact<ChainRule> rule : rules) {
          for (Match match : rule.value().matches()) {
            usable &= add(match, prefixes);
          }
        }
      }
    }
    for (Fact<IpSetMember> member : facts.get(Section.IPSET_MEMBERS).facts()) {
      for (String part : member.value().element().split(",", -1)) {
        IpPrefix.parse(part).ifPresent(prefixes::add);
      }
    }
    for (Fact<Route> route : facts.localRoutes(family).facts()) {
      prefixes.add(route.value().destination());
    }
    facts.get(Section.ADDRESSES).values().forEach(a -> prefixes.add(a.local().toPrefix()));
    List<IpPrefix> distinct =
        prefixes.stream().filter(p -> p.family() == family).distinct().toList();
    return new HookMemo(usable, PrefixTable.of(distinct, p -> p));
  }

  private static boolean add(Match match, List<IpPrefix> prefixes) {
    return switch (match) {
      case Match.Source(var negated, var prefix) -> prefixes.add(prefix);
      case Match.Destination(var negated, var prefix) -> prefixes.add(prefix);
      case Match.Unmodelled(var text) -> BY_KEY.matcher(text).matches();
      case Match.InInterface _,
          Match.OutInterface _,
          Match.Protocol _,
          Match.Module _,
          Match.Comment _,
          Match.SourcePort _,
          Match.DestinationPort _,
          Match.MultiPort _,
          Match.ConnState _,
          Match.Mark _,
          Match.InSet _,
          Match.AddrType _,
          Match.Probability _ ->
          true;
    };
  }

  /** Empty where rules ask for more than a key holds. */
  Optional<Key> key(Look look) {
    if (!usable) {
      return Optional.empty();
    }
    Packet packet = look.packet();
    return Optional.of(
        new Key(
            look.hook(),
            group(packet.source()),
            group(packet.destination()),
            packet.protocol(),
            packet.sourcePort(),
            packet.destinationPort(),
            kind(packet.payload()),
            look.in(),
            look.out(),
            look.bridge(),
            look.skb().mark(),
            look.skb().tracked().map(t -> tracked(t, look.connection()))));
  }

  /** The number of the group of addresses this one belongs to. */
  private int group(IpAddress address) {
    Integer known = groups.get(address);
    if (known != null) {
      return known;
    }
    int number = numbers.computeIfAbsent(prefixes.containing(address), k -> next.getAndIncrement());
    groups.put(address, number);
    return number;
  }

  private static Kind kind(Payload payload) {
    return switch (payload) {
      case Payload.Tcp(var from, var to, var flags) -> new Kind(0, flags);
      case Payload.Icmp icmp -> new Kind(icmp.type(), Set.of());
      case Payload.Udp _,
          Payload.Vxlan _,
          Payload.FlannelUdp _,
          Payload.Encapsulated _,
          Payload.GreFrame _,
          Payload.Opaque _ ->
          new Kind(0, Set.of());
    };
  }

  private static Tracked tracked(Skb.Tracked tracked, Optional<Connection> connection) {
    return new Tracked(
        tracked.state(),
        tracked.reply(),
        connection.map(Connection::mark).orElse(0L),
        connection.filter(Connection::destinationTranslated).isPresent(),
        connection.filter(Connection::sourceTranslated).isPresent(),
        connection.filter(Connection::destinationSet).isPresent(),
        connection.filter(Connection::sourceSet).isPresent());
  }

  /** The mark such a packet has behind the hook; empty while it is not known to pass. */
  OptionalLong markBehind(Key key) {
    Long mark = marks.get(key);
    return mark == null ? OptionalLong.empty() : OptionalLong.of(mark);
  }

  void remember(Key key, long mark) {
    marks.put(key, mark);
  }
}
