package io.podpath.rules;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.Port;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.core.walk.Disposition;
import io.podpath.core.walk.Netns;
import io.podpath.core.walk.Trace;
import io.podpath.core.walk.Way;
import io.podpath.fixtures.lab.LabMatrix;
import io.podpath.fixtures.lab.Probe;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Real packets of a lab, and what the walk through what was gathered there says of them. */
final class LabWalks {

  private static final String HOST_PORT = "hostport/";
  private static final String OTHER = "other ";

  private final Walks walks;
  private final Snapshot snapshot;

  LabWalks(Snapshot snapshot) {
    this.snapshot = snapshot;
    this.walks = new Walks(snapshot);
  }

  /** One line for each probe that went otherwise than its walk, or whose walk is left open. */
  List<String> disagreements(LabMatrix matrix) {
    return matrix.probes().stream().flatMap(p -> disagreement(p).stream()).toList();
  }

  private Optional<String> disagreement(Probe probe) {
    if (probe.to().startsWith(HOST_PORT)) {
      String[] parts = probe.to().substring(HOST_PORT.length()).split(":", 2);
      Optional<IpAddress> address =
          ClusterView.of(snapshot)
              .plan()
              .announcedAddress(parts[0], IpFamily.INET)
              .map(c -> c.address());
      walks.name(
          probe.to(),
          Netns.host(parts[0]),
          address,
          Optional.of(new Port(Integer.parseInt(parts[1]))));
    }
    Trace trace =
        probe.protocol().equals("icmp")
            ? walks.askAnybody(probe.from(), probe.to(), probe.protocol())
            : walks.ask(probe.from(), probe.to(), probe.protocol());
    boolean open =
        Stream.concat(trace.forward().stream(), trace.replies().stream())
            .anyMatch(w -> w.disposition() == Disposition.INSUFFICIENT_INFO);
    // by a node's port it is answered by whoever the node gives it to
    boolean answered = probe.delivered() || probe.isByHostPort() && probe.said().startsWith(OTHER);
    boolean agrees = answered ? mayArrive(trace) : mayBeLost(trace);
    return agrees && !open
        ? Optional.empty()
        : Optional.of(
            "%s: %s, and the walk says %s: %s"
                .formatted(
                    probe.question(),
                    probe.said(),
                    trace.disposition(),
                    Stream.concat(trace.forward().stream(), trace.replies().stream())
                        .map(LabWalks::text)
                        .collect(Collectors.joining("\n  ", "\n  ", ""))));
  }

  private static String text(Way way) {
    return way.disposition()
        + ": "
        + way.steps().stream()
            .map(s -> s.place() + " " + s.kind() + " " + s.entry())
            .collect(Collectors.joining("; "))
        + way.doubts();
  }

  /** Of several ways, by chance or a hash, a packet takes one. */
  private static boolean mayArrive(Trace trace) {
    return trace.forward().stream().anyMatch(Way::isDelivered)
        && (trace.replies().isEmpty() || trace.replies().stream().anyMatch(Way::isDelivered));
  }

  private static boolean mayBeLost(Trace trace) {
    return trace.disposition() != Disposition.DELIVERED;
  }
}
