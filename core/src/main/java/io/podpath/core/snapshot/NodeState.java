package io.podpath.core.snapshot;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One node: its host network namespace together with its files and logs, and the namespaces of its
 * pods.
 *
 * @param named whether the input says that all of this is one machine. Outputs pasted from a prompt
 *     without a host name may be of several machines, so nothing may be concluded from two of them
 *     that do not fit
 * @param pods by {@code namespace_name}, or by the name of the namespace
 */
public record NodeState(String name, boolean named, Facts host, SortedMap<String, Facts> pods) {

  public NodeState {
    pods = Collections.unmodifiableSortedMap(new TreeMap<>(pods));
  }

  public static NodeState empty(String name) {
    return new NodeState(name, true, Facts.NONE, Collections.emptySortedMap());
  }

  public <T> Entries<T> get(Section<T> section) {
    return host.get(section);
  }

  public NodeState withHost(Facts facts) {
    return new NodeState(name, named, facts, pods);
  }

  public NodeState withPod(String netns, Facts facts) {
    SortedMap<String, Facts> changed = new TreeMap<>(pods);
    changed.put(netns, facts);
    return new NodeState(name, named, host, changed);
  }
}
