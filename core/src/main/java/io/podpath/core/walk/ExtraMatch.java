package io.podpath.core.walk;

import io.podpath.core.net.FwMark;
import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.MacAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Matches whose meaning is in their text: those no rule of podpath asks for, but a walk meets. What
 * is not listed here is unknown.
 */
final class ExtraMatch {

  private static final Map<String, Integer> ICMP_TYPES =
      Map.of(
          "echo-reply", 0,
          "destination-unreachable", 3,
          "source-quench", 4,
          "redirect", 5,
          "echo-request", 8,
          "time-exceeded", 11,
          "parameter-problem", 12);

  private static final List<String> TCP_FLAGS = List.of("FIN", "SYN", "RST", "PSH", "ACK", "URG");

  private ExtraMatch() {}

  /** An option with its values, an exclamation mark before it read as {@code negated}. */
  private record Option(boolean negated, String name, List<String> values) {
    Optional<String> value() {
      return values.size() == 1 ? Optional.of(values.getFirst()) : Optional.empty();
    }
  }

  static Fit of(String text, Look look) {
    List<String> words = Arrays.stream(text.split(" ", -1)).filter(w -> !w.isEmpty()).toList();
    if (words.equals(List.of("-f"))) {
      // the walk's packets are whole
      return Fit.NO;
    }
    if (words.equals(List.of("!", "-f"))) {
      return Fit.YES;
    }
    if (words.size() < 2 || !words.getFirst().equals("-m")) {
      return Fit.UNKNOWN;
    }
    List<Option> options = options(words.subList(2, words.size()));
    return switch (words.get(1)) {
      case "tcp" -> all(options, o -> tcp(o, look.packet()));
      case "icmp", "icmp6" -> all(options, o -> icmp(o, look.packet()));
      case "connmark" -> all(options, o -> connectionMark(o, look));
      case "limit", "hashlimit" -> Fit.CHANCE;
      case "statistic" -> Fit.CHANCE;
      case "recent" -> recent(options);
      case "nfacct" -> Fit.YES;
      case "physdev" -> all(options, o -> bridgePort(o, look));
      case "mac" -> all(options, o -> sourceMac(o, look));
      case "rpfilter" -> ReversePath.match(options.stream().map(Option::name).toList(), look);
      case "owner" -> owner(options, look);
      case "length" -> all(options, o -> range(o, look.packet().length()));
      case "ttl", "hl" -> all(options, o -> ttl(o, look.packet().ttl()));
      case "pkttype" -> all(options, o -> packetType(o, look));
      case "iprange" -> all(options, o -> addressRange(o, look.packet()));
      case "policy" -> policy(options);
      case "addrtype" -> addressTypes(options, look);
      case "conntrack" -> all(options, o -> conntrack(o, look));
      default -> Fit.UNKNOWN;
    };
  }

  private static List<Option> options(List<String> words) {
    List<Option> options = new ArrayList<>();
    boolean negated = false;
    for (String word : words) {
      if (word.equals("!")) {
        negated = true;
      } else if (word.startsWith("--")) {
        options.add(new Option(negated, word.substring(2), new ArrayList<>()));
        negated = false;
      } else if (!options.isEmpty()) {
        options.getLast().values().add(word);
      }
    }
    return options;
  }

  private static Fit all(List<Option> options, Function<Option, Fit> meaning) {
    Fit all = Fit.YES;
    for (Option option : options) {
      all = all.and(meaning.apply(option));
    }
    return all;
  }

  private static Fit tcp(Option option, Packet packet) {
    if (!(packet.payload() instanceof Payload.Tcp(var from, var to, var flags))) {
      return Fit.NO;
    }
    if (option.name().equals("syn")) {
      return Fit.of(flags.equals(Set.of("SYN"))).negated(option.negated());
    }
    if (!option.name().equals("tcp-flags") || option.values().size() != 2) {
      return Fit.UNKNOWN;
    }
    List<String> mask = flags(option.values().get(0));
    List<String> wanted = flags(option.values().get(1));
    boolean fits = mask.stream().allMatch(f -> flags.contains(f) == wanted.contains(f));
    return Fit.of(fits).negated(option.negated());
  }

  private static List<String> flags(String text) {
    return switch (text) {
      case "ALL" -> TCP_FLAGS;
      case "NONE" -> List.of();
      default -> Arrays.asList(text.split(",", -1));
    };
  }

  private static Fit icmp(Option option, Packet packet) {
    if (!(packet.payload() instanceof Payload.Icmp icmp)) {
      return Fit.NO;
    }
    Optional<String> value = option.value();
    if (value.isEmpty()
        || !option.name().equals("icmp-type") && !option.name().equals("icmpv6-type")) {
      return Fit.UNKNOWN;
    }
    boolean six = icmp.protocol().equals(IpProtocol.ICMPV6);
    if (value.get().equals("any") || value.get().equals("255")) {
      return Fit.YES.negated(option.negated());
    }
    int slash = value.get().indexOf('/');
    String type = slash < 0 ? value.get() : value.get().substring(0, slash);
    Optional<Integer> number =
        six
            ? type.equals("echo-request")
                ? Optional.of(128)
                : type.equals("echo-reply") ? Optional.of(129) : number(type)
            : Optional.ofNullable(ICMP_TYPES.get(type)).or(() -> number(type));
    Optional<Integer> code =
        slash < 0 ? Optional.of(icmp.code()) : number(value.get().substring(slash + 1));
    if (number.isEmpty() || code.isEmpty()) {
      return icmp.isEcho() || icmp.isEchoReply() ? Fit.NO : Fit.UNKNOWN;
    }
    return Fit.of(icmp.type() == number.get() && icmp.code() == code.get())
        .negated(option.negated());
  }

  private static Fit connectionMark(Option option, Look look) {
    Optional<FwMark> mark = option.value().flatMap(FwMark::parse);
    if (mark.isEmpty() || !option.name().equals("mark")) {
      return Fit.UNKNOWN;
    }
    // xt_connmark.c: connmark_mt is false for packets without a connection, negated or not; what
    // stands for one in a zone has no mark
    return look.connection()
        .map(Connection::mark)
        .or(() -> look.skb().zone().map(z -> 0L))
        .map(m -> Fit.of((m & mark.get().mask()) == mark.get().value()).negated(option.negated()))
        .orElse(Fit.NO);
  }

  private static Fit recent(List<Option> options) {
    boolean sets = options.stream().anyMatch(o -> o.name().equals("set") && !o.negated());
    return sets ? Fit.YES : Fit.CHANCE;
  }

  /**
   * xt_physdev.c. A bridge notes its ports down only where it calls the rules of the family (struct
   * nf_bridge_info, br_nf_pre_routing), also of what is routed later.
   */
  private static Fit bridgePort(Option option, Look look) {
    Optional<Look.Ports> ports = look.bridge();
    if (ports.isPresent() && look.in().isPresent()) {
      Gathered<Integer> calls =
          Bridging.calls(look.stack(), look.in().get(), look.packet().family());
      if (calls.isNotGathered()) {
        return Fit.UNKNOWN;
      }
      ports = ports.filter(p -> calls.optional().filter(c -> c > 0).isPresent());
    }
    Optional<String> in = ports.map(Look.Ports::in);
    Optional<String> out = ports.flatMap(Look.Ports::out);
    Fit fit =
        switch (option.name()) {
          case "physdev-is-bridged" -> Fit.of(in.isPresent() && out.isPresent());
          case "physdev-is-in" -> Fit.of(in.isPresent());
          case "physdev-is-out" -> Fit.of(out.isPresent());
          case "physdev-in" ->
              option
                  .value()
                  .map(v -> in.isEmpty() ? Fit.NO : ChainMatch.device(v, in))
                  .orElse(Fit.UNKNOWN);
          case "physdev-out" ->
              option
                  .value()
                  .map(v -> out.isEmpty() ? Fit.NO : ChainMatch.device(v, out))
                  .orElse(Fit.UNKNOWN);
          default -> Fit.UNKNOWN;
        };
    return fit.negated(option.negated());
  }

  private static Fit sourceMac(Option option, Look look) {
    Optional<MacAddress> wanted = option.value().flatMap(MacAddress::parse);
    if (wanted.isEmpty() || !option.name().equals("mac-source")) {
      return Fit.UNKNOWN;
    }
    return look.sourceMac()
        .map(m -> Fit.of(m.equals(wanted.get())).negated(option.negated()))
        .orElse(look.in().isPresent() ? Fit.UNKNOWN : Fit.NO);
  }

  /** xt_owner.c: only packets with a socket have an owner, and whose it is nobody recorded. */
  private static Fit owner(List<Option> options, Look look) {
    if (look.in().isPresent()) {
      return Fit.of(options.stream().allMatch(Option::negated));
    }
    return Fit.UNKNOWN;
  }

  private static Fit range(Option option, int number) {
    Optional<String> value = option.value();
    if (value.isEmpty()) {
      return Fit.UNKNOWN;
    }
    int colon = value.get().indexOf(':');
    Optional<Integer> from = number(colon < 0 ? value.get() : value.get().substring(0, colon));
    Optional<Integer> to = colon < 0 ? from : number(value.get().substring(colon + 1));
    return from.isEmpty() || to.isEmpty()
        ? Fit.UNKNOWN
        : Fit.of(from.get() <= number && number <= to.get()).negated(option.negated());
  }

  private static Fit ttl(Option option, int ttl) {
    Optional<Integer> value = option.value().flatMap(ExtraMatch::number);
    if (value.isEmpty()) {
      return Fit.UNKNOWN;
    }
    Fit fit =
        switch (option.name()) {
          case "ttl-eq", "hl-eq" -> Fit.of(ttl == value.get());
          case "ttl-lt", "hl-lt" -> Fit.of(ttl < value.get());
          case "ttl-gt", "hl-gt" -> Fit.of(ttl > value.get());
          default -> Fit.UNKNOWN;
        };
    return fit.negated(option.negated());
  }

  private static Fit packetType(Option option, Look look) {
    boolean group = look.packet().destination().isMulticast();
    if (!option.name().equals("pkt-type") || look.in().isEmpty() || group) {
      return Fit.UNKNOWN;
    }
    return option
        .value()
        .map(v -> Fit.of(v.equals("unicast")).negated(option.negated()))
        .orElse(Fit.UNKNOWN);
  }

  private static Fit addressRange(Option option, Packet packet) {
    Optional<String> value = option.value();
    int dash = value.map(v -> v.indexOf('-')).orElse(-1);
    if (dash < 0) {
      return Fit.UNKNOWN;
    }
    Optional<IpAddress> from = IpAddress.parse(value.get().substring(0, dash));
    Optional<IpAddress> to = IpAddress.parse(value.get().substring(dash + 1));
    IpAddress address = option.name().equals("src-range") ? packet.source() : packet.destination();
    return from.isEmpty() || to.isEmpty()
        ? Fit.UNKNOWN
        : Fit.of(address.compareTo(from.get()) >= 0 && address.compareTo(to.get()) <= 0)
            .negated(option.negated());
  }

  /** No fabric podpath knows uses IPsec. */
  private static Fit policy(List<Option> options) {
    Predicate<Option> policy = o -> o.name().equals("pol");
    Optional<Option> asked = options.stream().filter(policy).findFirst();
    return asked.flatMap(Option::value).map(v -> Fit.of(v.equals("none"))).orElse(Fit.UNKNOWN);
  }

  private static Fit addressTypes(List<Option> options, Look look) {
    String limit =
        options.stream()
            .map(Option::name)
            .filter(n -> n.startsWith("limit-iface"))
            .findFirst()
            .orElse("");
    Fit all = Fit.YES;
    for (Option option : options) {
      if (option.name().endsWith("-type")) {
        List<String> types = List.of(option.value().orElse("").split(",", -1));
        all =
            all.and(
                ChainMatch.addressType(option.name(), types, limit, look)
                    .negated(option.negated()));
      }
    }
    return all;
  }

  private static Fit conntrack(Option option, Look look) {
    Optional<Connection> connection = look.connection();
    if (option.name().equals("ctstate")) {
      TreeSet<String> states = new TreeSet<>(List.of(option.value().orElse("").split(",", -1)));
      return Fit.of(ChainMatch.inState(states, look)).negated(option.negated());
    }
    if (connection.isEmpty()) {
      return Fit.NO;
    }
    Connection.Tuple original = connection.get().original();
    Optional<IpPrefix> prefix = option.value().flatMap(IpPrefix::parse);
    Fit fit =
        switch (option.name()) {
          case "ctorigsrc" ->
              prefix.map(p -> Fit.of(p.contains(original.source()))).orElse(Fit.UNKNOWN);
          case "ctorigdst" ->
              prefix.map(p -> Fit.of(p.contains(original.destination()))).orElse(Fit.UNKNOWN);
          case "ctdir" ->
              Fit.of(
                  option.value().filter(v -> v.equals("REPLY")).isPresent()
                      == look.skb().tracked().filter(Skb.Tracked::reply).isPresent());
          case "ctorigdstport" ->
              range(
                  new Option(false, "", option.values()),
                  original.destinationPort().map(p -> p.number()).orElse(-1));
          default -> Fit.UNKNOWN;
        };
    return fit.negated(option.negated());
  }

  private static Optional<Integer> number(String text) {
    boolean digits =
        !text.isEmpty() && text.length() < 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return digits ? Optional.of(Integer.parseInt(text)) : Optional.empty();
  }
}
