package io.podpath.core.walk;

import io.podpath.core.cluster.KubeNode;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpProtocol;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.NodeState;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.core.walk.Step.Mark;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Who can reach whom: every ordered pair is walked. */
public final class AllPairs {

  /** Some four thousand pairs of pods: a second's work. */
  private static final int MOST_PODS = 64;

  private static final IpProtocol ICMP = IpProtocol.ICMP;

  private static final Comparator<Walked> WORST =
      Comparator.comparing(Walked::isDelivered).thenComparing(Walked::isUnknown);

  private final ClusterView view;
  private final Walker walker;
  private final List<Pod> pods;
  private final Map<String, List<Pod>> byNode;

  private AllPairs(ClusterView view) {
    this.view = view;
    this.walker = Walker.of(view);
    this.pods = PodEnds.of(view).stream().map(e -> pod(e, view)).toList();
    this.byNode =
        pods.stream()
            .filter(p -> p.end().place().isPresent())
            .collect(
                Collectors.groupingBy(
                    p -> nodeOf(p.end()).toLowerCase(Locale.ROOT),
                    Collectors.collectingAndThen(Collectors.toList(), this::standing)));
  }

  /**
   * A pod, with all that is the same whoever is at the other end.
   *
   * @param unread why it cannot be told what it takes for its own
   */
  private record Pod(
      WalkEnd end, Optional<String> unread, Optional<WalkEnd.Start> start, Optional<Netns> meant) {}

  private static Pod pod(WalkEnd end, ClusterView view) {
    return new Pod(end, unread(end, view), end.start(view), end.meant(view));
  }

  /** All pods of a node, or the first one; one whose namespace was recorded before others. */
  private List<Pod> standing(List<Pod> own) {
    return pods.size() <= MOST_PODS
        ? own
        : own.stream()
            .filter(p -> p.start().filter(s -> s.in().isEmpty()).isPresent())
            .findFirst()
            .or(() -> own.stream().findFirst())
            .stream()
            .toList();
  }

  public static AllPairs of(ClusterView view) {
    return new AllPairs(view);
  }

  /** Traffic between all pods. */
  public List<WalkedPair> ofPods() {
    // a walk changes nothing but what is remembered of it, which many threads may
    return pods.parallelStream()
        .flatMap(from ->
            pods.stream()
                .filter(to -> !from.end().equals(to.end()))
                .map(to -> walk(from, to, ICMP).pair(WalkEnd::name)))
        .toList();
  }

  /**
   * Traffic from one node's pods to the other's: the worst of it in a small cluster; in another one
   * pod of each node stands for all.
   */
  public List<WalkedPair> ofNodes() {
    return ofNodes((from, to) -> true);
  }

  /**
   * The same of some pairs only.
   *
   * @param which by the names of their nodes
   */
  public List<WalkedPair> ofNodes(BiPredicate<String, String> which) {
    List<String> nodes = nodes();
    return nodes.parallelStream()
        .flatMap(from ->
            nodes.stream()
                .filter(to -> !from.equals(to) && which.test(from, to))
                .map(to -> ofNodes(from, to, ICMP)))
        .toList();
  }

  /**
   * The same of two nodes, by another protocol.
   *
   * @param protocol ICMP for what ping sends; of TCP a connection to {@link Question#SOME_PORT}
   */
  public WalkedPair ofNodes(String from, String to, IpProtocol protocol) {
    return pair(from, to, protocol, WORST);
  }

  /**
   * The same by ping, without pods that a filter takes packets from, as long as others are left.
   */
  public WalkedPair ofNodesBesideFilters(String from, String to) {
    return pair(from, to, ICMP, Comparator.comparing(Walked::isFiltered).thenComparing(WORST));
  }

  private WalkedPair pair(
      String from, String to, IpProtocol protocol, Comparator<Walked> worstFirst) {
    return first(from, to, protocol, worstFirst)
        .map(w -> w.pair(AllPairs::nodeOf))
        .orElseGet(() ->
            WalkedPair.unknown(
                node(from),
                from,
                node(to),
                to,
                protocol,
                WalkedPair.NO_POD + (podsOf(from).isEmpty() ? from : to) + " is known"));
  }

  /** Step by step what {@link #ofNodes(String, String, IpProtocol)} is about. */
  public Optional<PodTrace> example(String from, String to, IpProtocol protocol) {
    return first(from, to, protocol, WORST)
        .flatMap(w -> w.question().map(q -> new PodTrace(w.from(), w.to(), walker.walk(q))));
  }

  /** Whether all pods of a node are walked when pairs of nodes are asked for. */
  public static boolean isSmall(ClusterView view) {
    return PodEnds.of(view).size() <= MOST_PODS;
  }

  /** Machines with a name, and nodes that only objects name. */
  private List<String> nodes() {
    TreeSet<String> names = new TreeSet<>(Snapshot.NATURAL_ORDER);
    Set<String> known = new HashSet<>();
    // a kubelet writes its host's name in small letters
    Stream.concat(
            view.machines().stream().map(NodeState::name),
            view.get(Section.NODES).values().map(KubeNode::name))
        .filter(n -> known.add(n.toLowerCase(Locale.ROOT)))
        .forEach(names::add);
    return List.copyOf(names);
  }

  private Optional<Walked> first(
      String from, String to, IpProtocol protocol, Comparator<Walked> worstFirst) {
    List<Pod> receivers = podsOf(to);
    return podsOf(from).stream()
        .flatMap(s -> receivers.stream().map(r -> walk(s, r, protocol)))
        .min(worstFirst);
  }

  private static String nodeOf(WalkEnd end) {
    return end.place().map(Netns::node).orElse(end.name());
  }

  private static WalkEnd node(String name) {
    return new WalkEnd(name, Optional.of(Netns.host(name)), List.of());
  }

  private List<Pod> podsOf(String node) {
    return byNode.getOrDefault(node.toLowerCase(Locale.ROOT), List.of());
  }

  /**
   * Two pods, and what became of a packet.
   *
   * @param question empty where none can be asked
   * @param gap why not; else empty
   */
  private record Walked(
      WalkEnd from,
      WalkEnd to,
      IpProtocol protocol,
      Optional<Question> question,
      Optional<Trace> trace,
      String gap) {

    boolean isDelivered() {
      return trace.filter(t -> t.disposition() == Disposition.DELIVERED).isPresent();
    }

    boolean isFiltered() {
      return !isDelivered()
          && !isUnknown()
          && trace
              .map(AllPairs::lost)
              .flatMap(AllPairs::decisive)
              .filter(d -> d.kind() == Step.Kind.FILTER)
              .isPresent();
    }

    boolean isUnknown() {
      return trace.filter(t -> t.disposition() != Disposition.INSUFFICIENT_INFO).isEmpty();
    }

    WalkedPair pair(Function<WalkEnd, String> name) {
      WalkEnd sender = new WalkEnd(name.apply(from), from.place(), from.addresses());
      WalkEnd receiver = new WalkEnd(name.apply(to), to.place(), to.addresses());
      String fromNode = from.place().map(Netns::node).orElse("");
      String toNode = to.place().map(Netns::node).orElse("");
      return trace.isEmpty()
          ? WalkedPair.unknown(sender, fromNode, receiver, toNode, protocol, gap)
          : AllPairs.pair(sender.name(), fromNode, receiver.name(), toNode, protocol, trace.get());
    }
  }

  private Walked walk(Pod sender, Pod receiver, IpProtocol protocol) {
    WalkEnd from = sender.end();
    WalkEnd to = receiver.end();
    Optional<String> unread = sender.unread().or(receiver::unread);
    if (unread.isPresent()) {
      return new Walked(from, to, protocol, Optional.empty(), Optional.empty(), unread.get());
    }
    Optional<WalkEnd.Start> start = sender.start();
    Optional<IpAddress> address = from.addressOf(to);
    if (start.isEmpty() || address.isEmpty()) {
      String why =
          start.isEmpty()
              ? "nothing was recorded of " + from.name() + " nor of a way to it on its node"
              : "no address of " + to.name() + " is known";
      return new Walked(from, to, protocol, Optional.empty(), Optional.empty(), why);
    }
    Question ping = Question.ping(start.get().from(), address.get());
    Question asked = protocol.equals(ICMP) ? ping : ping.with(protocol, Question.SOME_PORT);
    if (start.get().in().isPresent()) {
      asked = asked.comingIn(start.get().source().orElseThrow(), start.get().in().get());
    }
    Question question = receiver.meant().map(asked::meaning).orElse(asked);
    // most pairs work, and of those nobody asks for the steps
    Trace outcome = walker.outcome(question);
    Trace trace = outcome.disposition() == Disposition.DELIVERED ? outcome : walker.walk(question);
    return new Walked(from, to, protocol, Optional.of(question), Optional.of(trace), "");
  }

  /**
   * Of a namespace that was recorded but for its addresses it cannot be told what it takes for its
   * own.
   */
  private static Optional<String> unread(WalkEnd end, ClusterView view) {
    return end.place()
        .filter(p -> p.pod().isPresent())
        .flatMap(p ->
            view.snapshot()
                .node(p.node())
                .flatMap(n -> Optional.ofNullable(n.pods().get(p.pod().get()))))
        .filter(facts ->
            Stream.of(IpFamily.values()).anyMatch(f -> !facts.mainRoutes(f).isNotGathered())
                && facts.get(Section.ADDRESSES).isNotGathered())
        .map(facts -> "addresses of " + end.name() + " were not gathered");
  }

  private static WalkedPair pair(
      String from, String fromNode, String to, String toNode, IpProtocol protocol, Trace trace) {
    Disposition end = trace.disposition();
    if (end == Disposition.DELIVERED) {
      return new WalkedPair(
          from, fromNode, to, toNode, protocol, end, false, Optional.empty(), "", List.of());
    }
    boolean reply = trace.worstForward().isDelivered();
    Way lost = lost(trace);
    return new WalkedPair(
        from,
        fromNode,
        to,
        toNode,
        protocol,
        end,
        reply,
        decisive(lost),
        lost.doubts().stream().findFirst().orElse(""),
        sources(lost).toList());
  }

  private static Way lost(Trace trace) {
    return trace.worstForward().isDelivered()
        ? trace.worstReply().orElseThrow()
        : trace.worstForward();
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
