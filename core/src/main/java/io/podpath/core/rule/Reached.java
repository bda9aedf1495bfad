package io.podpath.core.rule;

import io.podpath.core.net.IpProtocol;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Section;
import io.podpath.core.walk.AllPairs;
import io.podpath.core.walk.Disposition;
import io.podpath.core.walk.PodTrace;
import io.podpath.core.walk.Step;
import io.podpath.core.walk.WalkedPair;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;

/**
 * Who can reach whom, by nodes: as packets between their pods are walked. Where that cannot be
 * told, a pair is broken if a finding says so, and else unknown.
 */
final class Reached {

  /** Walking more pairs than these once more for every finding takes too long. */
  private static final int MOST_TWICE = 2_500;

  private final ClusterView view;
  private final AllPairs walks;
  private final Map<Pair, WalkedPair> walked = new LinkedHashMap<>();
  private final Map<Pair, Pair> claimed = new LinkedHashMap<>();

  private Reached(ClusterView view, AllPairs walks, List<Finding> findings) {
    this.view = view;
    this.walks = walks;
    findings.stream()
        .filter(Reached::breaksPairs)
        .flatMap(f -> f.affects().stream())
        .forEach(p -> claimed.putIfAbsent(key(p), p));
  }

  static Reached of(ClusterView view, List<Finding> findings) {
    Reached reached = new Reached(view, AllPairs.of(view), findings);
    reached.walks.ofNodes().forEach(w -> reached.walked.put(key(w), w));
    reached.lookTwice(reached.claimed.keySet());
    return reached;
  }

  /**
   * The same cluster with a change, asked as it was asked before. Of a large one only pairs are
   * walked that were broken, or that the change may concern; the others are as before.
   *
   * @param nodes that are changed
   */
  static Reached changed(
      ClusterView view, List<Finding> findings, Reached before, Set<String> nodes) {
    Set<Pair> broken = before.broken();
    boolean all = before.walked.size() <= MOST_TWICE;
    if (all || nodes.size() != 1) {
      Set<Pair> keys = broken.stream().map(Reached::key).collect(Collectors.toSet());
      return again(
          new Reached(view, AllPairs.of(view), findings),
          before,
          (from, to) ->
              all
                  || nodes.contains(from)
                  || nodes.contains(to)
                  || keys.contains(key(new Pair(from, to))));
    }
    AllPairs.Changed changed = before.walks.changed(view, nodes.iterator().next());
    Reached reached = new Reached(view, changed.all(), findings);
    if (changed.pairs().isEmpty()) {
      return again(reached, before, (from, to) -> true);
    }
    Set<Pair> pairs = new LinkedHashSet<>(broken);
    changed.pairs().get().forEach(p -> pairs.add(new Pair(p.from(), p.to())));
    reached.walked.putAll(before.walked);
    pairs.forEach(
        p -> reached.walked.put(key(p), reached.walks.ofNodes(p.from(), p.to(), IpProtocol.ICMP)));
    reached.lookTwiceAfter(before);
    return reached;
  }

  private static Reached again(Reached reached, Reached before, BiPredicate<String, String> which) {
    reached.walked.putAll(before.walked);
    reached.walks.ofNodes(which).forEach(w -> reached.walked.put(key(w), w));
    reached.lookTwiceAfter(before);
    return reached;
  }

  private void lookTwiceAfter(Reached before) {
    Set<Pair> suspected = new LinkedHashSet<>(before.claimed.keySet());
    suspected.addAll(claimed.keySet());
    lookTwice(suspected);
  }

  private void lookTwice(Set<Pair> suspected) {
    suspected.forEach(this::connect);
    walked.replaceAll((key, pair) -> suspected.contains(key) ? pair : withoutPolicy(pair));
  }

  private static Pair key(WalkedPair walked) {
    return key(new Pair(walked.from(), walked.to()));
  }

  static boolean breaksPairs(Finding finding) {
    return finding.severity() == Severity.ERROR
        && finding.certainty() != Certainty.POSSIBLE
        && finding.mended().isEmpty();
  }

  /** Node names are not told apart by case. */
  static Pair key(Pair pair) {
    return new Pair(pair.from().toLowerCase(Locale.ROOT), pair.to().toLowerCase(Locale.ROOT));
  }

  /** What a finding speaks of may cut connections and let pings pass. */
  private void connect(Pair key) {
    WalkedPair ping = walked.get(key);
    if (ping != null && ping.isDelivered()) {
      WalkedPair connection = walks.ofNodes(ping.from(), ping.to(), IpProtocol.TCP);
      // who listens where is none of the network's business
      if (connection.isBroken() && connection.disposition() != Disposition.NO_SERVICE_ENDPOINT) {
        walked.put(key, connection);
      }
    }
  }

  /**
   * What a filter takes from some pods and gives to others between the same nodes is somebody's
   * policy, unless a finding says otherwise.
   */
  private WalkedPair withoutPolicy(WalkedPair pair) {
    boolean filtered =
        pair.isBroken() && pair.broken().filter(s -> s.kind() == Step.Kind.FILTER).isPresent();
    return filtered ? walks.ofNodesBesideFilters(pair.from(), pair.to()) : pair;
  }

  /** Empty where there is no pod to walk from or to, or it cannot be told. */
  Optional<WalkedPair> walked(Pair pair) {
    return Optional.ofNullable(walked.get(key(pair))).filter(w -> !w.isUnknown());
  }

  boolean isDelivered(Pair pair) {
    return walked(pair).filter(WalkedPair::isDelivered).isPresent();
  }

  boolean isBroken(Pair pair) {
    return walked(pair).map(WalkedPair::isBroken).orElseGet(() -> claimed.containsKey(key(pair)));
  }

  /** By the names of the nodes as they were read. */
  Set<Pair> broken() {
    Set<Pair> broken = new LinkedHashSet<>();
    Set<Pair> seen = new HashSet<>();
    walked.forEach((key, w) -> {
      Pair pair = new Pair(w.from(), w.to());
      if (isBroken(pair) && seen.add(key)) {
        broken.add(pair);
      }
    });
    claimed.forEach((key, pair) -> {
      if (isBroken(pair) && seen.add(key)) {
        broken.add(pair);
      }
    });
    return broken;
  }

  int delivered() {
    return (int) walked.values().stream().filter(WalkedPair::isDelivered).count();
  }

  /** Pairs of which a packet was walked to where it cannot be told. */
  int open() {
    return (int) walked.values().stream().filter(WalkedPair::isOpen).count();
  }

  /**
   * All pairs: of machines with a name, and of those only objects or findings name. The terminals
   * of a text that names none may be any of them.
   */
  int pairs() {
    Set<String> names = new HashSet<>();
    view.machines().forEach(n -> names.add(n.name().toLowerCase(Locale.ROOT)));
    view.get(Section.NODES).values().forEach(n -> names.add(n.name().toLowerCase(Locale.ROOT)));
    claimed.keySet().forEach(p -> names.addAll(Set.of(p.from(), p.to())));
    return names.size() * (names.size() - 1);
  }

  /** Whether one pod stands for others of its node. */
  boolean isSampled() {
    return walks.isSampled();
  }

  /** A packet that is lost between the nodes, step by step. */
  Optional<PodTrace> example(Pair pair) {
    return walked(pair)
        .filter(WalkedPair::isBroken)
        .flatMap(w -> walks.example(w.from(), w.to(), w.protocol()));
  }
}
