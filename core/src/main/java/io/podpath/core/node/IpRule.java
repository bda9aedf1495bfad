package io.podpath.core.node;

import io.podpath.core.net.FwMark;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A rule of policy routing.
 *
 * @param priority lower goes first
 * @param not inverts the whole selector
 * @param action what it does: {@code lookup main}, {@code goto 100}, unreachable, nop …
 * @param selectors further selectors by their word (iif, oif, tos, ipproto, sport, uidrange …)
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
    return action.startsWith("lookup ") ? Optional.of(new RouteTable(action.substring(7))) : Optional.empty();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder().append(priority).append(":\t");
    if (not) {
      text.append("not ");
    }
    text.append("from ").append(from.map(IpPrefix::toRouteString).map(p -> p.equals("default") ? "all" : p).orElse("all"));
    to.ifPresent(p -> text.append(" to ").append(p.toRouteString()));
    fwmark.ifPresent(m -> text.append(" fwmark ").append(m));
    selectors.forEach((k, v) -> text.append(' ').append(k).append(v.isEmpty() ? "" : " " + v));
    return text.append(' ').append(action).toString();
  }
}
