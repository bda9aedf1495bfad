package io.podpath.core.blueprint;

import io.podpath.core.snapshot.Facts;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one node holds.
 *
 * @param host its own network namespace, its sets, rules and settings
 * @param pods in the order they were added
 * @param files by absolute path
 */
public record NodeBlueprint(
    NodeFacts node,
    Facts host,
    List<PodBlueprint> pods,
    SortedMap<String, String> files,
    List<Daemon> daemons) {

  public NodeBlueprint {
    pods = List.copyOf(pods);
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    daemons = List.copyOf(daemons);
  }
}
