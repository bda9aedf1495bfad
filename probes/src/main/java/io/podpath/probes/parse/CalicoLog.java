package io.podpath.probes.parse;

import io.podpath.core.cni.LogEvent;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What calico-node's start-up and Felix say, and the BIRD beside them. */
final class CalicoLog {

  private static final String NODE = "calico-node";
  private static final String BIRD = "bird";

  private CalicoLog() {}

  /**
   * @param component who wrote the log
   * @param before the last warning or error of the same log
   */
  static List<LogEvent> read(LogLine line, String component, Optional<String> before) {
    List<LogEvent> events = new ArrayList<>();
    chosen(line).ifPresent(events::add);
    inUse(line).ifPresent(events::add);
    notDetected(line).ifPresent(events::add);
    bird(line, component).ifPresent(events::add);
    boolean calico = component.equals(NODE) || line.text().contains("startup.go");
    if (line.message().equals("Terminating")
        || calico && line.message().startsWith("Calico node failed to start")) {
      events.add(new LogEvent.Terminated(NODE, before.orElse("Terminating")));
    } else if (line.says("Kernel's RPF check is set to 'loose'")) {
      events.add(new LogEvent.Terminated(NODE, line.shortMessage()));
    }
    for (String sign :
        List.of("Datastore connection verified", "Calico node started successfully")) {
      if (line.says(sign)) {
        events.add(new LogEvent.Working(NODE, sign));
      }
    }
    return events;
  }

  /**
   * "Using autodetected IPv4 address on interface eth0: 10.0.0.62/31", and since 3.2x "Using
   * autodetected IPv4 address 10.0.0.62/31 on matching interface eth0".
   */
  private static Optional<LogEvent> chosen(LogLine line) {
    if (!line.says("Using autodetected IPv")
        && !line.says("Using IPv4 address from environment")
        && !line.says("discovered on interface")) {
      return Optional.empty();
    }
    Optional<String> address =
        Lines.words(line.message()).stream()
            .map(LogLine::firstWord)
            .map(w -> w.startsWith("IP=") ? w.substring(3).replace("\"", "") : w)
            .filter(w -> CalicoRows.OwnAddress.parse(w).isPresent())
            .findFirst();
    Optional<String> device =
        line.behind("interface ").map(LogLine::firstWord).filter(d -> !d.isEmpty());
    return address
        .flatMap(CalicoRows.OwnAddress::parse)
        .map(own ->
            new LogEvent.AddressChosen(
                NODE, device, own.address(), own.network().map(IpPrefix::length)));
  }

  private static Optional<LogEvent> inUse(LogLine line) {
    Optional<String> other = line.between("Calico node '", "'");
    Optional<IpAddress> address =
        line.behind("is already using the IPv4 address ")
            .or(() -> line.behind("is already using the IPv6 address "))
            .map(LogLine::firstWord)
            .flatMap(IpAddress::parse);
    return other.flatMap(o -> address.map(a -> new LogEvent.AddressInUse(NODE, a, o)));
  }

  private static Optional<LogEvent> notDetected(LogLine line) {
    Optional<String> method =
        line.behind("Unable to auto-detect an IPv4 address ")
            .or(() -> line.behind("Unable to auto-detect an IPv6 address "));
    if (method.isPresent()) {
      String words = method.get();
      int end = words.indexOf(": ");
      String how = end > 0 ? words.substring(0, end) : words;
      return Optional.of(
          new LogEvent.AddressNotDetected(
              NODE, how.startsWith("using ") ? how.substring("using ".length()) : how));
    }
    return line.says("Couldn't autodetect an IPv4 address")
        ? Optional.of(new LogEvent.AddressNotDetected(NODE, ""))
        : Optional.empty();
  }

  private static Optional<LogEvent> bird(LogLine line, String component) {
    Optional<IpAddress> stranger =
        line.behind("Unexpected connect from unknown address ")
            .map(LogLine::firstWord)
            .flatMap(IpAddress::parse);
    if (stranger.isPresent()) {
      return Optional.of(new LogEvent.UnexpectedPeer(BIRD, stranger.get()));
    }
    int state = line.message().indexOf(": State changed to up");
    if (state < 0 || !component.equals(BIRD) && !component.equals(NODE)) {
      return Optional.empty();
    }
    String head = line.message().substring(0, state);
    String protocol = head.substring(head.lastIndexOf(' ') + 1);
    boolean session =
        protocol.startsWith("Mesh_")
            || protocol.startsWith("Node_")
            || protocol.startsWith("Global_")
            || protocol.startsWith("bgp");
    return session
        ? Optional.of(new LogEvent.Working(BIRD, protocol + ": State changed to up"))
        : Optional.empty();
  }
}
