package io.podpath.rules;

import io.podpath.core.cluster.Pod;
import io.podpath.core.cluster.Service;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.net.Port;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.core.walk.Disposition;
import io.podpath.core.walk.Netns;
import io.podpath.core.walk.Question;
import io.podpath.core.walk.Trace;
import io.podpath.core.walk.Walker;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Asks the walk what real packets were asked, by the names recordings and labs give the ends. */
final class Walks {

  private static final Port POD_PORT = new Port(80);

  private final Walker walker;
  private final Map<String, Netns> places = new HashMap<>();
  private final Map<String, IpAddress> addresses = new HashMap<>();
  private final Map<String, Port> ports = new HashMap<>();

  Walks(Snapshot snapshot) {
    this.walker = Walker.of(ClusterView.of(snapshot));
    snapshot.nodes().keySet().forEach(n -> places.put("node/" + n, Netns.host(n)));
    snapshot.get(Section.PODS).values().forEach(this::pod);
    snapshot.get(Section.SERVICES).values().forEach(this::service);
  }

  private void pod(Pod pod) {
    if (pod.node().isPresent() && !pod.ips().isEmpty()) {
      String name = "pod/" + pod.namespace() + "/" + pod.name();
      places.put(name, Netns.pod(pod.node().get(), pod.namespace() + "_" + pod.name()));
      addresses.put(name, pod.ips().getFirst());
    }
  }

  private void service(Service service) {
    if (!service.clusterIps().isEmpty() && !service.ports().isEmpty()) {
      String name = "svc/" + service.namespace() + "/" + service.name();
      addresses.put(name, service.clusterIps().getFirst());
      ports.put(name, service.ports().getFirst().port());
    }
  }

  /** Names an end that no object tells of. */
  void name(String end, Netns place, Optional<IpAddress> address, Optional<Port> port) {
    places.put(end, place);
    address.ifPresent(a -> addresses.put(end, a));
    port.ifPresent(p -> ports.put(end, p));
  }

  /**
   * @param protocol icmp, tcp or udp
   */
  Trace ask(String from, String to, String protocol) {
    return walker.walk(question(from, to, protocol));
  }

  /** The same, whoever gets it: a ping does not tell who answered. */
  Trace askAnybody(String from, String to, String protocol) {
    Question question = question(from, to, protocol);
    return walker.walk(
        new Question(
            question.from(),
            question.source(),
            question.in(),
            question.to(),
            Optional.empty(),
            question.protocol(),
            question.port(),
            question.sourcePort(),
            question.length()));
  }

  private Question question(String from, String to, String protocol) {
    Netns place = Optional.ofNullable(places.get(from)).orElseThrow(() -> unknown(from));
    IpAddress address = Optional.ofNullable(addresses.get(to)).orElseThrow(() -> unknown(to));
    Question ping = Question.ping(place, address);
    Question meant = to.startsWith("pod/") ? ping.meaning(places.getOrDefault(to, place)) : ping;
    return protocol.equals("icmp")
        ? meant
        : meant.with(IpProtocol.parse(protocol).orElseThrow(), ports.getOrDefault(to, POD_PORT));
  }

  private static IllegalArgumentException unknown(String end) {
    return new IllegalArgumentException("no end " + end);
  }

  /** One line where the walk says otherwise than the packet, or leaves it open. */
  Optional<String> disagreement(String from, String to, String protocol, boolean arrived) {
    Trace trace = ask(from, to, protocol);
    boolean delivered = trace.disposition() == Disposition.DELIVERED;
    boolean open = trace.disposition() == Disposition.INSUFFICIENT_INFO;
    return delivered == arrived && !open
        ? Optional.empty()
        : Optional.of(
            "%s -> %s %s %s, and the walk says %s: %s"
                .formatted(
                    from,
                    to,
                    protocol,
                    arrived ? "arrived" : "was lost",
                    trace.disposition(),
                    trace.worstReply().orElse(trace.worstForward())));
  }
}
