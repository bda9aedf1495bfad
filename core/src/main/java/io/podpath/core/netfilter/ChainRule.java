package io.podpath.core.netfilter;

import java.util.List;
import java.util.Optional;

/**
 * One rule of a chain; rules keep the order of the listing.
 *
 * @param table filter, nat, mangle, raw, security
 */
public record ChainRule(
    String table, String chain, List<Match> matches, Target target, Optional<Counters> counters) {

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
    for (Match match : matches) {
      text.append(text.isEmpty() ? "" : " ").append(match);
    }
    String goes = target.toString();
    return goes.isEmpty() ? text.toString() : text.isEmpty() ? goes : text + " " + goes;
  }

  /** As {@code iptables-save} prints it. */
  @Override
  public String toString() {
    return "-A " + chain + " " + spec();
  }
}
