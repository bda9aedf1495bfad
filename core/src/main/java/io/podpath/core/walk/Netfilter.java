package io.podpath.core.walk;

import io.podpath.core.net.IpFamily;
import io.podpath.core.netfilter.Backend;
import io.podpath.core.netfilter.Chain;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.snapshot.Coverage;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.Section;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tables of iptables of one namespace and family, in every back end that was gathered. */
final class Netfilter {

  /** One back end's tables. */
  record Listing(
      Backend backend,
      Map<ChainKey, Fact<Chain>> chains,
      Map<ChainKey, List<Fact<ChainRule>>> rules,
      Coverage coverage) {

    List<Fact<ChainRule>> rulesOf(String table, String chain) {
      return rules.getOrDefault(new ChainKey(table, chain), List.of());
    }

    Optional<Fact<Chain>> chain(String table, String chain) {
      return Optional.ofNullable(chains.get(new ChainKey(table, chain)));
    }

    boolean has(String table) {
      return chains.keySet().stream().anyMatch(k -> k.table().equals(table))
          || rules.keySet().stream().anyMatch(k -> k.table().equals(table));
    }

    /** Nothing to look at: no rule, and a policy that lets all pass. */
    boolean isOpen(String table, Hook hook) {
      return rulesOf(table, hook.name()).isEmpty()
          && chain(table, hook.name()).filter(c -> c.value().dropsByPolicy()).isEmpty();
    }
  }

  record ChainKey(String table, String chain) {}

  private final List<Listing> listings;
  private final Optional<String> gap;

  private Netfilter(Facts facts, IpFamily family) {
    List<Listing> read = new ArrayList<>();
    Optional<String> missing = Optional.of("not recorded");
    for (Backend backend : Backend.values()) {
      Entries<Chain> chains = facts.get(Section.chains(family, backend));
      Entries<ChainRule> rules = facts.get(Section.chainRules(family, backend));
      if (chains.isNotGathered() && rules.isNotGathered()) {
        continue;
      }
      missing = Optional.empty();
      Map<ChainKey, Fact<Chain>> byName = new HashMap<>();
      chains.facts().forEach(f -> byName.put(new ChainKey(f.value().table(), f.value().name()), f));
      Map<ChainKey, List<Fact<ChainRule>>> byChain = new HashMap<>();
      for (Fact<ChainRule> fact : rules.facts()) {
        byChain
            .computeIfAbsent(
                new ChainKey(fact.value().table(), fact.value().chain()), k -> new ArrayList<>())
            .add(fact);
      }
      Coverage coverage = chains.isComplete() ? rules.coverage() : chains.coverage();
      read.add(new Listing(backend, byName, byChain, coverage));
    }
    this.listings = List.copyOf(read);
    this.gap = missing;
  }

  static Netfilter of(Facts facts, IpFamily family) {
    return new Netfilter(facts, family);
  }

  List<Listing> listings() {
    return listings;
  }

  /** Why nothing is known of the rules; empty when something is. */
  Optional<String> gap() {
    return gap;
  }

  /** Whether some back end translates addresses at all: then every connection is tracked. */
  boolean has(String table) {
    return listings.stream().anyMatch(l -> l.has(table));
  }
}
