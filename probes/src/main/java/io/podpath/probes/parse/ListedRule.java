package io.podpath.probes.parse;

import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Counters;
import io.podpath.core.netfilter.Match;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads one row of {@code iptables -L}: its columns by place, then what the modules print behind
 * them.
 */
final class ListedRule {

  /** Without {@code -v} a rule for one interface looks like one for all. */
  static final String INTERFACES_HIDDEN = "interfaces not shown without -v";

  private final ListColumns columns;
  private final List<String> words;
  private final List<Match> matches = new ArrayList<>();
  private int next;

  private ListedRule(ListColumns columns, List<String> words) {
    this.columns = columns;
    this.words = words;
  }

  /** Empty when the row does not have the columns, or was cut. */
  static Optional<ChainRule> read(
      String table, String chain, ListColumns columns, List<String> words) {
    return new ListedRule(columns, words).rule(table, chain);
  }

  private Optional<ChainRule> rule(String table, String chain) {
    Optional<Counters> counters = Optional.empty();
    if (columns.number() && Amounts.plain(word(next++)).isEmpty()) {
      return Optional.empty();
    }
    if (columns.counters()) {
      counters = counters(word(next), word(next + 1));
      next += 2;
      if (counters.isEmpty()) {
        return Optional.empty();
      }
    }
    String target = "";
    boolean whole = true;
    if (columns.protocol()) {
      int protocol = protocolAt();
      if (protocol < 0) {
        return Optional.empty();
      }
      target = protocol > next ? words.get(next) : "";
      next = protocol;
      whole = columns();
    } else {
      target = word(next++);
      matches.add(new Match.Unmodelled("only some columns of the listing are given"));
    }
    Optional<ListedExtras> extras = whole ? ListedExtras.read(target, rest()) : Optional.empty();
    if (extras.isEmpty()) {
      return Optional.empty();
    }
    matches.addAll(extras.get().matches());
    return Optional.of(new ChainRule(table, chain, matches, extras.get().target(), counters));
  }

  private String word(int at) {
    return at < words.size() ? words.get(at) : "";
  }

  private List<String> rest() {
    return next < words.size() ? words.subList(next, words.size()) : List.of();
  }

  private static Optional<Counters> counters(String packets, String bytes) {
    return Amounts.rounded(packets)
        .flatMap(p -> Amounts.rounded(bytes).map(b -> new Counters(p, b)));
  }

  /** A rule without a target leaves its column blank; ip6tables leaves opt blank. */
  private int protocolAt() {
    if (ListColumns.isOpt(word(next + 2))) {
      return next + 1;
    }
    if (ListColumns.isOpt(word(next + 1))) {
      return next;
    }
    return isProtocol(word(next + 1)) ? next + 1 : isProtocol(word(next)) ? next : -1;
  }

  private static boolean isProtocol(String word) {
    String plain = word.startsWith("!") ? word.substring(1) : word;
    return plain.equals("all") || IpProtocol.parse(plain).isPresent();
  }

  /** The columns from prot on; false when some are missing. */
  private boolean columns() {
    String protocol = words.get(next++);
    String option = "";
    if (ListColumns.isOpt(word(next))) {
      option = words.get(next++);
    }
    int needed = next + (columns.interfaces() ? 2 : 0) + (columns.addresses() ? 2 : 0);
    if (words.size() < needed) {
      return false;
    }
    String in = columns.interfaces() ? words.get(next++) : "any";
    String out = columns.interfaces() ? words.get(next++) : "any";
    if (columns.addresses()) {
      address(words.get(next++), "-s");
      address(words.get(next++), "-d");
    } else {
      matches.add(new Match.Unmodelled("only some columns of the listing are given"));
    }
    device(in, true);
    device(out, false);
    protocol(protocol);
    if (!option.isEmpty() && !option.equals("--")) {
      matches.add(new Match.Unmodelled(option.equals("!f") ? "! -f" : "-f"));
    }
    if (!columns.interfaces()) {
      matches.add(new Match.Unmodelled(INTERFACES_HIDDEN));
    }
    return true;
  }

  private void address(String word, String option) {
    boolean negated = word.startsWith("!");
    String plain = negated ? word.substring(1) : word;
    if (plain.equals("anywhere") && !negated) {
      return;
    }
    Optional<IpPrefix> prefix = prefix(plain);
    if (prefix.isEmpty()) {
      matches.add(new Match.Unmodelled((negated ? "! " : "") + option + " " + plain));
    } else if (negated || !prefix.get().isDefault()) {
      matches.add(
          option.equals("-s")
              ? new Match.Source(negated, prefix.get())
              : new Match.Destination(negated, prefix.get()));
    }
  }

  /**
   * Also the few names without -n that mean the same everywhere: of /etc/networks, /etc/hosts and
   * the reverse zone of 224.0.0.0.
   */
  private static Optional<IpPrefix> prefix(String text) {
    int slash = text.indexOf('/');
    String name = slash < 0 ? text : text.substring(0, slash);
    String address =
        switch (name) {
          case "loopback" -> "127.0.0.0";
          case "link-local" -> "169.254.0.0";
          case "localhost" -> "127.0.0.1";
          case "base-address.mcast.net" -> "224.0.0.0";
          default -> name;
        };
    return IpPrefix.parse(slash < 0 ? address : address + text.substring(slash));
  }

  private void device(String word, boolean in) {
    if (word.equals("any") || word.equals("*") || word.equals("+")) {
      return;
    }
    boolean negated = word.startsWith("!");
    String name = negated ? word.substring(1) : word;
    matches.add(in ? new Match.InInterface(negated, name) : new Match.OutInterface(negated, name));
  }

  private void protocol(String word) {
    boolean negated = word.startsWith("!");
    String name = negated ? word.substring(1) : word;
    if (!negated && (name.equals("all") || name.equals("0") || name.equals("ip"))) {
      return;
    }
    matches.add(
        IpProtocol.parse(name)
            .<Match>map(p -> new Match.Protocol(negated, p))
            .orElseGet(() -> new Match.Unmodelled((negated ? "! " : "") + "-p " + name)));
  }
}
