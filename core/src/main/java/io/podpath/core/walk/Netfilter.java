package io.podpath.core.walk;

import io.podpath.core.net.IpFamily;
import io.podpath.core.netfilter.Backend;
import io.podpath.core.netfilter.Chain;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.NftChain;
import io.podpath.core.snapshot.Coverage;
import io.podpath.core.snapshot.Entries;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Facts;
import io.podpath.core.snapshot.NftProgram;
import io.podpath.core.snapshot.Provenance;
import io.podpath.core.snapshot.Section;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

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

  /**
   * A chain of nftables at a hook that iptables has not made: what its rules say is not modelled.
   */
  record Foreign(Fact<NftChain> chain) {
    boolean translates() {
      return chain.value().type().filter("nat"::equals).isPresent();
    }

    Optional<Provenance> from() {
      return Optional.of(chain.from());
    }

    @Override
    public String toString() {
      return "not modelled: nftables " + chain.value();
    }
  }

  /** Tables that iptables-nft keeps its rules in. */
  private static final Set<String> OF_IPTABLES =
      Set.of("raw", "mangle", "nat", "filter", "security");

  private final List<Listing> listings;
  private final Map<Hook, Foreign> foreign = new EnumMap<>(Hook.class);
  private final Optional<String> gap;
  private final boolean halfRead;

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
    String own = family == IpFamily.INET ? "ip" : "ip6";
    for (Fact<NftChain> fact : facts.get(Section.NFT_CHAINS).facts()) {
      NftChain chain = fact.value();
      boolean here = chain.family().equals(own) || chain.family().equals("inet");
      boolean iptables = chain.family().equals(own) && OF_IPTABLES.contains(chain.table());
      boolean idle = NftProgram.of(facts, chain).isIdle();
      if (here && !iptables && !idle && chain.hook().isPresent()) {
        hook(chain.hook().get())
            .ifPresent(h ->
                foreign.merge(
                    h, new Foreign(fact), (one, other) -> other.translates() ? other : one));
      }
    }
    this.gap = missing;
    this.halfRead = missing.isEmpty() && isOfTheOther(facts, family, read);
  }

  /**
   * Whether all rules may be in a back end that was not read. Of legacy tables iptables-nft-save
   * warns, iptables-legacy-save says nothing of the others.
   */
  private static boolean isOfTheOther(Facts facts, IpFamily family, List<Listing> read) {
    return read.stream().allMatch(l -> l.backend() == Backend.LEGACY && l.rules().isEmpty())
        && facts.get(Section.chainRules(family, Backend.NFT)).isNotGathered();
  }

  /** What nftables itself does at a hook. */
  Optional<Foreign> foreign(Hook hook) {
    return Optional.ofNullable(foreign.get(hook));
  }

  /** By its name in nftables. */
  private static Optional<Hook> hook(String name) {
    return Stream.of(Hook.values())
        .filter(h -> h.name().toLowerCase(Locale.ROOT).equals(name))
        .findFirst();
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

  /** Whether the tables that were read are empty, and there may be others. */
  boolean isHalfRead() {
    return halfRead;
  }

  /** Whether some back end translates addresses at all: then every connection is tracked. */
  boolean has(String table) {
    return listings.stream().anyMatch(l -> l.has(table));
  }
}
