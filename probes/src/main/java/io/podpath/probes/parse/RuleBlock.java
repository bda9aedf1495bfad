package io.podpath.probes.parse;

import io.podpath.core.netfilter.Chain;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Counters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Chains and rules of one table while they are read. Which chains were seen whole, and of which
 * table a listing without its name is, only its end tells.
 */
final class RuleBlock {

  /**
   * @param listed whether its line stands at the head of all of its rules ({@code -P}, {@code -N})
   */
  private record Declared(
      String name,
      Optional<String> policy,
      Optional<Counters> counters,
      int line,
      boolean listed) {}

  private record Row(ChainRule rule, int line) {}

  private final Optional<String> table;
  private final boolean dump;
  private final List<Declared> declared = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final List<Row> rows = new ArrayList<>();
  private final Set<String> brokenChains = new HashSet<>();
  private boolean allBroken;

  private RuleBlock(Optional<String> table, boolean dump) {
    this.table = table;
    this.dump = dump;
  }

  /** Between {@code *table} and {@code COMMIT}. */
  static RuleBlock ofDump(String table) {
    return new RuleBlock(Optional.of(table), true);
  }

  /** Without such a frame. */
  static RuleBlock loose(Optional<String> table) {
    return new RuleBlock(table, false);
  }

  Optional<String> table() {
    return table;
  }

  boolean isDump() {
    return dump;
  }

  boolean isEmpty() {
    return declared.isEmpty() && rows.isEmpty();
  }

  void declare(
      String name, Optional<String> policy, Optional<Counters> counters, int line, boolean listed) {
    declared.add(new Declared(name, policy, counters, line, listed));
    names.add(name);
  }

  void add(ChainRule rule, int line) {
    rows.add(new Row(rule, line));
  }

  void breakChain(String name) {
    brokenChains.add(name);
  }

  void breakAll() {
    allBroken = true;
  }

  boolean declares(String name) {
    return names.contains(name);
  }

  /**
   * Leaves out what an earlier block of the same text has shown already: one chain listed twice
   * would hold its rules twice.
   *
   * @param shown chains of earlier blocks with their tables; this one's are added
   */
  void addNewTo(
      ReadingBuilder builder, IptablesTool tool, Predicate<String> kept, Set<String> shown) {
    Map<String, String> tables = tables();
    Set<String> mine = new HashSet<>();
    Set<String> again = new HashSet<>();
    for (Declared chain : declared) {
      String of = table.orElseGet(() -> tables.getOrDefault(chain.name, "filter"));
      if (!shown.contains(of + " " + chain.name)) {
        mine.add(of + " " + chain.name);
      } else {
        builder.unread(tool.rules(), chain.line, "the chain is listed a second time");
        again.add(chain.name);
      }
    }
    rows.removeIf(r -> again.contains(r.rule.chain()));
    brokenChains.addAll(again);
    shown.addAll(mine);
    addTo(builder, tool, true, kept);
  }

  /**
   * @param kept whether all lines of a chain are in the text, as far as filters it went through are
   *     concerned
   */
  void addTo(ReadingBuilder builder, IptablesTool tool, boolean committed, Predicate<String> kept) {
    Map<String, String> tables = tables();
    for (Row row : rows) {
      ChainRule rule = row.rule;
      String of =
          rule.table().isEmpty() ? tables.getOrDefault(rule.chain(), "filter") : rule.table();
      builder.add(
          tool.rules(),
          new ChainRule(of, rule.chain(), rule.matches(), rule.target(), rule.counters()),
          row.line);
    }
    if (allBroken) {
      return;
    }
    for (Declared chain : whole(committed)) {
      if (!brokenChains.contains(chain.name) && kept.test(chain.name)) {
        String of = table.orElseGet(() -> tables.getOrDefault(chain.name, "filter"));
        builder.add(
            tool.chains(), new Chain(of, chain.name, chain.policy, chain.counters), chain.line);
      }
    }
  }

  /**
   * A dump lists all chains first and then the rules in the same order: one that was cut shows the
   * chains before its last rule whole.
   */
  private List<Declared> whole(boolean committed) {
    if (!dump) {
      return declared.stream().filter(Declared::listed).toList();
    }
    if (committed) {
      return declared;
    }
    String last = rows.isEmpty() ? "" : rows.getLast().rule.chain();
    for (int i = 0; i < declared.size(); i++) {
      if (declared.get(i).name.equals(last)) {
        return declared.subList(0, i);
      }
    }
    return List.of();
  }

  /** Tables by chain, where the text does not name one. */
  private Map<String, String> tables() {
    if (table.isPresent()) {
      return Map.of();
    }
    Map<String, List<ChainRule>> byChain = new HashMap<>();
    declared.forEach(d -> byChain.computeIfAbsent(d.name, n -> new ArrayList<>()));
    rows.forEach(r -> byChain.computeIfAbsent(r.rule.chain(), n -> new ArrayList<>()).add(r.rule));
    Map<String, String> tables = new HashMap<>();
    Optional<String> common = byBuiltIns();
    byChain.forEach(
        (chain, rules) -> tables.put(chain, common.orElseGet(() -> TableGuess.of(chain, rules))));
    return tables;
  }

  /** {@code iptables -S} shows one table, and its built-in chains tell which. */
  private Optional<String> byBuiltIns() {
    Set<String> names = new HashSet<>();
    declared.stream().filter(d -> d.policy.isPresent()).forEach(d -> names.add(d.name));
    if (names.contains("FORWARD")) {
      return Optional.of(names.contains("PREROUTING") ? "mangle" : "filter");
    }
    if (names.contains("POSTROUTING")) {
      return Optional.of("nat");
    }
    return names.contains("PREROUTING") ? Optional.of("raw") : Optional.empty();
  }
}
