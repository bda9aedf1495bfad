package io.podpath.core.netfilter;

import java.util.List;
import java.util.Optional;

/**
 * One rule of a chain; rules keep the order of the listing.
 *
 * @param table filter, nat, mangle, raw, security
 * @param chain {@code ?} where rows of {@code iptables -L} stand without the header of their chain
 */
public record ChainRule(
    String table, String chain, List<Match> matches, Target target, Optional<Counters> counters) {

  private static final List<String> PORT_MODULES =
      List.of("-m tcp ", "-m udp ", "-m sctp ", "-m dccp ", "-m udplite ");

  public ChainRule {
    matches = List.copyOf(matches);
  }

  /** Whether every match is one podpath knows the meaning of. */
  public boolean isModelled() {
    return matches.stream().noneMatch(Match.Unmodelled.class::isInstance);
  }

  /** Whether it takes every packet: no match but comments. */
  public boolean matchesAll() {
    return matches.stream().allMatch(Match.Comment.class::isInstance);
  }

  public Optional<String> comment() {
    for (Match match : matches) {
      if (match instanceof Match.Comment(String text)) {
        return Optional.of(text);
      }
    }
    return Optional.empty();
  }

  /** The rule without {@code -A CHAIN}, in iptables' own words. */
  public String spec() {
    StringBuilder text = new StringBuilder();
    String before = "";
    for (Match match : matches) {
      String words = match.toString();
      String module = portModule(words);
      // "-m udp --sport 67 --dport 68": iptables names the module once for both of its options
      boolean sameModule = !module.isEmpty() && module.equals(before);
      text.append(text.isEmpty() ? "" : " ")
          .append(sameModule ? words.substring(module.length()) : words);
      before = module;
    }
    String goes = target.toString();
    return goes.isEmpty() ? text.toString() : text.isEmpty() ? goes : text + " " + goes;
  }

  /** {@code "-m tcp "} when these are words of such a module with options; else empty. */
  private static String portModule(String words) {
    for (String module : PORT_MODULES) {
      if (words.startsWith(module)) {
        return module;
      }
    }
    return "";
  }

  /** As {@code iptables-save} prints it. */
  @Override
  public String toString() {
    return "-A " + chain + " " + spec();
  }
}
