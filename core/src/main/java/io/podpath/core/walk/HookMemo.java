package io.podpath.core.walk;

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
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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
      Optional<Tracked> tracked) {

    /** Written out: it is asked at every hook a packet passes. */
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key
          && hook == key.hook
          && source == key.source
          && destination == key.destination
          && mark == key.mark
          && in.equals(key.in)
          && out.equals(key.out)
          && protocol.equals(key.protocol)
          && tracked.equals(key.tracked)
          && kind.equals(key.kind)
          && bridge.equals(key.bridge)
          && sourcePort.equals(key.sourcePort)
          && destinationPort.equals(key.destinationPort);
    }

    @Override
    public int hashCode() {
      int hash = 31 * source + destination;
      hash = 31 * hash + hook.hashCode();
      hash = 31 * hash + in.hashCode();
      hash = 31 * hash + out.hashCode();
      hash = 31 * hash + protocol.number();
      hash = 31 * hash + kind.type();
      hash = 31 * hash + Long.hashCode(mark);
      return 31 * hash + tracked.hashCode();
    }
  }

  /** What an ICMP type and TCP flags add. */
  record Kind(int type, Set<String> flags) {}

  record Tracked(
      String state,
      boolean reply,
      long mark,
      boolean destinationTranslated,
      boolean sourceTranslated,
      boolean destinationSet,
      boolean sourceSet) {

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Tracked seen
          && state.equals(seen.state)
          && reply == seen.reply
          && mark == seen.mark
          && destinationTranslated == seen.destinationTranslated
          && sourceTranslated == seen.sourceTranslated
          && destinationSet == seen.destinationSet
          && sourceSet == seen.sourceSet;
    }

    @Override
    public int hashCode() {
      return 31 * state.hashCode() + Long.hashCode(mark) + (reply ? 1 : 0);
    }
  }

  private final boolean usable;
  private final AddressGroups groups;
  private final Map<Key, Long> marks = new ConcurrentHashMap<>();

  private HookMemo(boolean usable, AddressGroups groups) {
    this.usable = usable;
    this.groups = groups;
  }

  static HookMemo of(Facts facts, Netfilter netfilter, IpFamily family) {
    List<IpPrefix> prefixes = new ArrayList<>();
    boolean usable = add(facts, netfilter, family, prefixes);
    return new HookMemo(usable, AddressGroups.of(prefixes, family));
  }

  /** All that tell addresses apart at the hooks. */
  static List<IpPrefix> prefixes(Facts facts, Netfilter netfilter, IpFamily family) {
    List<IpPrefix> prefixes = new ArrayList<>();
    add(facts, netfilter, family, prefixes);
    return prefixes;
  }

  /** Whether prefixes are all that rules ask for, of what no key has. */
  private static boolean add(
      Facts facts, Netfilter netfilter, IpFamily family, List<IpPrefix> prefixes) {
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
    return usable;
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

  boolean isUsable() {
    return usable;
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
            groups.of(packet.source()),
            groups.of(packet.destination()),
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
