package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.net.Port;
import io.podpath.core.netfilter.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The new address a target of table nat gives (net/netfilter/xt_nat.c, nf_nat_masquerade.c …). */
final class Translation {

  /** More addresses than these in a range are not told apart. */
  private static final int MOST_ENDS = 16;

  record NewEnd(IpAddress address, Optional<Port> port) {}

  sealed interface Answer {
    /** One, or one of several by a hash. */
    record Ends(List<NewEnd> ends) implements Answer {}

    /** The kernel drops what it cannot translate. */
    record Impossible(String reason) implements Answer {}

    record Open(String reason) implements Answer {}
  }

  private Translation() {}

  static Answer of(Target target, Look look) {
    return switch (target) {
      case Target.Dnat(var to, var options) -> range(to, look.packet().destination());
      case Target.Snat(var to, var options) -> range(to, look.packet().source());
      case Target.Masquerade(var options) -> masquerade(options, look);
      case Target.Other(var name, var options) when name.equals("REDIRECT") ->
          redirect(options, look);
      case Target.Other(var name, var options) when name.equals("NETMAP") -> netmap(options, look);
      case Target.Accept _,
          Target.Drop _,
          Target.Reject _,
          Target.Return _,
          Target.Jump _,
          Target.Goto _,
          Target.SetMark _,
          Target.CountOnly _,
          Target.Other _ ->
          new Answer.Open("not modelled");
    };
  }

  /** {@code 10.0.0.1}, {@code 10.0.0.1-10.0.0.9:80}, {@code :8080}, {@code [fd00::1]:80}. */
  private static Answer range(String text, IpAddress same) {
    String addresses = text;
    String ports = "";
    if (text.startsWith("[")) {
      int end = text.indexOf(']');
      addresses = text.substring(1, Math.max(1, end));
      ports = text.substring(end + 1).replaceFirst("^:", "");
    } else if (text.indexOf(':') == text.lastIndexOf(':') && text.indexOf(':') >= 0) {
      addresses = text.substring(0, text.indexOf(':'));
      ports = text.substring(text.indexOf(':') + 1);
    }
    Optional<Port> port = port(ports);
    if (!ports.isEmpty() && port.isEmpty()) {
      return new Answer.Open("a range of ports");
    }
    if (addresses.isEmpty()) {
      return new Answer.Ends(List.of(new NewEnd(same, port)));
    }
    int dash = addresses.indexOf('-');
    Optional<IpAddress> first =
        IpAddress.parse(dash < 0 ? addresses : addresses.substring(0, dash));
    Optional<IpAddress> last = dash < 0 ? first : IpAddress.parse(addresses.substring(dash + 1));
    if (first.isEmpty() || last.isEmpty()) {
      return new Answer.Open("not modelled");
    }
    List<NewEnd> ends = new ArrayList<>();
    for (IpAddress address = first.get();
        address.compareTo(last.get()) <= 0;
        address = address.plus(1)) {
      ends.add(new NewEnd(address, port));
      if (ends.size() > MOST_ENDS) {
        return new Answer.Open("a range of more than " + MOST_ENDS + " addresses");
      }
    }
    return ends.isEmpty() ? new Answer.Open("a range without addresses") : new Answer.Ends(ends);
  }

  private static Optional<Port> port(String text) {
    boolean number =
        !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return number
        ? Optional.of(Integer.parseInt(text)).filter(p -> p <= 65535).map(Port::new)
        : Optional.empty();
  }

  /**
   * nf_nat_masquerade.c: the first address of the device it leaves by, for the next hop; of IPv6
   * what a sender would take for the destination (nf_nat_masquerade_ipv6).
   */
  private static Answer masquerade(String options, Look look) {
    if (options.contains("--to-ports")) {
      return new Answer.Open("a range of ports");
    }
    String out = look.out().orElse("");
    if (look.stack().addresses(out).isEmpty()
        && !look.stack().facts().get(io.podpath.core.snapshot.Section.ADDRESSES).isComplete()) {
      return new Answer.Open("addresses of " + out + " not gathered");
    }
    IpAddress destination = look.packet().destination();
    IpAddress towards = destination.isV4() ? look.hop().orElse(destination) : destination;
    return SourceAddress.of(look.stack(), out, Optional.of(towards), SourceAddress.UNIVERSE)
        .<Answer>map(a -> new Answer.Ends(List.of(new NewEnd(a, Optional.empty()))))
        .orElseGet(() -> new Answer.Impossible(out + " has no address"));
  }

  /** xt_NETMAP.c: another network, the same host in it. */
  private static Answer netmap(String options, Look look) {
    Packet packet = look.packet();
    boolean destination = look.hook() == Hook.PREROUTING || look.hook() == Hook.OUTPUT;
    return Optional.of(options)
        .filter(o -> o.startsWith("--to "))
        .flatMap(o -> IpPrefix.parse(o.substring("--to ".length())))
        .filter(p -> p.family() == packet.family())
        .<Answer>map(p ->
            new Answer.Ends(
                List.of(
                    new NewEnd(
                        p.with(destination ? packet.destination() : packet.source()),
                        Optional.empty()))))
        .orElseGet(() -> new Answer.Open("not modelled"));
  }

  /** nf_nat_redirect.c: to this node itself. */
  private static Answer redirect(String options, Look look) {
    Optional<Port> port = Optional.empty();
    if (options.startsWith("--to-ports ")) {
      port = port(options.substring("--to-ports ".length()).split(" ", 2)[0]);
      if (port.isEmpty()) {
        return new Answer.Open("a range of ports");
      }
    }
    if (look.hook() == Hook.OUTPUT) {
      IpAddress loopback =
          IpAddress.of(look.packet().family() == IpFamily.INET ? "127.0.0.1" : "::1");
      return new Answer.Ends(List.of(new NewEnd(loopback, port)));
    }
    Optional<IpAddress> own =
        look.in().stream()
            .flatMap(d -> look.stack().addresses(d).stream())
            .map(f -> f.value().local())
            .filter(a -> a.family() == look.packet().family())
            .findFirst();
    Optional<Port> to = port;
    return own.<Answer>map(a -> new Answer.Ends(List.of(new NewEnd(a, to))))
        .orElseGet(() -> new Answer.Impossible("the device has no address"));
  }
}
