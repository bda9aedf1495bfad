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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
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

  /** More packets that are like no others are not remembered one by one. */
  private static final int MOST_APART = 100_000;

  private final ClusterView view;
  private final Walker walker;
  private final List<Pod> pods;
  private final Map<String, List<Pod>> byNode;

  /**
   * Pairs of nodes a packet between which was walked by itself, and the machines that was asked of;
   * empty where it may be all.
   */
  private final Map<NodePair, Optional<Set<String>>> apart;

  private AllPairs(
      ClusterView view,
      Walker walker,
      List<Pod> pods,
      Map<String, List<Pod>> byNode,
      Map<NodePair, Optional<Set<String>>> apart) {
    this.view = view;
    this.walker = walker;
    this.pods = pods;
    this.byNode = byNode;
    this.apart = new ConcurrentHashMap<>(apart);
  }

  private static Map<String, List<Pod>> byNode(List<Pod> pods) {
    boolean all = pods.size() <= MOST_PODS;
    return pods.stream()
        .filter(p -> p.end().place().isPresent())
        .collect(
            Collectors.groupingBy(
                p -> nodeOf(p.end()).toLowerCase(Locale.ROOT),
                Collectors.collectingAndThen(
                    Collectors.toList(), own -> all ? own : standing(own))));
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

  /** The first one; one whose namespace was recorded before others. */
  private static List<Pod> standing(List<Pod> own) {
    return own.stream()
        .filter(p -> p.start().filter(s -> s.in().isEmpty()).isPresent())
        .findFirst()
        .or(() -> own.stream().findFirst())
        .stream()
        .toList();
  }

  public static AllPairs of(ClusterView view) {
    List<Pod> pods = PodEnds.of(view).stream().map(e -> pod(e, view)).toList();
    return new AllPairs(view, Walker.of(view), pods, byNode(pods), Map.of());
  }

  /** Two nodes, by their names. */
  public record NodePair(String from, String to) {}

  /**
   * The same cluster after a change.
   *
   * @param pairs of nodes between which packets may take another way than before; if empty, all may
   */
  public record Changed(AllPairs all, Optional<Set<NodePair>> pairs) {}

  /**
   * The same cluster after a change of one node's host namespace. What does not follow from that is
   * kept, so that only those pairs have to be walked again whose packets it may concern.
   *
   * @param view of the changed state
   * @param node that is changed; all others, and the cluster's objects, are as before
   */
  public Changed changed(ClusterView view, String node) {
    Optional<Walker> changed = walker.changed(view, node);
    if (changed.isEmpty() || apart.size() >= MOST_APART) {
      return new Changed(of(view), Optional.empty());
    }
    Set<Pod> moved = new HashSet<>();
    for (Pod pod : pods) {
      if (nodeOf(pod.end()).equalsIgnoreCase(node) && !pod(pod.end(), view).equals(pod)) {
        moved.add(pod);
      }
    }
    List<Pod> now =
        moved.isEmpty()
            ? pods
            : pods.stream().map(p -> moved.contains(p) ? pod(p.end(), view) : p).toList();
    AllPairs all =
        new AllPairs(view, changed.get(), now, moved.isEmpty() ? byNode : byNode(now), apart);
    Set<NodePair> pairs = new LinkedHashSet<>();
    apart.forEach((pair, asked) -> {
      if (asked.filter(a -> !a.contains(node)).isEmpty()) {
        pairs.add(pair);
      }
    });
    Optional<Set<String>> touched =
        moved.isEmpty() ? changed.get().touched(walker, node) : Optional.empty();
    for (String other : touched.isPresent() ? touched.get() : nodes()) {
      if (!other.equals(node)) {
        pairs.add(new NodePair(node, other));
        pairs.add(new NodePair(other, node));
      }
    }
    return new Changed(all, Optional.of(pairs));
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
                from,
                from,
                to,
                to,
                protocol,
                WalkedPair.NO_POD + (podsOf(from).isEmpty() ? from : to) + " is known"));
  }

  /** Step by step what {@link #ofNodes(String, String, IpProtocol)} is about. */
  public Optional<PodTrace> example(String from, String to, IpProtocol protocol) {
    return first(from, to, protocol, WORST)
        .flatMap(w -> w.question().map(q -> new PodTrace(w.from(), w.to(), walker.walk(q))));
  }

  /** Whether one pod stands for others of its node when pairs of nodes are asked for. */
  public boolean isSampled() {
    long walked = byNode.values().stream().mapToLong(List::size).sum();
    return walked < pods.stream().filter(p -> p.end().place().isPresent()).count();
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
    Optional<Walked> first = Optional.empty();
    for (Pod sender : podsOf(from)) {
      for (Pod receiver : podsOf(to)) {
        Walked walked = walk(sender, receiver, protocol);
        if (first.filter(f -> worstFirst.compare(f, walked) <= 0).isEmpty()) {
          first = Optional.of(walked);
        }
      }
    }
    return first;
  }

  private static String nodeOf(WalkEnd end) {
    return end.place().map(Netns::node).orElse(end.name());
  }

  private List<Pod> podsOf(String node) {
    return byNode.getOrDefault(node.toLowerCase(Locale.ROOT), List.of());
  }

  /**
   * Two pods, and what became of a packet.
   *
   * @param question empty where none can be asked
   * @param isDelivered whether it came to where it was meant to, and the answer back
   * @param trace what became of it otherwise
   * @param gap why none can be asked; else empty
   */
  private record Walked(
      WalkEnd from,
      WalkEnd to,
      IpProtocol protocol,
      Optional<Question> question,
      boolean isDelivered,
      Optional<Trace> trace,
      String gap) {

    static Walked none(WalkEnd from, WalkEnd to, IpProtocol protocol, String gap) {
      return new Walked(from, to, protocol, Optional.empty(), false, Optional.empty(), gap);
    }

    boolean isFiltered() {
      return !isDelivered
          && !isUnknown()
          && trace
              .map(AllPairs::lost)
              .flatMap(AllPairs::decisive)
              .filter(d -> d.kind() == Step.Kind.FILTER)
              .isPresent();
    }

    boolean isUnknown() {
      return !isDelivered
          && trace.filter(t -> t.disposition() != Disposition.INSUFFICIENT_INFO).isEmpty();
    }

    WalkedPair pair(Function<WalkEnd, String> name) {
      String sender = name.apply(from);
      String receiver = name.apply(to);
      String fromNode = from.place().map(Netns::node).orElse("");
      String toNode = to.place().map(Netns::node).orElse("");
      if (isDelivered) {
        return WalkedPair.delivered(sender, fromNode, receiver, toNode, protocol);
      }
      return trace
          .map(t -> AllPairs.lost(sender, fromNode, receiver, toNode, protocol, t))
          .orElseGet(() -> WalkedPair.unknown(sender, fromNode, receiver, toNode, protocol, gap));
    }
  }

  private Walked walk(Pod sender, Pod receiver, IpProtocol protocol) {
    WalkEnd from = sender.end();
    WalkEnd to = receiver.end();
    Optional<String> unread = sender.unread().or(receiver::unread);
    if (unread.isPresent()) {
      return Walked.none(from, to, protocol, unread.get());
    }
    Optional<WalkEnd.Start> start = sender.start();
    Optional<IpAddress> address = from.addressOf(to);
    if (start.isEmpty() || address.isEmpty()) {
      String why =
          start.isEmpty()
              ? "nothing was recorded of " + from.name() + " nor of a way to it on its node"
              : "no address of " + to.name() + " is known";
      return Walked.none(from, to, protocol, why);
    }
    Question ping = Question.ping(start.get().from(), address.get());
    Question asked = protocol.equals(ICMP) ? ping : ping.with(protocol, Question.SOME_PORT);
    if (start.get().in().isPresent()) {
      asked = asked.comingIn(start.get().source().orElseThrow(), start.get().in().get());
    }
    Question question = receiver.meant().map(asked::meaning).orElse(asked);
    // most pairs work, and of those nobody asks for the steps
    if (walker.surelyDelivers(question)) {
      return new Walked(from, to, protocol, Optional.of(question), true, Optional.empty(), "");
    }
    AskedMachines machines = new AskedMachines();
    Walker telling = walker.telling(machines);
    boolean delivered = telling.outcome(question).disposition() == Disposition.DELIVERED;
    Optional<Trace> trace = delivered ? Optional.empty() : Optional.of(telling.walk(question));
    remember(new NodePair(nodeOf(from), nodeOf(to)), machines.nodes());
    return new Walked(from, to, protocol, Optional.of(question), delivered, trace, "");
  }

  private static Set<String> joined(Set<String> one, Set<String> other) {
    Set<String> all = new HashSet<>(one);
    all.addAll(other);
    return Set.copyOf(all);
  }

  private void remember(NodePair pair, Optional<Set<String>> asked) {
    if (apart.size() < MOST_APART) {
      apart.merge(pair, asked, (one, other) -> one.flatMap(a -> other.map(b -> joined(a, b))));
    }
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

  private static WalkedPair lost(
      String from, String fromNode, String to, String toNode, IpProtocol protocol, Trace trace) {
    boolean reply = trace.worstForward().isDelivered();
    Way lost = lost(trace);
    return new WalkedPair(
        from,
        fromNode,
        to,
        toNode,
        protocol,
        trace.disposition(),
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
