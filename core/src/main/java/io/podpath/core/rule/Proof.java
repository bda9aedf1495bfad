package io.podpath.core.rule;

import io.podpath.core.fix.Change;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Snapshot;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What becomes of the cluster when a fix is applied to the model.
 *
 * @param healed as {@link Reached#key}, pairs that were broken and are delivered
 * @param proven of these, those that were lost as they were walked before
 * @param unknown pairs that were broken, and of which it cannot be told then
 * @param harmed pairs that are broken only now
 * @param left what the rules find then
 */
record Proof(
    Set<Pair> healed, Set<Pair> proven, Set<Pair> unknown, Set<Pair> harmed, List<Finding> left) {

  Proof {
    healed = Set.copyOf(healed);
    proven = Set.copyOf(proven);
    unknown = Set.copyOf(unknown);
    harmed = Set.copyOf(harmed);
    left = List.copyOf(left);
  }

  /** Empty without a fix that changes the model. */
  static Optional<Proof> of(
      Finding finding,
      ClusterView latest,
      Reached before,
      Function<ClusterView, List<Finding>> rules) {
    if (finding.mended().isPresent() || finding.fix().isEmpty()) {
      return Optional.empty();
    }
    Snapshot changed = finding.fix().get().applyTo(latest.snapshot());
    if (changed.sameValues(latest.snapshot())) {
      return Optional.empty();
    }
    ClusterView view = ClusterView.ofSameCluster(changed, latest);
    List<Finding> left = rules.apply(view);
    Set<String> nodes =
        finding.fix().get().changes().stream().map(Change::node).collect(Collectors.toSet());
    Reached after = Reached.changed(view, left, before, nodes);
    Set<Pair> healed = new LinkedHashSet<>();
    Set<Pair> proven = new LinkedHashSet<>();
    Set<Pair> unknown = new LinkedHashSet<>();
    for (Pair pair : before.broken()) {
      Pair key = Reached.key(pair);
      if (after.isDelivered(pair)) {
        healed.add(key);
        before.walked(pair).ifPresent(w -> proven.add(key));
      } else if (!after.isBroken(pair)) {
        unknown.add(key);
      }
    }
    Set<Pair> harmed =
        after.broken().stream()
            .filter(p -> !before.isBroken(p))
            .map(Reached::key)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    return Optional.of(new Proof(healed, proven, unknown, harmed, left));
  }

  /** Whether the pair is broken no longer, as far as it can be told. */
  boolean mends(Pair pair) {
    Pair key = Reached.key(pair);
    return healed.contains(key) || unknown.contains(key);
  }

  boolean leaves(Finding finding) {
    return left.stream().anyMatch(f -> f.key().equals(finding.key()));
  }
}
