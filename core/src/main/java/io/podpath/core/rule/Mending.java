package io.podpath.core.rule;

import io.podpath.core.snapshot.History;
import io.podpath.core.snapshot.History.RunCommand;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Findings of all states of an input as one list. What is there at the end counts as it is; what
 * was there before and is gone was mended, by the commands in between.
 */
final class Mending {

  private final History history;
  private final List<Outcome> outcomes;

  private Mending(History history, List<Outcome> outcomes) {
    this.history = history;
    this.outcomes = outcomes;
  }

  /**
   * @param outcomes one for each moment
   */
  static List<Finding> overTime(History history, List<Outcome> outcomes) {
    return new Mending(history, outcomes).findings();
  }

  private List<Finding> findings() {
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
        result.add(finding.withMended(new Mended(commands(finding, firstSeen(finding), i + 1))));
      }
    }
    return result;
  }

  private int firstSeen(Finding finding) {
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
   * ran. Also those afterwards that add the very entry that was missing: one of two may be enough
   * for the traffic that is known.
   */
  private List<RunCommand> commands(Finding finding, int seen, int gone) {
    List<RunCommand> between = commands(seen + 1, gone + 1).toList();
    List<RunCommand> there = between.stream().filter(c -> mayBeThere(finding, c)).toList();
    List<RunCommand> fitting = there.stream().filter(c -> concerns(finding, c.command())).toList();
    List<RunCommand> mending = !fitting.isEmpty() ? fitting : there.isEmpty() ? between : there;
    Stream<RunCommand> completing =
        commands(gone + 1, history.moments().size())
            .filter(c -> mayBeThere(finding, c) && adds(finding, c.command()));
    return Stream.concat(mending.stream(), completing).distinct().toList();
  }

  private Stream<RunCommand> commands(int from, int to) {
    return history.moments().subList(from, to).stream().flatMap(m -> m.since().stream());
  }

  private static boolean mayBeThere(Finding finding, RunCommand command) {
    List<String> nodes = finding.nodes();
    return command.node().isEmpty()
        || nodes.isEmpty()
        || nodes.contains(command.node().get())
        || isClusterWide(command.command());
  }

  private static boolean adds(Finding finding, String command) {
    return finding.culprits().stream()
        .filter(c -> c.state() == EntryState.MISSING)
        .anyMatch(c -> command.contains(c.entry()));
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
              case SYSCTL -> command.contains("sysctl") || command.contains("/proc/sys");
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
}
