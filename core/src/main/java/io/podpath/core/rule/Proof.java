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
 * @param healed pairs that were broken; those of which it can be walked are delivered
 * @param delivered of these, as {@link Reached#key}, those that were walked before and after
 * @param harmed pairs that are broken only now
 * @param left what the rules find then
 */
record Proof(Set<Pair> healed, Set<Pair> delivered, Set<Pair> harmed, List<Finding> left) {

  Proof {
    healed = Set.copyOf(healed);
    delivered = Set.copyOf(delivered);
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
    Set<Pair> delivered = new LinkedHashSet<>();
    for (Pair pair : before.broken()) {
      if (before.walked(pair).isEmpty()) {
        if (!after.isBroken(pair)) {
          healed.add(Reached.key(pair));
        }
      } else if (after.isDelivered(pair)) {
        healed.add(Reached.key(pair));
        delivered.add(Reached.key(pair));
      }
    }
    Set<Pair> harmed =
        after.broken().stream()
            .filter(p -> !before.isBroken(p))
            .map(Reached::key)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    return Optional.of(new Proof(healed, delivered, harmed, left));
  }

  boolean leaves(Finding finding) {
    return left.stream().anyMatch(f -> f.key().equals(finding.key()));
  }
}
