package io.podpath.core.walk;

import io.podpath.core.net.Gathered;
import io.podpath.core.net.IpFamily;
import io.podpath.core.node.NextHop;
import io.podpath.core.node.RouteType;
import java.util.List;
import java.util.Optional;

/**
 * Whether a packet may come in on a device with the source it has (net/ipv4/fib_frontend.c:
 * fib_validate_source and __fib_validate_source). IPv6 has no such filter.
 */
final class ReversePath {

  /** What is said of the source. */
  sealed interface Answer {
    record Fine() implements Answer {}

    /** -EXDEV: the way back goes elsewhere. */
    record Filtered(String entry) implements Answer {}

    /** -EINVAL: nobody may send from such an address. */
    record Martian(String entry) implements Answer {}

    record Open(String reason) implements Answer {}
  }

  private static final Answer FINE = new Answer.Fine();

  private ReversePath() {}

  /**
   * @param out the device it will leave by; empty for one to this node
   */
  static Answer of(Stack stack, Skb skb, String in, Optional<String> out) {
    Packet packet = skb.packet();
    if (packet.family() == IpFamily.INET6) {
      return FINE;
    }
    Gathered<Integer> filter = stack.maxConf(IpFamily.INET, in, "rp_filter");
    Gathered<Integer> accept = stack.maxConf(IpFamily.INET, in, "accept_local");
    boolean acceptsLocal = accept.optional().filter(v -> v > 0).isPresent();
    boolean off = filter instanceof Gathered.Known<Integer>(var mode) && mode == 0;
    if (off && acceptsLocal) {
      return FINE;
    }
    if (off && !custom(stack)) {
      return stack.hasAddress(packet.source()) ? local(accept, packet) : FINE;
    }
    Answer strict = full(stack, skb, in, out, 1, acceptsLocal);
    if (strict instanceof Answer.Fine) {
      return strict;
    }
    return switch (filter) {
      case Gathered.Known<Integer>(var level) ->
          level == 1 ? strict : full(stack, skb, in, out, level, acceptsLocal);
      case Gathered.Absent<Integer>() ->
          new Answer.Open(Stack.key(IpFamily.INET, in, "rp_filter") + " on " + stack);
      case Gathered.NotGathered<Integer>(var reason) -> new Answer.Open(reason);
    };
  }

  private static boolean custom(Stack stack) {
    return stack.fib(IpFamily.INET).hasCustomRules()
        || stack.fib(IpFamily.INET).hasCustomLocalRoutes();
  }

  private static Answer local(Gathered<Integer> accept, Packet packet) {
    String entry = "source " + packet.source() + " is this namespace's own address";
    return accept.isNotGathered()
        ? new Answer.Open("accept_local; " + entry)
        : new Answer.Martian(entry);
  }

  private static Answer full(
      Stack stack, Skb skb, String in, Optional<String> out, int mode, boolean acceptsLocal) {
    Gathered<Integer> counts =
        skb.mark() == 0 ? Gathered.known(0) : stack.maxConf(IpFamily.INET, in, "src_valid_mark");
    boolean markCounts = counts.optional().filter(v -> v > 0).isPresent();
    Answer answer = full(stack, skb, in, out, mode, acceptsLocal, markCounts);
    return counts instanceof Gathered.NotGathered<Integer>(var reason)
            && !answer.equals(full(stack, skb, in, out, mode, acceptsLocal, true))
        ? new Answer.Open(reason)
        : answer;
  }

  private static Answer full(
      Stack stack,
      Skb skb,
      String in,
      Optional<String> out,
      int mode,
      boolean acceptsLocal,
      boolean markCounts) {
    Packet packet = skb.packet();
    Flow back =
        Flow.of(packet, in, Optional.empty(), skb.mark())
            .reversed(out.orElse(Flow.LOOPBACK), markCounts ? skb.mark() : 0);
    Decision decision = stack.fib(IpFamily.INET).lookup(back);
    if (decision instanceof Decision.Open(var reason)) {
      return new Answer.Open(reason);
    }
    boolean noAddress =
        stack.addresses(in).stream().noneMatch(a -> a.value().local().family() == IpFamily.INET);
    if (!(decision instanceof Decision.Found found)) {
      return mode > 0 ? new Answer.Filtered("no route back to " + packet.source()) : FINE;
    }
    if (found.type() != RouteType.UNICAST && !(found.type() == RouteType.LOCAL && acceptsLocal)) {
      return new Answer.Martian(found.route().value().toString());
    }
    boolean uses =
        found.route().value().nextHops().stream()
            .map(NextHop::device)
            .anyMatch(Optional.of(in)::equals);
    if (uses || found.type() == RouteType.LOCAL && in.equals(Flow.LOOPBACK)) {
      return FINE;
    }
    if (noAddress) {
      return mode > 0 ? new Answer.Filtered(found.route().value().toString()) : FINE;
    }
    return mode == 1
        ? new Answer.Filtered(found.route().value().toString())
        // loose: any route will do, and there was one
        : FINE;
  }

  /** {@code -m rpfilter} (net/ipv4/netfilter/ipt_rpfilter.c: rpfilter_mt). */
  static Fit match(List<String> options, Look look) {
    boolean inverted = options.contains("invert");
    if (look.in().filter(Flow.LOOPBACK::equals).isPresent()) {
      return Fit.YES.negated(inverted);
    }
    Packet packet = look.packet();
    if (packet.family() == IpFamily.INET6) {
      return match6(options, look).negated(inverted);
    }
    long mark = options.contains("validmark") ? look.skb().mark() : 0;
    Flow back = Flow.of(packet, "", Optional.empty(), mark).reversed(Flow.LOOPBACK, mark);
    Decision decision = look.stack().fib(packet.family()).lookup(back);
    if (decision instanceof Decision.Open) {
      return Fit.UNKNOWN;
    }
    boolean accepted =
        decision instanceof Decision.Found found
            && (found.type() == RouteType.UNICAST
                || found.type() == RouteType.LOCAL && options.contains("accept-local"))
            && (options.contains("loose")
                || found.route().value().nextHops().stream()
                    .map(NextHop::device)
                    .anyMatch(look.in()::equals));
    return Fit.of(accepted).negated(inverted);
  }

  /**
   * The same of IPv6, where the device it came in by is asked for (net/ipv6/netfilter/
   * ip6t_rpfilter.c: rpfilter_lookup_reverse6).
   */
  private static Fit match6(List<String> options, Look look) {
    Packet packet = look.packet();
    if (packet.source().isUnspecified()) {
      // nowhere to route to, and dropped where it would be forwarded
      return Fit.YES;
    }
    boolean loose = options.contains("loose");
    boolean near = packet.source().isLinkLocal();
    Flow back =
        new Flow(
            packet.source(),
            Optional.of(packet.destination()).filter(d -> !d.isMulticast() && !near),
            Flow.LOOPBACK,
            loose && !near ? Optional.empty() : look.in(),
            options.contains("validmark") ? look.skb().mark() : 0,
            0,
            Optional.of(packet.protocol()),
            Optional.empty(),
            Optional.empty());
    return switch (look.stack().fib(IpFamily.INET6).lookup(back, Fib6Node.Choice.BY_DEVICE)) {
      case Decision.Open _ -> Fit.UNKNOWN;
      case Decision.Found found ->
          switch (found.type()) {
            case LOCAL -> Fit.of(options.contains("accept-local"));
            case ANYCAST, BLACKHOLE, UNREACHABLE, PROHIBIT, THROW -> Fit.NO;
            case UNICAST, BROADCAST, MULTICAST, NAT ->
                Fit.of(
                    loose
                        || found.hops().stream().map(NextHop::device).anyMatch(look.in()::equals));
          };
      case Decision.Refused _, Decision.RuledOut _, Decision.None _ -> Fit.NO;
    };
  }
}
