package io.podpath.probes.parse;

import io.podpath.core.net.FwMark;
import io.podpath.core.netfilter.Match;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One {@code -m NAME} of a rule with its options while the rule is read. What it says as a whole
 * becomes matches podpath knows the meaning of, or one that keeps the text.
 */
final class MatchModule {

  private static final Set<String> PORT_MODULES = Set.of("tcp", "udp", "sctp", "dccp", "udplite");
  private static final Set<String> PORT_OPTIONS =
      Set.of("dport", "sport", "destination-port", "source-port", "tcp-flags", "syn");
  private static final Set<String> MULTIPORT_OPTIONS =
      Set.of("dports", "sports", "ports", "destination-ports", "source-ports");
  private static final Set<String> STATISTIC_OPTIONS =
      Set.of("mode", "probability", "every", "packet");
  private static final Set<String> STATES = Set.copyOf(Match.CONNTRACK_ORDER);

  /** Of the targets CONNMARK and CT. */
  private static final Set<String> TARGETS_OPTIONS = Set.of("ctmask", "ctevents");

  /**
   * @param name without the dashes
   */
  record Option(boolean negated, String name, String rawName, List<SpecWord> values) {
    String raw() {
      return (negated ? "! " : "")
          + rawName
          + (values.isEmpty() ? "" : " " + SpecWord.join(values));
    }

    Optional<String> single() {
      return values.size() == 1 ? Optional.of(values.getFirst().value()) : Optional.empty();
    }
  }

  private final String name;
  private final List<Option> options = new ArrayList<>();

  MatchModule(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  void add(Option option) {
    options.add(option);
  }

  /**
   * Whether this module owns an option of that name wherever it stands; iptables' options are one
   * flat list.
   */
  boolean owns(String option) {
    return switch (name) {
      case "tcp", "udp", "sctp", "dccp", "udplite" -> PORT_OPTIONS.contains(option);
      case "multiport" -> MULTIPORT_OPTIONS.contains(option);
      case "conntrack" -> option.startsWith("ct") && !TARGETS_OPTIONS.contains(option);
      case "state", "comment" -> option.equals(name);
      case "mark", "connmark" -> option.equals("mark");
      case "policy" -> option.equals("mode");
      case "set" -> option.equals("match-set");
      case "addrtype" ->
          option.equals("src-type")
              || option.equals("dst-type")
              || option.startsWith("limit-iface-");
      case "statistic" -> STATISTIC_OPTIONS.contains(option);
      default -> false;
    };
  }

  List<Match> matches() {
    if (PORT_MODULES.contains(name)) {
      return ports();
    }
    Optional<Match> known =
        switch (name) {
          case "comment" -> one("comment", false).map(o -> new Match.Comment(text(o)));
          case "conntrack" -> one("ctstate", true).flatMap(this::states);
          case "state" -> one("state", true).flatMap(this::states);
          case "mark" -> one("mark", true).flatMap(MatchModule::mark);
          case "set" -> one("match-set", true).flatMap(MatchModule::inSet);
          case "addrtype" -> addrType();
          case "multiport" -> multiPort();
          case "statistic" -> probability();
          default -> Optional.empty();
        };
    return List.of(known.orElseGet(() -> new Match.Unmodelled(text())));
  }

  private String text() {
    StringBuilder text = new StringBuilder("-m ").append(name);
    for (Option option : options) {
      text.append(' ').append(option.raw());
    }
    return text.toString();
  }

  private static String text(Option option) {
    return String.join(" ", option.values.stream().map(SpecWord::value).toList());
  }

  /** The only option, when it has that name. */
  private Optional<Option> one(String option, boolean mayBeNegated) {
    return options.size() == 1
            && options.getFirst().name.equals(option)
            && (mayBeNegated || !options.getFirst().negated)
        ? Optional.of(options.getFirst())
        : Optional.empty();
  }

  private List<Match> ports() {
    if (options.isEmpty()) {
      return List.of(new Match.Module(name));
    }
    List<Match> matches = new ArrayList<>();
    for (Option option : options) {
      Optional<PortNames.Range> range = option.single().flatMap(PortNames::range);
      boolean source = option.name.equals("sport") || option.name.equals("source-port");
      boolean destination = option.name.equals("dport") || option.name.equals("destination-port");
      if (range.isPresent() && source) {
        matches.add(
            new Match.SourcePort(option.negated, name, range.get().from(), range.get().to()));
      } else if (range.isPresent() && destination) {
        matches.add(
            new Match.DestinationPort(option.negated, name, range.get().from(), range.get().to()));
      } else {
        matches.add(new Match.Unmodelled("-m " + name + " " + option.raw()));
      }
    }
    return matches;
  }

  private Optional<Match> states(Option option) {
    return option
        .single()
        .map(v -> Arrays.asList(v.split(",")))
        .filter(all -> !all.isEmpty() && STATES.containsAll(all))
        .map(all -> new Match.ConnState(option.negated, name, new TreeSet<>(all)));
  }

  private static Optional<Match> mark(Option option) {
    return option.single().flatMap(FwMark::parse).map(m -> new Match.Mark(option.negated, m));
  }

  private static Optional<Match> inSet(Option option) {
    if (option.values.size() != 2) {
      return Optional.empty();
    }
    List<String> directions = Arrays.asList(option.values.get(1).value().split(","));
    boolean known = directions.stream().allMatch(d -> d.equals("src") || d.equals("dst"));
    return known
        ? Optional.of(new Match.InSet(option.negated, option.values.getFirst().value(), directions))
        : Optional.empty();
  }

  /**
   * Both options at once, or several types in one, keep their text: the walk knows one type at a
   * time.
   */
  private Optional<Match> addrType() {
    if (options.isEmpty() || options.size() > 2) {
      return Optional.empty();
    }
    Option type = options.getFirst();
    String limit = options.size() == 2 ? options.get(1).name : "";
    boolean knownLimit =
        options.size() == 1
            || (limit.equals("limit-iface-in") || limit.equals("limit-iface-out"))
                && options.get(1).values.isEmpty()
                && !options.get(1).negated;
    boolean knownType = type.name.equals("src-type") || type.name.equals("dst-type");
    return knownLimit && knownType
        ? type.single()
            .filter(t -> t.indexOf(',') < 0)
            .map(t -> new Match.AddrType(type.negated, type.name, t, limit))
        : Optional.empty();
  }

  private Optional<Match> multiPort() {
    if (options.size() != 1) {
      return Optional.empty();
    }
    Option option = options.getFirst();
    String which =
        switch (option.name) {
          case "destination-ports" -> "dports";
          case "source-ports" -> "sports";
          default -> option.name;
        };
    boolean known = which.equals("dports") || which.equals("sports") || which.equals("ports");
    return option
        .single()
        .filter(v -> known)
        .map(v -> Arrays.asList(v.split(",")))
        .filter(all -> !all.isEmpty() && all.stream().allMatch(p -> PortNames.range(p).isPresent()))
        .map(all -> new Match.MultiPort(option.negated, which, all));
  }

  private Optional<Match> probability() {
    if (options.size() != 2
        || !options.getFirst().name.equals("mode")
        || !options.getFirst().single().equals(Optional.of("random"))
        || !options.get(1).name.equals("probability")) {
      return Optional.empty();
    }
    Option option = options.get(1);
    return option
        .single()
        .flatMap(MatchModule::fraction)
        .map(p -> new Match.Probability(option.negated, p));
  }

  /** A number from 0 to 1 written with digits and a dot. */
  static Optional<Double> fraction(String text) {
    boolean digits =
        !text.isEmpty()
            && text.length() <= 20
            && text.chars().allMatch(c -> c >= '0' && c <= '9' || c == '.')
            && text.chars().filter(c -> c == '.').count() <= 1
            && !text.equals(".");
    if (!digits) {
      return Optional.empty();
    }
    double value = Double.parseDouble(text);
    return value <= 1 ? Optional.of(value) : Optional.empty();
  }
}
