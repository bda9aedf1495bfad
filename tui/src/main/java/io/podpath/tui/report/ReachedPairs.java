package io.podpath.tui.report;

import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.walk.WalkedPair;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who can reach whom.
 *
 * @param pods whether the pairs are of pods; else of nodes
 * @param sampled whether one pod stands for all pods of a node
 * @param findings of the whole input; empty where all is delivered
 */
public record ReachedPairs(
    boolean pods, boolean sampled, List<WalkedPair> pairs, List<Ranked> findings) {

  public ReachedPairs {
    pairs = List.copyOf(pairs);
    findings = findings.stream().filter(f -> f.finding().mended().isEmpty()).toList();
  }

  public ExitCode exitCode(boolean allowPartial) {
    if (pairs.stream().anyMatch(WalkedPair::isBroken)) {
      return ExitCode.FINDINGS;
    }
    boolean whole = !pairs.isEmpty() && pairs.stream().noneMatch(WalkedPair::isUnknown);
    return whole || allowPartial ? ExitCode.OK : ExitCode.TOO_LITTLE;
  }

  int broken() {
    return (int) pairs.stream().filter(WalkedPair::isBroken).count();
  }

  int unknown() {
    return (int) pairs.stream().filter(WalkedPair::isUnknown).count();
  }

  /** Findings that name the pair's nodes, or a row on its way; a pair that works has none. */
  List<Ranked> findings(WalkedPair pair) {
    return pair.isDelivered()
        ? List.of()
        : findings.stream().filter(f -> affects(f, pair) || names(f, pair)).toList();
  }

  private static boolean affects(Ranked ranked, WalkedPair pair) {
    return ranked.affects().stream()
        .anyMatch(p -> p.from().equals(pair.fromNode()) && p.to().equals(pair.toNode()));
  }

  private static boolean names(Ranked ranked, WalkedPair pair) {
    return ranked.finding().culprits().stream()
        .anyMatch(c -> c.from().filter(pair.sources()::contains).isPresent());
  }

  /** The broken pairs by what breaks them: a finding, or else the row they are lost at. */
  Map<String, List<WalkedPair>> causes() {
    Map<String, List<WalkedPair>> causes = new LinkedHashMap<>();
    for (WalkedPair pair : pairs) {
      if (pair.isBroken()) {
        causes.computeIfAbsent(cause(pair), c -> new ArrayList<>()).add(pair);
      }
    }
    return causes;
  }

  private String cause(WalkedPair pair) {
    Optional<Ranked> first = findings(pair).stream().findFirst();
    if (first.isPresent()) {
      return first.get().id()
          + " "
          + first.get().finding().rule()
          + ": "
          + first.get().finding().title();
    }
    return pair.broken().map(StepsText::placed).orElse(pair.disposition().toString());
  }

  /** Pairs that cannot be told, by what is missing. */
  Map<String, List<WalkedPair>> gaps() {
    Map<String, List<WalkedPair>> gaps = new LinkedHashMap<>();
    for (WalkedPair pair : pairs) {
      if (pair.isUnknown()) {
        gaps.computeIfAbsent(pair.gap(), g -> new ArrayList<>()).add(pair);
      }
    }
    return gaps;
  }
}
