package io.podpath.core.rule;

import io.podpath.core.rule.Diagnosis.BrokenPair;
import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.rule.Diagnosis.Reach;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Section;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Who cannot reach whom, by the findings. */
final class Reachability {

  private Reachability() {}

  static boolean breaksPairs(Finding finding) {
    return finding.severity() == Severity.ERROR
        && finding.certainty() != Certainty.POSSIBLE
        && finding.mended().isEmpty();
  }

  static Set<Pair> brokenPairs(List<Finding> findings) {
    Set<Pair> pairs = new LinkedHashSet<>();
    findings.stream().filter(Reachability::breaksPairs).forEach(f -> pairs.addAll(f.affects()));
    return pairs;
  }

  static Reach of(List<Ranked> ranked, ClusterView view) {
    Map<Pair, List<Ranked>> broken = new LinkedHashMap<>();
    for (Ranked entry : ranked) {
      if (breaksPairs(entry.finding())) {
        entry
            .finding()
            .affects()
            .forEach(p -> broken.computeIfAbsent(p, k -> new ArrayList<>()).add(entry));
      }
    }
    List<BrokenPair> pairs = new ArrayList<>();
    broken.forEach((pair, by) -> {
      Finding first = by.getFirst().finding();
      pairs.add(
          new BrokenPair(
              pair.from(),
              pair.to(),
              first.dispositionOf(pair),
              first.losesReplyOf(pair) ? "reply" : "forward",
              by.stream().map(Ranked::id).toList()));
    });
    int nodes = nodes(view, broken.keySet());
    int all = nodes * (nodes - 1);
    return new Reach(all, 0, pairs.size(), all - pairs.size(), pairs);
  }

  /**
   * Machines with a name, and those only objects or findings name. The terminals of a text that
   * names none may be any of them.
   */
  private static int nodes(ClusterView view, Set<Pair> broken) {
    Set<String> names = new HashSet<>();
    view.machines().forEach(n -> names.add(n.name().toLowerCase(Locale.ROOT)));
    view.get(Section.NODES).values().forEach(n -> names.add(n.name().toLowerCase(Locale.ROOT)));
    broken.forEach(p -> {
      names.add(p.from().toLowerCase(Locale.ROOT));
      names.add(p.to().toLowerCase(Locale.ROOT));
    });
    return names.size();
  }
}
