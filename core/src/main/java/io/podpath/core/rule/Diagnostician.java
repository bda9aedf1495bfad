package io.podpath.core.rule;

import io.podpath.core.rule.Diagnosis.BrokenPair;
import io.podpath.core.rule.Diagnosis.Health;
import io.podpath.core.rule.Diagnosis.NodeCompleteness;
import io.podpath.core.rule.Diagnosis.NodeReport;
import io.podpath.core.rule.Diagnosis.Prediction;
import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.rule.Diagnosis.Reach;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.History;
import io.podpath.core.snapshot.History.RunCommand;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.core.walk.Disposition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Asks all rules about every state of an input and makes one diagnosis of their answers. */
public final class Diagnostician {

  private final List<Rule> rules;
  private final Set<String> ignored;

  /**
   * @param rules asked in the order of their ids
   * @param ignored findings to leave out: an id, or an id with {@code @node} behind it
   */
  public Diagnostician(List<Rule> rules, Set<String> ignored) {
    this.rules = rules.stream().sorted(Comparator.comparing(Rule::id)).toList();
    this.ignored = Set.copyOf(ignored);
  }

  public Diagnosis diagnose(History history) {
    List<Outcome> outcomes = history.moments().stream().map(m -> ask(m.snapshot())).toList();
    List<Finding> findings = overTime(history, outcomes);
    ClusterView view = ClusterView.of(history.latest());
    List<Finding> ordered = order(findings);
    List<Ranked> ranked = rank(ordered, history.latest());
    List<NodeReport> nodes = Essentials.report(view);
    List<NotChecked> notChecked =
        outcomes.getLast().notChecked().stream().filter(n -> !ignored.contains(n.rule())).toList();
    return new Diagnosis(
        view.fabric(),
        view.serviceProxy(),
        history.latest().takenAt(),
        nodes,
        reach(ranked, namedNodes(view)),
        ranked,
        notChecked,
        history.latest().unread(),
        rules.stream().map(Rule::id).toList(),
        ignored.stream().sorted().toList(),
        health(ordered, nodes, notChecked));
  }

  private Outcome ask(Snapshot snapshot) {
    ClusterView view = ClusterView.of(snapshot);
    List<Finding> findings = new ArrayList<>();
    List<NotChecked> notChecked = new ArrayList<>();
    for (Rule rule : rules) {
      if (ignored.contains(rule.id())) {
        continue;
      }
      Outcome outcome = rule.check(view);
      outcome.findings().stream().filter(f -> !isIgnored(f)).forEach(findings::add);
      notChecked.addAll(outcome.notChecked());
    }
    return new Outcome(findings, notChecked);
  }

  private boolean isIgnored(Finding finding) {
    List<String> nodes = finding.nodes();
    return !nodes.isEmpty()
        && nodes.stream().allMatch(n -> ignored.contains(finding.rule() + "@" + n));
  }

  /**
   * What is there at the end counts as it is; what was there before and is gone was mended, by the
   * commands in between.
   */
  private static List<Finding> overTime(History history, List<Outcome> outcomes) {
    List<Finding> result = new ArrayList<>(outcomes.getLast().findings());
    Map<String, Set<String>> keptCulprits = new HashMap<>();
    for (Finding finding : result) {
      keptCulprits
          .computeIfAbsent(finding.rule(), r -> new HashSet<>())
          .addAll(culpritKeys(finding));
    }
    for (int i = outcomes.size() - 2; i >= 0; i--) {
      for (Finding finding : outcomes.get(i).findings()) {
        Set<String> kept = keptCulprits.computeIfAbsent(finding.rule(), r -> new HashSet<>());
        if (culpritKeys(finding).stream().anyMatch(kept::contains)) {
          continue;
        }
        kept.addAll(culpritKeys(finding));
        result.add(
            finding.withMended(
                new Mended(
                    mendingCommands(finding, history, firstSeen(finding, outcomes), i + 1))));
      }
    }
    return result;
  }

  private static int firstSeen(Finding finding, List<Outcome> outcomes) {
    Set<String> keys = culpritKeys(finding);
    for (int i = 0; i < outcomes.size(); i++) {
      boolean seen =
          outcomes.get(i).findings().stream()
              .anyMatch(f ->
                  f.rule().equals(finding.rule())
                      && culpritKeys(f).stream().anyMatch(keys::contains));
      if (seen) {
        return i;
      }
    }
    return 0;
  }

  /**
   * Commands between the first sight of the fault and the first state without it: those on its
   * nodes, those that act on the whole cluster, and those of which the text does not say where they
   * ran.
   */
  private static List<RunCommand> mendingCommands(
      Finding finding, History history, int seen, int gone) {
    List<String> nodes = finding.nodes();
    List<RunCommand> between =
        history.moments().subList(seen + 1, gone + 1).stream()
            .flatMap(m -> m.since().stream())
            .toList();
    List<RunCommand> there =
        between.stream()
            .filter(c ->
                c.node().isEmpty()
                    || nodes.isEmpty()
                    || nodes.contains(c.node().get())
                    || isClusterWide(c.command()))
            .toList();
    List<RunCommand> fitting = there.stream().filter(c -> concerns(finding, c.command())).toList();
    return !fitting.isEmpty() ? fitting : there.isEmpty() ? between : there;
  }

  /** Whether a command touches the kind of entry that was wrong. */
  private static boolean concerns(Finding finding, String command) {
    return finding.culprits().stream()
        .map(Culprit::kind)
        .anyMatch(kind ->
            switch (kind) {
              case ROUTE -> command.contains("ip r") || command.contains("route ");
              case IPTABLES -> command.contains("tables");
              case NEIGH -> command.contains("ip n");
              case FDB -> command.contains("fdb");
              case ADDRESS, LINK -> command.contains("ip a") || command.contains("ip l");
              case SYSCTL -> command.contains("sysctl");
              case OVS -> command.contains("ovs-");
              case IPSET -> command.contains("ipset");
              case IPVS -> command.contains("ipvsadm");
              case RULE -> command.contains("ip rule");
              case FILE, BGP, OBJECT, LOG -> false;
            });
  }

  private static boolean isClusterWide(String command) {
    return command.startsWith("kubectl ") || command.startsWith("calicoctl ");
  }

  private static Set<String> culpritKeys(Finding finding) {
    Set<String> keys = new LinkedHashSet<>();
    finding.culprits().forEach(c -> keys.add(c.key()));
    return keys;
  }

  /**
   * Worst first; what still holds before what was mended; causes before consequences; widest first;
   * then by name.
   */
  private static List<Finding> order(List<Finding> findings) {
    return findings.stream()
        .sorted(
            Comparator.comparing(Finding::severity)
                .reversed()
                .thenComparing(f -> f.mended().isPresent())
                .thenComparing(f -> findings.stream().anyMatch(cause -> explains(cause, f)))
                .thenComparing(Comparator.comparing(Finding::certainty).reversed())
                .thenComparingInt(f -> -f.affects().size())
                .thenComparing(Finding::rule)
                .thenComparing(
                    f -> f.nodes().isEmpty() ? "" : f.nodes().getFirst(), Snapshot.NATURAL_ORDER)
                .thenComparing(Finding::key))
        .toList();
  }

  private List<Ranked> rank(List<Finding> ordered, Snapshot latest) {
    Set<Pair> before = brokenPairs(ordered.stream().filter(f -> f.mended().isEmpty()).toList());
    List<Ranked> ranked = new ArrayList<>();
    for (int i = 0; i < ordered.size(); i++) {
      Finding finding = ordered.get(i);
      List<String> causes = new ArrayList<>();
      for (int j = 0; j < ordered.size(); j++) {
        if (j != i && explains(ordered.get(j), finding)) {
          causes.add("F" + (j + 1));
        }
      }
      ranked.add(new Ranked("F" + (i + 1), finding, causes, predict(finding, latest, before)));
    }
    return ranked;
  }

  /**
   * A cause shares a node with its consequence, is nobody's in particular, or quotes the
   * consequence as its own evidence.
   */
  private static boolean explains(Finding cause, Finding consequence) {
    if (!consequence.explainedBy().contains(cause.rule())) {
      return false;
    }
    List<String> nodes = consequence.nodes();
    boolean quotes =
        cause.evidence().stream()
            .anyMatch(e ->
                consequence.culprits().stream()
                    .anyMatch(c -> c.from().filter(e.from()::equals).isPresent()));
    if (quotes) {
      return true;
    }
    return cause.nodes().isEmpty()
        || nodes.isEmpty()
        || cause.nodes().stream().anyMatch(nodes::contains)
        || cause.affects().stream().anyMatch(consequence.affects()::contains);
  }

  private Optional<Prediction> predict(Finding finding, Snapshot latest, Set<Pair> before) {
    if (finding.mended().isPresent() || finding.fix().isEmpty()) {
      return Optional.empty();
    }
    Snapshot changed = finding.fix().get().applyTo(latest);
    if (changed.sameValues(latest)) {
      return Optional.empty();
    }
    Set<Pair> after = brokenPairs(ask(changed).findings());
    int healed = (int) before.stream().filter(p -> !after.contains(p)).count();
    int harmed = (int) after.stream().filter(p -> !before.contains(p)).count();
    return Optional.of(new Prediction(healed, harmed, before.size() - healed));
  }

  private static Set<Pair> brokenPairs(List<Finding> findings) {
    Set<Pair> pairs = new LinkedHashSet<>();
    for (Finding finding : findings) {
      if (finding.severity() == Severity.ERROR && finding.certainty() != Certainty.POSSIBLE) {
        pairs.addAll(finding.affects());
      }
    }
    return pairs;
  }

  private static Reach reach(List<Ranked> ranked, int nodes) {
    Map<Pair, List<Ranked>> broken = new LinkedHashMap<>();
    for (Ranked entry : ranked) {
      Finding finding = entry.finding();
      boolean counts =
          finding.severity() == Severity.ERROR
              && finding.certainty() != Certainty.POSSIBLE
              && finding.mended().isEmpty();
      if (counts) {
        finding
            .affects()
            .forEach(p -> broken.computeIfAbsent(p, k -> new ArrayList<>()).add(entry));
      }
    }
    List<BrokenPair> pairs = new ArrayList<>();
    broken.forEach((pair, by) -> {
      Finding first = by.getFirst().finding();
      boolean replyOnly = first.nodes().contains(pair.to()) && !first.nodes().contains(pair.from());
      Disposition disposition = replyOnly ? Disposition.REPLY_LOST : first.disposition();
      pairs.add(
          new BrokenPair(
              pair.from(),
              pair.to(),
              disposition,
              replyOnly ? "reply" : "forward",
              by.stream().map(Ranked::id).toList()));
    });
    int all = nodes * (nodes - 1);
    int count = Math.min(pairs.size(), all);
    return new Reach(all, 0, count, all - count, pairs);
  }

  /** Machines with a name; the terminals of a text that names none may be any of them. */
  private static int namedNodes(ClusterView view) {
    Set<String> names = new HashSet<>();
    view.machines().forEach(n -> names.add(n.name().toLowerCase(Locale.ROOT)));
    view.get(Section.NODES).values().forEach(n -> names.add(n.name().toLowerCase(Locale.ROOT)));
    return names.size();
  }

  private static Health health(
      List<Finding> findings, List<NodeReport> nodes, List<NotChecked> notChecked) {
    if (findings.stream().anyMatch(f -> f.severity() != Severity.INFO)) {
      return Health.FINDINGS;
    }
    boolean enough =
        !nodes.isEmpty()
            && nodes.stream().allMatch(n -> n.state() == NodeCompleteness.COMPLETE)
            && notChecked.stream().noneMatch(NotChecked::undecided);
    return enough ? Health.HEALTHY : Health.TOO_LITTLE;
  }
}
