package io.podpath.probes.parse;

import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Counters;
import io.podpath.core.netfilter.Match;
import io.podpath.core.netfilter.Target;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a rule in iptables' words, as {@code iptables-save} prints it or as somebody typed it
 * behind {@code iptables -A CHAIN}: options in any order, long or short, with the exclamation mark
 * before or behind the option, modules implied by {@code -p}. The rule it gives prints in {@code
 * iptables-save}'s order.
 */
public final class ChainRuleReader {

  /** The order in which iptables prints what belongs to no module. */
  private enum Place {
    SOURCE,
    DESTINATION,
    IN,
    OUT,
    PROTOCOL,
    FRAGMENT,
    STRAY
  }

  private final Map<Place, List<Match>> plain = new EnumMap<>(Place.class);
  private final List<MatchModule> modules = new ArrayList<>();
  private final List<SpecWord> words;
  private int next;
  private Optional<SpecWord> putBack = Optional.empty();
  private boolean negated;
  private boolean cut;
  private String table;
  private Optional<IpProtocol> protocol = Optional.empty();
  private Optional<MatchModule> open = Optional.empty();
  private Optional<SpecWord> target = Optional.empty();
  private boolean goesto;
  private boolean behindTarget;
  private final List<SpecWord> targetOptions = new ArrayList<>();
  private Optional<Counters> counters = Optional.empty();

  private ChainRuleReader(String table, List<SpecWord> words) {
    this.table = table;
    this.words = words;
  }

  /**
   * @param words everything behind {@code -A CHAIN}, quotes removed
   * @return empty when the rule is not whole: an option lacks its value, or something was cut out
   */
  public static Optional<ChainRule> read(String table, String chain, List<String> words) {
    return readWords(table, chain, words.stream().map(SpecWord::of).toList());
  }

  static Optional<ChainRule> readWords(String table, String chain, List<SpecWord> words) {
    return new ChainRuleReader(table, words).rule(chain);
  }

  private Optional<ChainRule> rule(String chain) {
    while (next < words.size() && !cut) {
      step();
    }
    if (cut || negated) {
      return Optional.empty();
    }
    List<Match> matches = new ArrayList<>();
    plain.values().forEach(matches::addAll);
    for (MatchModule module : modules) {
      matches.addAll(module.matches());
    }
    return Optional.of(new ChainRule(table, chain, matches, target(), counters));
  }

  private Target target() {
    if (target.isEmpty()) {
      return new Target.CountOnly();
    }
    String name = target.get().value();
    if (goesto) {
      return targetOptions.isEmpty()
          ? new Target.Goto(name)
          : new Target.Other(name, SpecWord.join(targetOptions));
    }
    return TargetWords.read(name, targetOptions);
  }

  private void step() {
    SpecWord word = words.get(next++);
    if (word.isNot()) {
      negated = true;
    } else if (word.isGap()) {
      cut = true;
    } else if (!word.isOption()) {
      stray(word);
    } else {
      option(unglued(word));
    }
  }

  /**
   * Takes {@code -s10.0.0.0/8} and {@code --source=10.0.0.0/8} apart: the value is put back as a
   * word of its own.
   */
  private SpecWord unglued(SpecWord word) {
    String raw = word.raw();
    int equals = raw.indexOf('=');
    if (raw.startsWith("--") && equals > 2) {
      putBack = Optional.of(SpecWord.of(word.value().substring(equals + 1)));
      return new SpecWord(raw.substring(0, equals), raw.substring(0, equals));
    }
    if (raw.length() > 2 && raw.charAt(1) != '-' && "sdiopmjgt".indexOf(raw.charAt(1)) >= 0) {
      putBack = Optional.of(SpecWord.of(word.value().substring(2)));
      return new SpecWord(raw.substring(0, 2), raw.substring(0, 2));
    }
    return word;
  }

  private void option(SpecWord word) {
    switch (word.raw()) {
      case "-s", "--source", "--src" -> address(Place.SOURCE, "-s");
      case "-d", "--destination", "--dst" -> address(Place.DESTINATION, "-d");
      case "-i", "--in-interface" -> device(Place.IN, "-i");
      case "-o", "--out-interface" -> device(Place.OUT, "-o");
      case "-p", "--protocol", "--proto" -> protocol();
      case "-f", "--fragment" -> unmodelled(Place.FRAGMENT, "-f");
      case "-m", "--match" ->
          value()
              .ifPresent(v -> {
                open(new MatchModule(v.value()));
                negated = false;
              });
      case "-j", "--jump", "-g", "--goto" -> {
        target = value();
        goesto = word.raw().equals("-g") || word.raw().equals("--goto");
        behindTarget = true;
        negated = false;
      }
      case "-t", "--table" -> value().ifPresent(v -> table = v.value());
      case "-c", "--set-counters" -> counters();
      case "-w", "--wait", "-W", "--wait-interval" -> {
        if (next < words.size()
            && !words.get(next).raw().isEmpty()
            && Character.isDigit(words.get(next).raw().charAt(0))) {
          next++;
        }
      }
      case "-n",
          "--numeric",
          "-v",
          "--verbose",
          "-4",
          "-6",
          "--ipv4",
          "--ipv6",
          "-x",
          "--exact",
          "--line-numbers" -> {}
      default -> moduleOption(word);
    }
  }

  /** The next word as a value; also reads the old {@code -s ! 10.0.0.0/8}. */
  private Optional<SpecWord> value() {
    if (putBack.isPresent()) {
      Optional<SpecWord> value = putBack;
      putBack = Optional.empty();
      return value;
    }
    if (next + 1 < words.size() && words.get(next).isNot() && !words.get(next + 1).isOption()) {
      negated = true;
      next++;
    }
    if (next >= words.size()
        || words.get(next).isGap()
        || words.get(next).isNot()
        || words.get(next).isOption()) {
      cut = true;
      return Optional.empty();
    }
    return Optional.of(words.get(next++));
  }

  private void put(Place place, Match match) {
    plain.computeIfAbsent(place, p -> new ArrayList<>()).add(match);
    negated = false;
    behindTarget = false;
    open = Optional.empty();
  }

  private void unmodelled(Place place, String text) {
    put(place, new Match.Unmodelled((negated ? "! " : "") + text));
  }

  /** Ends what came before without adding a match: iptables does not print what fits everything. */
  private void fitsAll() {
    behindTarget = false;
    open = Optional.empty();
  }

  private void address(Place place, String option) {
    Optional<SpecWord> value = value();
    if (value.isEmpty()) {
      return;
    }
    Optional<IpPrefix> prefix = IpPrefix.parse(value.get().value());
    if (prefix.isEmpty()) {
      unmodelled(place, option + " " + value.get().raw());
    } else if (prefix.get().isDefault() && !negated) {
      fitsAll();
    } else {
      put(
          place,
          place == Place.SOURCE
              ? new Match.Source(negated, prefix.get())
              : new Match.Destination(negated, prefix.get()));
    }
  }

  private void device(Place place, String option) {
    Optional<SpecWord> value = value();
    if (value.isEmpty()) {
      return;
    }
    String name = value.get().value();
    if (name.equals("+") && !negated) {
      fitsAll();
    } else if (name.isEmpty() || name.equals("+")) {
      unmodelled(place, option + " " + value.get().raw());
    } else {
      put(
          place,
          place == Place.IN
              ? new Match.InInterface(negated, name)
              : new Match.OutInterface(negated, name));
    }
  }

  private void protocol() {
    Optional<SpecWord> value = value();
    if (value.isEmpty()) {
      return;
    }
    String name = value.get().value();
    boolean all = name.equals("all") || name.equals("0") || name.equals("ip");
    protocol = IpProtocol.parse(name);
    if (all && !negated) {
      fitsAll();
    } else if (all || protocol.isEmpty()) {
      unmodelled(Place.PROTOCOL, "-p " + value.get().raw());
    } else {
      put(Place.PROTOCOL, new Match.Protocol(negated, protocol.get()));
    }
  }

  private void counters() {
    Optional<Long> packets = value().flatMap(v -> Amounts.plain(v.value()));
    Optional<Long> bytes = cut ? Optional.empty() : value().flatMap(v -> Amounts.plain(v.value()));
    counters = packets.flatMap(p -> bytes.map(b -> new Counters(p, b)));
  }

  private void open(MatchModule module) {
    modules.add(module);
    open = Optional.of(module);
    behindTarget = false;
  }

  private void moduleOption(SpecWord word) {
    String name = word.raw().startsWith("--") ? word.raw().substring(2) : word.raw();
    Optional<MatchModule> owner = owner(name);
    if (behindTarget && owner.isEmpty()) {
      if (negated) {
        targetOptions.add(SpecWord.of("!"));
        negated = false;
      }
      targetOptions.add(word);
      putBack.ifPresent(targetOptions::add);
      putBack = Optional.empty();
      return;
    }
    if (owner.isEmpty() && open.isEmpty()) {
      implied(name);
    }
    List<SpecWord> values = new ArrayList<>();
    putBack.ifPresent(values::add);
    putBack = Optional.empty();
    if (next + 1 < words.size() && words.get(next).isNot() && !words.get(next + 1).isOption()) {
      negated = true;
      next++;
    }
    while (next < words.size() && !words.get(next).isOption() && !words.get(next).isNot()) {
      if (words.get(next).isGap()) {
        cut = true;
        return;
      }
      values.add(words.get(next++));
    }
    MatchModule.Option option = new MatchModule.Option(negated, name, word.raw(), values);
    negated = false;
    owner
        .or(() -> open)
        .ifPresentOrElse(m -> m.add(option), () -> unmodelled(Place.STRAY, option.raw()));
  }

  /** The latest module that has such an option. */
  private Optional<MatchModule> owner(String option) {
    for (int i = modules.size() - 1; i >= 0; i--) {
      if (modules.get(i).owns(option)) {
        return Optional.of(modules.get(i));
      }
    }
    return Optional.empty();
  }

  /** {@code -p tcp --dport 80} loads the module tcp by itself. */
  private void implied(String option) {
    boolean ports =
        option.equals("dport")
            || option.equals("sport")
            || option.equals("destination-port")
            || option.equals("source-port");
    boolean icmp = option.equals("icmp-type") || option.equals("icmpv6-type");
    boolean flags =
        option.equals("tcp-flags") || option.equals("syn") || option.equals("tcp-option");
    if ((ports || icmp || flags) && protocol.isPresent()) {
      String name = protocol.get().equals(IpProtocol.ICMPV6) ? "icmp6" : protocol.get().toString();
      open(new MatchModule(name));
    }
  }

  private void stray(SpecWord word) {
    if (behindTarget) {
      targetOptions.add(word);
    } else {
      unmodelled(Place.STRAY, word.raw());
    }
  }
}
