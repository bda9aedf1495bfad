package io.podpath.probes.parse;

import io.podpath.core.net.FwMark;
import io.podpath.core.netfilter.Match;
import io.podpath.core.netfilter.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What modules and the target print behind the columns of {@code iptables -L}, each in words of its
 * own (the {@code print} functions of iptables' extensions/libxt_*.c). The target prints last.
 */
final class ListedExtras {

  private static final Set<String> PORT_MODULES = Set.of("tcp", "udp", "sctp", "dccp", "udplite");
  private static final Set<String> LEADS =
      Set.of(
          "ctstate",
          "state",
          "match-set",
          "mark",
          "multiport",
          "ADDRTYPE",
          "statistic",
          "[goto]",
          "reject-with",
          "!");
  private static final Set<String> STATES = Set.copyOf(Match.CONNTRACK_ORDER);

  private final String targetName;
  private final List<String> words;
  private final List<Match> matches = new ArrayList<>();
  private final List<String> targetOptions = new ArrayList<>();
  private Optional<Target> marking = Optional.empty();
  private int next;
  private boolean goesto;
  private boolean cut;

  private ListedExtras(String targetName, List<String> words) {
    this.targetName = targetName;
    this.words = words;
  }

  /** Empty when something was cut out of the row. */
  static Optional<ListedExtras> read(String target, List<String> words) {
    ListedExtras extras = new ListedExtras(target, words);
    while (extras.next < words.size() && !extras.cut) {
      extras.step();
    }
    return extras.cut || target.equals("...") ? Optional.empty() : Optional.of(extras);
  }

  List<Match> matches() {
    return matches;
  }

  Target target() {
    if (targetName.isEmpty()) {
      return new Target.CountOnly();
    }
    if (goesto) {
      return new Target.Goto(targetName);
    }
    return marking.orElseGet(() ->
        TargetWords.read(targetName, targetOptions.stream().map(w -> new SpecWord(w, w)).toList()));
  }

  private String peek(int ahead) {
    return next + ahead < words.size() ? words.get(next + ahead) : "";
  }

  private void step() {
    int start = next;
    String word = words.get(next++);
    if (word.equals("...") || word.equals("\u2026")) {
      cut = true;
    } else if (word.startsWith("//") || word.startsWith("#")) {
      // somebody's remark
      next = words.size();
    } else if (word.startsWith("/*")) {
      comment(word);
    } else if (word.equals("[goto]")) {
      goesto = true;
    } else if (isTargets(word)) {
      targets(word);
    } else if (!known(word)) {
      next = start + 1;
      unknown(start);
    }
  }

  private void comment(String first) {
    StringBuilder text = new StringBuilder(first.substring(2));
    String last = first.length() > 3 ? first : "";
    while (!last.endsWith("*/") && next < words.size()) {
      last = words.get(next++);
      text.append(' ').append(last);
    }
    // its end was cut off, and what followed it too
    cut |= !last.endsWith("*/");
    String inside = text.toString();
    matches.add(
        new Match.Comment(
            (inside.endsWith("*/") ? inside.substring(0, inside.length() - 2) : inside).strip()));
  }

  /** Reads a match it knows; false leaves the place in the text to the caller. */
  private boolean known(String word) {
    boolean negated = word.equals("!");
    String lead = negated ? peek(0) : word;
    if (negated) {
      next++;
    }
    Optional<Match> match =
        switch (lead) {
          case "ctstate" -> states(negated, "conntrack");
          case "state" -> states(negated, "state");
          case "match-set" -> inSet(negated);
          case "mark" -> mark(negated);
          case "multiport" -> negated ? Optional.empty() : multiPort();
          case "ADDRTYPE" -> negated ? Optional.empty() : addrType();
          case "statistic" -> negated ? Optional.empty() : probability();
          case "icmptype", "icmp", "ipv6-icmptype", "ipv6-icmp", "limit:" ->
              negated ? Optional.empty() : asTyped(lead);
          default -> Optional.empty();
        };
    if (match.isPresent()) {
      matches.add(match.get());
      return true;
    }
    return !negated && PORT_MODULES.contains(lead) && ports(lead);
  }

  /** Takes the next word as a value; an exclamation mark may stand before it, glued or not. */
  private record Value(boolean negated, String text) {}

  private Value value() {
    boolean negated = peek(0).equals("!");
    if (negated) {
      next++;
    }
    String word = peek(0);
    next++;
    return word.startsWith("!") ? new Value(true, word.substring(1)) : new Value(negated, word);
  }

  private Optional<Match> states(boolean negated, String module) {
    Value value = value();
    List<String> all = Arrays.asList(value.text.split(","));
    return !value.text.isEmpty() && STATES.containsAll(all)
        ? Optional.of(new Match.ConnState(negated || value.negated, module, new TreeSet<>(all)))
        : Optional.empty();
  }

  private Optional<Match> inSet(boolean negated) {
    String name = peek(0);
    List<String> directions = Arrays.asList(peek(1).split(","));
    next += 2;
    boolean known =
        !name.isEmpty() && directions.stream().allMatch(d -> d.equals("src") || d.equals("dst"));
    return known ? Optional.of(new Match.InSet(negated, name, directions)) : Optional.empty();
  }

  private Optional<Match> mark(boolean negated) {
    if (!peek(0).equals("match")) {
      return Optional.empty();
    }
    next++;
    Value value = value();
    return FwMark.parse(value.text).map(m -> new Match.Mark(negated || value.negated, m));
  }

  private Optional<Match> multiPort() {
    String option = peek(0);
    next++;
    Value value = value();
    List<String> ports = Arrays.asList(value.text.split(","));
    boolean known =
        (option.equals("dports") || option.equals("sports") || option.equals("ports"))
            && ports.stream().allMatch(p -> PortNames.range(p).isPresent());
    return known
        ? Optional.of(new Match.MultiPort(value.negated, option, numbers(ports)))
        : Optional.empty();
  }

  private static List<String> numbers(List<String> ports) {
    List<String> numbers = new ArrayList<>();
    for (String port : ports) {
      PortNames.range(port)
          .ifPresent(
              r -> numbers.add(r.from() == r.to() ? "" + r.from() : r.from() + ":" + r.to()));
    }
    return numbers;
  }

  private Optional<Match> addrType() {
    if (!peek(0).equals("match")) {
      return Optional.empty();
    }
    String option = peek(1);
    next += 2;
    Value type = value();
    String limit =
        switch (peek(0)) {
          case "limit-in" -> "limit-iface-in";
          case "limit-out" -> "limit-iface-out";
          default -> "";
        };
    next += limit.isEmpty() ? 0 : 1;
    boolean single =
        (option.equals("src-type") || option.equals("dst-type"))
            && !type.text.isEmpty()
            && type.text.indexOf(',') < 0;
    boolean both = peek(0).equals("dst-type") || peek(0).equals("src-type");
    return single && !both
        ? Optional.of(new Match.AddrType(type.negated, option, type.text, limit))
        : Optional.empty();
  }

  private Optional<Match> probability() {
    if (!peek(0).equals("mode") || !peek(1).equals("random")) {
      return Optional.empty();
    }
    next += 2;
    boolean negated = peek(0).equals("!");
    next += negated ? 1 : 0;
    if (!peek(0).equals("probability")) {
      return Optional.empty();
    }
    Optional<Double> value = MatchModule.fraction(peek(1));
    next += 2;
    return value.map(p -> new Match.Probability(negated, p));
  }

  /**
   * {@code tcp spt:68 dpt:!67}, {@code udp dpts:1024:65535}; alone it says nothing that the column
   * prot does not.
   */
  private boolean ports(String module) {
    boolean any = false;
    while (isPort(peek(0))) {
      String word = words.get(next++);
      int colon = word.indexOf(':');
      String value = word.substring(colon + 1);
      boolean negated = value.startsWith("!");
      Optional<PortNames.Range> range = PortNames.range(negated ? value.substring(1) : value);
      if (range.isEmpty()) {
        matches.add(new Match.Unmodelled(module + " " + word));
      } else if (word.charAt(0) == 's') {
        matches.add(new Match.SourcePort(negated, module, range.get().from(), range.get().to()));
      } else {
        matches.add(
            new Match.DestinationPort(negated, module, range.get().from(), range.get().to()));
      }
      any = true;
    }
    if (peek(0).startsWith("flags:") || peek(0).startsWith("option=")) {
      matches.add(new Match.Unmodelled(module + " " + words.get(next++)));
    } else if (!any) {
      matches.add(new Match.Module(module));
    }
    return true;
  }

  private static boolean isPort(String word) {
    return word.startsWith("spt:")
        || word.startsWith("dpt:")
        || word.startsWith("spts:")
        || word.startsWith("dpts:");
  }

  /**
   * Matches podpath has no type for, in the words of iptables-save, so that both listings say the
   * same.
   */
  private Optional<Match> asTyped(String lead) {
    String value = peek(0);
    if (value.isEmpty() || value.startsWith("!")) {
      return Optional.empty();
    }
    if (lead.equals("limit:")) {
      boolean known = value.equals("avg") && peek(2).equals("burst") && !peek(3).isEmpty();
      // libxt_limit.c prints no burst that is its own default
      String text =
          "-m limit --limit " + peek(1) + (peek(3).equals("5") ? "" : " --limit-burst " + peek(3));
      next += 4;
      return known ? Optional.of(new Match.Unmodelled(text)) : Optional.empty();
    }
    next++;
    boolean coded = peek(0).equals("code") && !peek(1).isEmpty();
    String code = coded ? "/" + peek(1) : "";
    next += coded ? 2 : 0;
    String option = lead.startsWith("ipv6") ? "-m icmp6 --icmpv6-type " : "-m icmp --icmp-type ";
    return Optional.of(new Match.Unmodelled(option + value + code));
  }

  /** Whether the rest of the row is the target's own. */
  private boolean isTargets(String word) {
    return switch (targetName) {
      case "DNAT", "SNAT" -> word.startsWith("to:");
      case "REJECT" -> word.equals("reject-with");
      case "MASQUERADE" ->
          word.equals("masq") || word.equals("random") || word.equals("random-fully");
      case "REDIRECT" -> word.equals("redir");
      case "NFLOG" -> word.startsWith("nflog-");
      case "SET" -> word.equals("add-set") || word.equals("del-set") || word.equals("map-set");
      default ->
          word.equals(targetName)
              && (targetName.equals("MARK") || TargetWords.isExtension(targetName));
    };
  }

  private void targets(String first) {
    List<String> rest = new ArrayList<>();
    while (next < words.size()
        && !words.get(next).startsWith("//")
        && !words.get(next).startsWith("#")) {
      rest.add(words.get(next++));
    }
    next = words.size();
    rest.removeIf(w -> w.equals("[goto]"));
    switch (targetName) {
      case "DNAT", "SNAT" -> {
        targetOptions.add(targetName.equals("DNAT") ? "--to-destination" : "--to-source");
        targetOptions.add(first.substring(3));
        rest.forEach(w -> targetOptions.add("--" + w));
      }
      case "REJECT" -> {
        targetOptions.add("--reject-with");
        targetOptions.addAll(rest);
      }
      case "MASQUERADE" -> {
        boolean ports = first.equals("masq") && rest.size() >= 2;
        if (ports) {
          targetOptions.add("--to-ports");
          targetOptions.add(rest.get(1));
        } else if (!first.equals("masq")) {
          targetOptions.add("--" + first);
        }
        rest.subList(ports ? 2 : 0, rest.size()).forEach(w -> targetOptions.add("--" + w));
      }
      case "MARK" -> {
        marking = marking(rest);
        targetOptions.addAll(rest);
      }
      default -> {
        targetOptions.add(first);
        targetOptions.addAll(rest);
      }
    }
  }

  /** libxt_MARK.c: mark_tg_print; all of its forms are {@code --set-xmark} in iptables-save. */
  private static Optional<Target> marking(List<String> words) {
    if (words.size() != 2) {
      return Optional.empty();
    }
    Optional<FwMark> value = FwMark.parse(words.get(1));
    return value
        .flatMap(v ->
            switch (words.getFirst()) {
              case "and" -> Optional.of(new FwMark(0, ~v.value() & FwMark.FULL_MASK));
              case "or" -> Optional.of(new FwMark(v.value(), v.value()));
              case "xor" -> Optional.of(new FwMark(v.value(), 0));
              case "set", "xset" -> Optional.of(v);
              default -> Optional.empty();
            })
        .map(m -> new Target.SetMark("set-xmark", m));
  }

  /** Keeps the words up to the next ones it knows. */
  private void unknown(int start) {
    while (next < words.size() && !isLead(words.get(next))) {
      next++;
    }
    matches.add(new Match.Unmodelled(String.join(" ", words.subList(start, next))));
  }

  private boolean isLead(String word) {
    return LEADS.contains(word)
        || PORT_MODULES.contains(word)
        || word.startsWith("/*")
        || word.equals("...")
        || isTargets(word);
  }
}
