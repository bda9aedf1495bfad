package io.podpath.core.compare;

import io.podpath.core.net.Gathered;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The network namespaces of a node's pods, at two times. */
record PodSpaces(SortedMap<String, Facts> actual, SortedMap<String, Facts> expected) {

  /** As they were expected; what is gone or new as a whole is not told table by table. */
  SortedMap<String, Facts> onBothSides() {
    SortedMap<String, Facts> both = new TreeMap<>(expected);
    both.keySet().retainAll(actual.keySet());
    return both;
  }

  /** Which are new and which are gone; empty where nobody looked into a pod at all. */
  Optional<TableComparison> table() {
    if (actual.isEmpty() && expected.isEmpty()) {
      return Optional.empty();
    }
    // where not one was read, nobody looked for them
    boolean told = !actual.isEmpty() && !expected.isEmpty();
    List<Difference> differences = new ArrayList<>();
    if (told) {
      actual.forEach((netns, facts) -> {
        if (!expected.containsKey(netns)) {
          differences.add(new Difference.Extra(row(netns, facts)));
        }
      });
      expected.forEach((netns, facts) -> {
        if (!actual.containsKey(netns)) {
          differences.add(new Difference.Missing(row(netns, facts)));
        }
      });
    }
    String nobody =
        "no pod's network namespace was read " + (actual.isEmpty() ? "now" : "on the other side");
    return Optional.of(
        new TableComparison(
            "netns",
            true,
            actual.isEmpty() ? Gathered.notGathered(nobody) : Gathered.known(actual.size()),
            expected.size(),
            onBothSides().size(),
            differences,
            0,
            told ? Optional.empty() : Optional.of(nobody)));
  }

  private static Row row(String netns, Facts facts) {
    return new Row(
        netns, List.of(), netns, Map.entry(netns, facts), place(netns, facts), Weight.MEANING);
  }

  private static Provenance place(String netns, Facts facts) {
    return facts.sections().stream()
        .map(facts::get)
        .map(Entries::place)
        .flatMap(Optional::stream)
        .findFirst()
        .orElseGet(() -> new Provenance(Source.ofFile(netns, ""), 1));
  }
}
