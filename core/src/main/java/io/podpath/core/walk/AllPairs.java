package io.podpath.core.walk;

import io.podpath.core.cluster.KubeNode;
import io.podpath.core.net.IpAddress;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.core.walk.Step.Mark;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/** Who can reach whom: every ordered pair is walked. */
public final class AllPairs {

  /** Some four thousand pairs of pods: a second's work. */
  private static final int MOST_PODS = 64;

  private final ClusterView view;
  private final Walker walker;
  private final List<WalkEnd> pods;

  private AllPairs(ClusterView view) {
    this.view = view;
    this.walker = Walker.of(view);
    this.pods = PodEnds.of(view);
  }

  /** Traffic between all pods. */
  public static List<WalkedPair> ofPods(ClusterView view) {
    AllPairs all = new AllPairs(view);
    return pairs(all.pods, (from, to) -> all.walk(from, to, WalkEnd::name));
  }

  /**
   * Traffic from one node's pods to the other's: the worst of it in a small cluster; in another one
   * pod of each node stands for all.
   */
  public static List<WalkedPair> ofNodes(ClusterView view) {
    AllPairs all = new AllPairs(view);
    return pairs(all.nodes(), all::walkNodes);
  }

  /** Whether all pods of a node are walked when pairs of nodes are asked for. */
  public static boolean isSmall(ClusterView view) {
    return PodEnds.of(view).size() <= MOST_PODS;
  }

  @FunctionalInterface
  private interface Walk<T> {
    WalkedPair between(T from, T to);
  }

  private static <T> List<WalkedPair> pairs(List<T> ends, Walk<T> walk) {
    List<WalkedPair> pairs = new ArrayList<>(ends.size() * Math.max(0, ends.size() - 1));
    for (T from : ends) {
      for (T to : ends) {
        if (!from.equals(to)) {
          pairs.add(walk.between(from, to));
        }
      }
    }
    return pairs;
  }

  /** Machines with a name, and nodes that only objects name. */
  private List<String> nodes() {
    TreeSet<String> names = new TreeSet<>(Snapshot.NATURAL_ORDER);
    view.machines().stream().map(NodeState::name).forEach(names::add);
    view.get(Section.NODES).values().map(KubeNode::name).forEach(names::add);
    return List.copyOf(names);
  }

  private WalkedPair walkNodes(String from, String to) {
    List<WalkEnd> senders = podsOf(from);
    List<WalkEnd> receivers = podsOf(to);
    if (senders.isEmpty() || receivers.isEmpty()) {
      String without = senders.isEmpty() ? from : to;
      return WalkedPair.unknown(
          node(from), from, node(to), to, "no pod of " + without + " is known");
    }
    Function<WalkEnd, String> nodeName = e -> e.place().map(Netns::node).orElse(e.name());
    return senders.stream()
        .flatMap(s -> receivers.stream().map(r -> walk(s, r, nodeName)))
        .min(Comparator.comparing(WalkedPair::isDelivered).thenComparing(WalkedPair::isUnknown))
        .orElseThrow();
  }

  private static WalkEnd node(String name) {
    return new WalkEnd(name, Optional.of(Netns.host(name)), List.of());
  }

  /** All its pods, or the first one; one whose namespace was recorded before others. */
  private List<WalkEnd> podsOf(String node) {
    List<WalkEnd> own =
        pods.stream()
            .filter(p -> p.place().filter(q -> q.node().equals(node)).isPresent())
            .toList();
    return pods.size() <= MOST_PODS
        ? own
        : own.stream()
            .filter(this::isRecorded)
            .findFirst()
            .or(() -> own.stream().findFirst())
            .stream()
            .toList();
  }

  private boolean isRecorded(WalkEnd end) {
    return end.start(view).filter(s -> s.in().isEmpty()).isPresent();
  }

  private WalkedPair walk(WalkEnd from, WalkEnd to, Function<WalkEnd, String> name) {
    String fromNode = from.place().map(Netns::node).orElse("");
    String toNode = to.place().map(Netns::node).orElse("");
    WalkEnd sender = new WalkEnd(name.apply(from), from.place(), from.addresses());
    WalkEnd receiver = new WalkEnd(name.apply(to), to.place(), to.addresses());
    Optional<WalkEnd.Start> start = from.start(view);
    Optional<IpAddress> address = from.addressOf(to);
    if (start.isEmpty() || address.isEmpty()) {
      String why =
          start.isEmpty()
              ? "nothing was recorded of " + from.name() + " nor of a way to it on its node"
              : "no address of " + to.name() + " is known";
      return WalkedPair.unknown(sender, fromNode, receiver, toNode, why);
    }
    Question question = Question.ping(start.get().from(), address.get());
    if (start.get().in().isPresent()) {
      question = question.comingIn(start.get().source().orElseThrow(), start.get().in().get());
    }
    Trace trace = walker.walk(to.meant(view).map(question::meaning).orElse(question));
    Disposition end = trace.disposition();
    if (end == Disposition.DELIVERED) {
      return new WalkedPair(
          sender.name(),
          fromNode,
          receiver.name(),
          toNode,
          end,
          false,
          Optional.empty(),
          "",
          List.of());
    }
    boolean reply = trace.worstForward().isDelivered();
    Way lost = reply ? trace.worstReply().orElseThrow() : trace.worstForward();
    return new WalkedPair(
        sender.name(),
        fromNode,
        receiver.name(),
        toNode,
        end,
        reply,
        decisive(lost),
        lost.doubts().stream().findFirst().orElse(""),
        sources(lost).toList());
  }

  /** Of what is delivered to the wrong one, the row that says it is theirs. */
  private static Optional<Step> decisive(Way lost) {
    boolean elsewhere = lost.disposition() == Disposition.DELIVERED_ELSEWHERE;
    return lost.steps().stream()
        .filter(s ->
            elsewhere
                ? s.kind() == Step.Kind.ROUTE
                : s.mark() == Mark.BROKEN || s.mark() == Mark.UNKNOWN)
        .reduce((first, second) -> second);
  }

  private static Stream<Provenance> sources(Way way) {
    return way.steps().stream().flatMap(s -> s.source().stream()).distinct();
  }
}
