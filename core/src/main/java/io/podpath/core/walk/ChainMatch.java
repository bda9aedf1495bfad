package io.podpath.core.walk;

import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.Port;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Match;
import io.podpath.core.node.RouteType;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.regex.Pattern;

/** Whether a rule is for one packet, as the matches of net/netfilter/xt_*.c decide it. */
final class ChainMatch {

  private static final Pattern PORTS = Pattern.compile("\\d{1,5}(:\\d{1,5})?");

  private ChainMatch() {}

  static Fit of(ChainRule rule, Look look) {
    Fit all = Fit.YES;
    for (Match match : rule.matches()) {
      all = all.and(of(match, look));
      if (all == Fit.NO) {
        return all;
      }
    }
    return all;
  }

  /** Whether this condition alone holds. */
  static Fit of(Match match, Look look) {
    return switch (match) {
      case Match.Source(var negated, var prefix) ->
          Fit.of(prefix.contains(look.packet().source())).negated(negated);
      case Match.Destination(var negated, var prefix) ->
          Fit.of(prefix.contains(look.packet().destination())).negated(negated);
      case Match.InInterface(var negated, var name) -> device(name, look.in()).negated(negated);
      case Match.OutInterface(var negated, var name) -> device(name, look.out()).negated(negated);
      case Match.Protocol(var negated, var protocol) ->
          Fit.of(protocol.number() == 0 || protocol.equals(look.packet().protocol()))
              .negated(negated);
      case Match.Module _, Match.Comment _ -> Fit.YES;
      case Match.SourcePort(var negated, var module, int from, int to) ->
          port(module, look.packet().sourcePort(), from, to, look, negated);
      case Match.DestinationPort(var negated, var module, int from, int to) ->
          port(module, look.packet().destinationPort(), from, to, look, negated);
      case Match.MultiPort(var negated, var option, var ports) ->
          several(option, ports, look.packet()).negated(negated);
      case Match.ConnState(var negated, var module, var states) ->
          Fit.of(inState(states, look)).negated(negated);
      case Match.Mark(var negated, var mark) ->
          Fit.of((look.skb().mark() & mark.mask()) == mark.value()).negated(negated);
      case Match.InSet(var negated, var name, var directions) ->
          look.stack().sets().contains(name, directions, look).negated(negated);
      case Match.AddrType(var negated, var option, var type, var limit) ->
          addressType(option, List.of(type), limit, look).negated(negated);
      case Match.Probability(var negated, double probability) ->
          (probability >= 1 ? Fit.YES : probability <= 0 ? Fit.NO : Fit.CHANCE).negated(negated);
      case Match.Unmodelled(var text) -> ExtraMatch.of(text, look);
    };
  }

  /** {@code cali+} is for every name that begins so; no device at all has an empty name. */
  static Fit device(String wanted, Optional<String> device) {
    String name = device.orElse("");
    return Fit.of(
        wanted.endsWith("+")
            ? name.startsWith(wanted.substring(0, wanted.length() - 1))
            : name.equals(wanted));
  }

  private static Fit port(
      String module, Optional<Port> port, int from, int to, Look look, boolean negated) {
    if (!module.equals(look.packet().protocol().toString()) || port.isEmpty()) {
      return Fit.NO;
    }
    int number = port.get().number();
    return Fit.of(from <= number && number <= to).negated(negated);
  }

  private static Fit several(String option, List<String> ports, Packet packet) {
    if (!ports.stream().allMatch(p -> PORTS.matcher(p).matches())) {
      // a name of /etc/services
      return Fit.UNKNOWN;
    }
    boolean source =
        !option.equals("dports") && packet.sourcePort().filter(p -> in(p, ports)).isPresent();
    boolean destination =
        !option.equals("sports") && packet.destinationPort().filter(p -> in(p, ports)).isPresent();
    return Fit.of(source || destination);
  }

  private static boolean in(Port port, List<String> ranges) {
    for (String range : ranges) {
      int colon = range.indexOf(':');
      int from = Integer.parseInt(colon < 0 ? range : range.substring(0, colon));
      int to = colon < 0 ? from : Integer.parseInt(range.substring(colon + 1));
      if (from <= port.number() && port.number() <= to) {
        return true;
      }
    }
    return false;
  }

  /** xt_conntrack.c: conntrack_mt; before tracking has seen it a packet counts as INVALID. */
  static boolean inState(SortedSet<String> states, Look look) {
    // what stands for a connection in a zone looks like a new one (xt_conntrack.c: conntrack_mt)
    String none = look.skb().zone().isPresent() ? "NEW" : "INVALID";
    String state = look.skb().tracked().map(Skb.Tracked::state).orElse(none);
    Optional<Connection> connection = look.connection();
    return states.contains(state)
        || states.contains("DNAT")
            && connection.filter(Connection::destinationTranslated).isPresent()
        || states.contains("SNAT") && connection.filter(Connection::sourceTranslated).isPresent();
  }

  /** xt_addrtype.c: the type table local gives to the address. */
  static Fit addressType(String option, List<String> types, String limit, Look look) {
    IpAddress address =
        option.startsWith("src") ? look.packet().source() : look.packet().destination();
    if (address.family() == IpFamily.INET6) {
      return addressType6(address, types, limit, look);
    }
    Optional<String> device =
        switch (limit) {
          case "limit-iface-in" -> look.in();
          case "limit-iface-out" -> look.out();
          default -> Optional.empty();
        };
    Gathered<RouteType> type = typeOf(address, device, look);
    return switch (type) {
      case Gathered.Known<RouteType>(var known) ->
          Fit.of(types.contains(known.toString().toUpperCase(Locale.ROOT)));
      case Gathered.Absent<RouteType>() -> Fit.of(types.contains("UNICAST"));
      case Gathered.NotGathered<RouteType> _ -> Fit.UNKNOWN;
    };
  }

  /**
   * xt_addrtype.c: match_type6, match_lookup_rt6: UNICAST is every address that is not a group, and
   * what a route says counts only where it is asked for.
   */
  private static Fit addressType6(IpAddress address, List<String> types, String limit, Look look) {
    boolean routed = types.stream().anyMatch(Set.of("LOCAL", "ANYCAST", "UNREACHABLE")::contains);
    boolean refused =
        types.contains("MULTICAST") && !address.isMulticast()
            || types.contains("UNICAST") && (address.isMulticast() || address.isUnspecified())
            || types.contains("UNSPEC") && !address.isUnspecified();
    if (refused || !routed) {
      return Fit.of(!refused);
    }
    if (!limit.isEmpty()) {
      return Fit.UNKNOWN;
    }
    Flow flow = Flow.towards(address, Optional.empty(), Optional.empty());
    return switch (look.stack().fib(IpFamily.INET6).lookup(flow)) {
      case Decision.Open _ -> Fit.UNKNOWN;
      case Decision.Found found ->
          Fit.of(types.contains(found.type().toString().toUpperCase(Locale.ROOT)));
      case Decision.None _, Decision.Refused _, Decision.RuledOut _ ->
          Fit.of(types.contains("UNREACHABLE"));
    };
  }

  private static Gathered<RouteType> typeOf(IpAddress address, Optional<String> device, Look look) {
    if (address.isMulticast()) {
      return Gathered.known(RouteType.MULTICAST);
    }
    if (address.family() == IpFamily.INET
        && (address.low() == 0xffff_ffffL || address.low() == 0)) {
      return Gathered.known(RouteType.BROADCAST);
    }
    return look.stack().fib(address.family()).typeOf(address, device);
  }
}
