package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.FibTable;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.walk.Step.Kind;
import io.podpath.core.walk.Step.Mark;
import java.util.List;
import java.util.Optional;

/** The steps a lost packet does not come to, as far as they can be told. */
public final class RestOfWay {

  private RestOfWay() {}

  /**
   * The way on the node of the one who should have got the packet, as if it had come in by the
   * device by which that node answers; at least that it is not delivered. Empty for a packet that
   * was delivered, and where nobody in particular was meant.
   *
   * @param meant who should have got it
   * @param to by which address
   */
  public static List<Step> of(
      Way lost, Netns meant, IpAddress to, ClusterView view, Walker walker) {
    if (lost.isDelivered() || lost.steps().isEmpty()) {
      return List.of();
    }
    Packet packet = lost.steps().getFirst().packet();
    IpAddress from = source(lost);
    Optional<NodeState> node = view.snapshot().node(meant.node());
    boolean arrived = lost.end().node().equals(meant.node());
    if (node.isPresent() && !arrived) {
      Optional<String> in =
          FibTable.main(node.get().host(), from.family())
              .bestSeen(from)
              .flatMap(r -> r.value().device());
      if (in.isPresent()) {
        Question question =
            Question.ping(Netns.host(meant.node()), to)
                .comingIn(from, in.get())
                .with(packet.protocol(), packet.destinationPort().orElse(Question.SOME_PORT))
                .meaning(meant);
        List<Way> ways = walker.walk(question).forward();
        if (ways.size() == 1 && ways.getFirst().isDelivered()) {
          return ways.getFirst().steps().stream().map(s -> s.with(Mark.NOT_REACHED)).toList();
        }
      }
    }
    return List.of(
        new Step(
            meant,
            Kind.DELIVER,
            Optional.empty(),
            packet.from(from).to(to).toString(),
            Mark.NOT_REACHED,
            Optional.empty(),
            packet,
            Optional.empty()));
  }

  /** A sender's first look-up is still without a source. */
  private static IpAddress source(Way way) {
    return way.steps().stream()
        .map(s -> s.packet().source())
        .filter(s -> !s.isUnspecified())
        .findFirst()
        .orElse(way.packet().source());
  }
}
