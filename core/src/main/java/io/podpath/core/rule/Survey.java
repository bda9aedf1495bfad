package io.podpath.core.rule;

import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.NodeState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the input lets podpath check, by what each known failure cannot do without. One that cannot
 * be in this network is neither checked nor missing.
 *
 * @param checked ids of those that could be checked at one place at least
 * @param notChecked what the rules said themselves, and what they could not even begin with
 */
record Survey(List<String> checked, List<NotChecked> notChecked) {

  /** A node of which nothing was gathered: what is there even so, is the cluster's. */
  private static final NodeState NOWHERE = NodeState.empty("");

  Survey {
    checked = List.copyOf(checked);
    notChecked = List.copyOf(notChecked);
  }

  static Survey of(Collection<Rule> rules, ClusterView view, List<NotChecked> said) {
    List<String> checked = new ArrayList<>();
    List<NotChecked> all = new ArrayList<>(said);
    Set<List<Object>> told = new HashSet<>();
    said.forEach(n -> told.add(List.of(n.rule(), n.node())));
    for (Rule rule : rules) {
      if (!rule.needs().concern(view)) {
        continue;
      }
      if (isMet(rule.needs(), view)) {
        checked.add(rule.id());
      }
      gaps(rule, view).stream()
          .filter(n -> !told.contains(List.of(n.rule(), n.node())))
          .forEach(all::add);
    }
    return new Survey(checked, all);
  }

  private static boolean isMet(Needs needs, ClusterView view) {
    return needs.met(view, NOWHERE) || view.nodes().stream().anyMatch(n -> needs.met(view, n));
  }

  private static List<NotChecked> gaps(Rule rule, ClusterView view) {
    List<NotChecked> gaps = new ArrayList<>();
    for (Need need : rule.needs().all()) {
      if (need.ofCluster()) {
        gap(need, view, NOWHERE)
            .ifPresent(g -> gaps.add(new NotChecked(rule.id(), Optional.empty(), g)));
      } else if (!view.machines().isEmpty()) {
        for (NodeState node : view.machines()) {
          gap(need, view, node)
              .ifPresent(g -> gaps.add(new NotChecked(rule.id(), Optional.of(node.name()), g)));
        }
      } else if (view.nodes().stream().noneMatch(n -> need.gap(view, n).isEmpty())) {
        gap(need, view, NOWHERE)
            .ifPresent(g -> gaps.add(new NotChecked(rule.id(), Optional.empty(), g)));
      }
    }
    return gaps;
  }

  private static Optional<String> gap(Need need, ClusterView view, NodeState node) {
    return need.gap(view, node).map(reason -> need.what() + ": " + reason);
  }
}
