package io.podpath.core.node;

import io.podpath.core.net.FwMark;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A rule of policy routing.
 *
 * @param priority lower goes first
 * @param not inverts the whole selector
 * @param action what it does: {@code lookup main}, {@code goto 100}, unreachable, nop …
 * @param selectors further selectors by their word (iif, oif, tos, ipproto, sport, uidrange …), and
 *     what limits the look-up (suppress_prefixlength, suppress_ifgroup, realms)
 */
public record IpRule(
    IpFamily family,
    long priority,
    boolean not,
    Optional<IpPrefix> from,
    Optional<IpPrefix> to,
    Optional<FwMark> fwmark,
    SortedMap<String, String> selectors,
    String action) {

  public IpRule {
    selectors = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(selectors));
  }

  /** The table looked up, when the action is a look-up. */
  public Optional<RouteTable> table() {
    return action.startsWith("lookup ")
        ? Optional.of(new RouteTable(action.substring(7)))
        : Optional.empty();
  }

  /** Order of iproute2's {@code iprule.c: print_rule}. */
  private static final List<String> ORDER =
      List.of("tos", "iif", "oif", "uidrange", "ipproto", "sport", "dport");

  /** Words about the look-up, printed behind the action. */
  private static final List<String> BEHIND =
      List.of("suppress_prefixlength", "suppress_ifgroup", "realms");

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder().append(priority).append(":\t");
    if (not) {
      text.append("not ");
    }
    text.append("from ")
        .append(
            from.map(IpPrefix::toRouteString)
                .map(p -> p.equals("default") ? "all" : p)
                .orElse("all"));
    to.ifPresent(p -> text.append(" to ").append(p.toRouteString()));
    fwmark.ifPresent(m -> text.append(" fwmark ").append(m));
    ORDER.forEach(word -> append(text, word));
    selectors.keySet().stream()
        .filter(k -> !ORDER.contains(k) && !BEHIND.contains(k))
        .forEach(word -> append(text, word));
    text.append(' ').append(action);
    BEHIND.forEach(word -> append(text, word));
    return text.toString();
  }

  private void append(StringBuilder text, String word) {
    String value = selectors.get(word);
    if (value != null) {
      text.append(' ').append(word).append(value.isEmpty() ? "" : " " + value);
    }
  }
}
