package io.podpath.core.walk;

import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import io.podpath.core.node.IpRule;
import io.podpath.core.node.Route;
import java.util.Map;
import java.util.Optional;

/** Whether a rule of policy routing is for a flow (fib_rule_match, fib4_rule_match). */
final class RuleMatch {

  /** Packets that are forwarded have the user of the namespace's owner, which is root. */
  private static final long ROOT = 0;

  private RuleMatch() {}

  static Truth of(IpRule rule, Flow flow) {
    Truth all = selectors(rule, flow);
    // fib4_rule_match: without a source there is nothing a prefix could contain but everything
    all =
        all.and(
            Truth.of(
                rule.from()
                    .map(p -> p.isDefault() || flow.source().filter(p::contains).isPresent())
                    .orElse(true)));
    all = all.and(Truth.of(rule.to().map(p -> p.contains(flow.destination())).orElse(true)));
    all =
        all.and(
            Truth.of(
                rule.fwmark().map(m -> ((m.value() ^ flow.mark()) & m.mask()) == 0).orElse(true)));
    return all.negated(rule.not());
  }

  private static Truth selectors(IpRule rule, Flow flow) {
    Truth all = Truth.YES;
    for (Map.Entry<String, String> selector : rule.selectors().entrySet()) {
      String value = selector.getValue();
      all =
          all.and(
              switch (selector.getKey()) {
                case "iif" -> Truth.of(value.equals(flow.iif()));
                case "oif" -> Truth.of(flow.oif().filter(value::equals).isPresent());
                case "tos", "dsfield" -> typeOfService(value, flow);
                case "ipproto" -> Truth.of(flow.protocol().equals(IpProtocol.parse(value)));
                case "sport" -> ports(value, flow.sourcePort());
                case "dport" -> ports(value, flow.destinationPort());
                case "uidrange" -> user(value);
                // these limit what the look-up may answer, not which packets it is for
                case "suppress_prefixlength", "realms", "proto", "protocol" -> Truth.YES;
                default -> Truth.MAYBE;
              });
    }
    return all;
  }

  private static Truth typeOfService(String value, Flow flow) {
    Optional<Integer> tos = TypeOfService.parse(value);
    return tos.map(t -> Truth.of(t == flow.tos())).orElse(Truth.MAYBE);
  }

  private static Truth ports(String range, Optional<Port> port) {
    int dash = range.indexOf('-');
    Optional<Integer> from = number(dash < 0 ? range : range.substring(0, dash));
    Optional<Integer> to = dash < 0 ? from : number(range.substring(dash + 1));
    if (from.isEmpty() || to.isEmpty()) {
      return Truth.MAYBE;
    }
    return Truth.of(
        port.filter(p -> from.get() <= p.number() && p.number() <= to.get()).isPresent());
  }

  private static Truth user(String range) {
    int dash = range.indexOf('-');
    Optional<Integer> from = number(dash < 0 ? range : range.substring(0, dash));
    return from.map(f -> Truth.of(f == ROOT)).orElse(Truth.MAYBE);
  }

  private static Optional<Integer> number(String text) {
    boolean digits =
        !text.isEmpty() && text.length() < 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return digits ? Optional.of(Integer.parseInt(text)) : Optional.empty();
  }

  /** A route with a type of service is for no other one; one without is for all. */
  static boolean tos(Route route, Flow flow) {
    String value = route.attributes().get("tos");
    return value == null || TypeOfService.parse(value).filter(t -> t == flow.tos()).isPresent();
  }
}
