package io.podpath.core.snapshot;

import io.podpath.core.cluster.KubeNode;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * All that was learned of a cluster at one time.
 *
 * @param takenAt as the input states it; empty for pasted text
 * @param nodes in natural order of their names (node-2 before node-10)
 */
public record Snapshot(
    Optional<String> takenAt,
    Facts cluster,
    SortedMap<String, NodeState> nodes,
    List<UnreadLine> unread) {

  public Snapshot {
    SortedMap<String, NodeState> sorted = new TreeMap<>(NATURAL_ORDER);
    sorted.putAll(nodes);
    nodes = Collections.unmodifiableSortedMap(sorted);
    unread = List.copyOf(unread);
  }

  public static final Snapshot EMPTY =
      new Snapshot(Optional.empty(), Facts.NONE, Collections.emptySortedMap(), List.of());

  /** Digits inside names count as numbers. */
  public static final Comparator<String> NATURAL_ORDER = Snapshot::compareNaturally;

  public <T> Entries<T> get(Section<T> section) {
    return cluster.get(section);
  }

  /**
   * Where an annotation of a Node object stands; the object's own place when its lines are not
   * known.
   */
  public Provenance place(Fact<KubeNode> node, String annotation) {
    return get(Section.NODE_ANNOTATIONS)
        .find(a -> a.node().equals(node.value().name()) && a.key().equals(annotation))
        .optional()
        .map(Fact::from)
        .orElse(node.from());
  }

  public Optional<NodeState> node(String name) {
    return Optional.ofNullable(nodes.get(name));
  }

  public Snapshot withNode(NodeState node) {
    SortedMap<String, NodeState> changed = new TreeMap<>(NATURAL_ORDER);
    changed.putAll(nodes);
    changed.put(node.name(), node);
    return new Snapshot(takenAt, cluster, changed, unread);
  }

  /** Nodes that were read, and those of which there is but an object. */
  public NavigableSet<String> nodeNames() {
    NavigableSet<String> names = new TreeSet<>(NATURAL_ORDER);
    names.addAll(nodes.keySet());
    get(Section.NODES).values().map(KubeNode::name).forEach(names::add);
    return names;
  }

  /** Changes the host namespace of a node; a node that is not there stays away. */
  public Snapshot changingHost(String node, UnaryOperator<Facts> change) {
    return node(node).map(n -> withNode(n.withHost(change.apply(n.host())))).orElse(this);
  }

  public Snapshot withCluster(Facts facts) {
    return new Snapshot(takenAt, facts, nodes, unread);
  }

  /** Equal when all tables hold the same values; where they were read does not count. */
  public boolean sameValues(Snapshot other) {
    if (!cluster.sameValues(other.cluster) || !nodes.keySet().equals(other.nodes.keySet())) {
      return false;
    }
    return nodes.values().stream()
        .allMatch(mine -> {
          NodeState theirs = java.util.Objects.requireNonNull(other.nodes.get(mine.name()));
          return mine.host().sameValues(theirs.host())
              && mine.pods().keySet().equals(theirs.pods().keySet())
              && mine.pods().keySet().stream()
                  .allMatch(p ->
                      java.util.Objects.requireNonNull(mine.pods().get(p))
                          .sameValues(java.util.Objects.requireNonNull(theirs.pods().get(p))));
        });
  }

  private static int compareNaturally(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() && j < b.length()) {
      boolean digits = isDigit(a.charAt(i)) && isDigit(b.charAt(j));
      if (!digits) {
        int byChar = Character.compare(a.charAt(i++), b.charAt(j++));
        if (byChar != 0) {
          return byChar;
        }
        continue;
      }
      int endA = endOfDigits(a, i);
      int endB = endOfDigits(b, j);
      String left = stripZeros(a.substring(i, endA));
      String right = stripZeros(b.substring(j, endB));
      int byNumber =
          left.length() != right.length()
              ? Integer.compare(left.length(), right.length())
              : left.compareTo(right);
      if (byNumber != 0) {
        return byNumber;
      }
      i = endA;
      j = endB;
    }
    int byRest = Integer.compare(a.length() - i, b.length() - j);
    return byRest != 0 ? byRest : a.compareTo(b);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static int endOfDigits(String text, int from) {
    int end = from;
    while (end < text.length() && isDigit(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static String stripZeros(String digits) {
    int start = 0;
    while (start < digits.length() - 1 && digits.charAt(start) == '0') {
      start++;
    }
    return digits.substring(start);
  }
}
