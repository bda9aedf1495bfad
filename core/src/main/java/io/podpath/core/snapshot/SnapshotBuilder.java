package io.podpath.core.snapshot;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Puts a snapshot together from readings of one time. Node names differ in case between prompts and
 * Kubernetes; they are one node.
 */
public final class SnapshotBuilder {

  private final Facts.Builder cluster = new Facts.Builder();
  private final Map<String, Node> nodes = new HashMap<>();
  private final List<UnreadLine> unread = new ArrayList<>();
  private final List<Common<?>> ofEveryNode = new ArrayList<>();
  private Optional<String> takenAt = Optional.empty();

  /** A table that holds for every node alike. */
  private record Common<T>(Section<T> section, Entries<T> entries, int rank) {
    void addTo(Facts.Builder facts) {
      facts.add(section, entries, rank);
    }
  }

  private static final class Node {
    private final String name;
    private final boolean named;
    private final Facts.Builder host = new Facts.Builder();
    private final SortedMap<String, Facts.Builder> pods = new TreeMap<>();

    Node(String name, boolean named) {
      this.name = name;
      this.named = named;
    }

    NodeState build() {
      SortedMap<String, Facts> built = new TreeMap<>();
      pods.forEach((netns, facts) -> built.put(netns, facts.build()));
      return new NodeState(name, named, host.build(), built);
    }
  }

  public SnapshotBuilder takenAt(String time) {
    takenAt = Optional.of(time);
    return this;
  }

  /** Makes the node known, also when nothing of it is read. */
  public SnapshotBuilder node(String name, boolean named) {
    nodes.computeIfAbsent(name.toLowerCase(Locale.ROOT), k -> new Node(name, named));
    return this;
  }

  /**
   * Adds one table. Cluster-wide sections go to the cluster, whoever was asked.
   *
   * @param node whose table it is; without effect for cluster-wide sections
   * @param netns {@link Source#HOST} or a pod's namespace
   */
  public <T> SnapshotBuilder add(
      String node, boolean named, String netns, Section<T> section, Entries<T> entries, int rank) {
    switch (section.scope()) {
      case CLUSTER -> cluster.add(section, entries, rank);
      case NODE -> of(node, named).host.add(section, entries, rank);
      case NETNS -> {
        Node owner = of(node, named);
        Facts.Builder facts =
            netns.equals(Source.HOST)
                ? owner.host
                : owner.pods.computeIfAbsent(netns, n -> new Facts.Builder());
        facts.add(section, entries, rank);
      }
    }
    return this;
  }

  /**
   * Adds a table of node scope that every node shares, such as kube-proxy's ConfigMap.
   *
   * @param rank below that of what a node itself tells
   */
  public <T> SnapshotBuilder addToEveryNode(Section<T> section, Entries<T> entries, int rank) {
    ofEveryNode.add(new Common<>(section, entries, rank));
    return this;
  }

  public SnapshotBuilder unread(List<UnreadLine> lines) {
    unread.addAll(lines);
    return this;
  }

  private Node of(String name, boolean named) {
    return nodes.computeIfAbsent(name.toLowerCase(Locale.ROOT), k -> new Node(name, named));
  }

  public Snapshot build() {
    SortedMap<String, NodeState> built = new TreeMap<>();
    for (Node node : nodes.values()) {
      ofEveryNode.forEach(c -> c.addTo(node.host));
      built.put(node.name, node.build());
    }
    return new Snapshot(takenAt, cluster.build(), built, unread);
  }
}
