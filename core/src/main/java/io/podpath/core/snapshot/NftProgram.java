package io.podpath.core.snapshot;

import io.podpath.core.netfilter.NftChain;
import io.podpath.core.netfilter.NftRule;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A base chain of nftables and all rules it may come to. podpath does not walk nft's own language:
 * it tells chains that can do nothing to a packet from those that may.
 */
public final class NftProgram {

  private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"");
  private static final Pattern STOPS = Pattern.compile("\\b(drop|reject|queue|vmap)\\b");
  private static final Pattern GOES = Pattern.compile("\\b(?:jump|goto)\\s+([\\w.-]+)");

  /** Statements of nft(8) that stop, change, divert or mark a packet, or write into sets. */
  private static final Pattern ACTS =
      Pattern.compile(
          "\\b(drop|reject|queue|vmap|map|set|reset|notrack|[sd]nat|masquerade|redirect|tproxy|synproxy"
              + "|flow|offload|dup|fwd|add|update|delete|xt)\\b");

  private final NftChain base;
  private final List<Fact<NftRule>> rules;
  private final boolean complete;

  private NftProgram(NftChain base, List<Fact<NftRule>> rules, boolean complete) {
    this.base = base;
    this.rules = rules;
    this.complete = complete;
  }

  public static NftProgram of(Facts facts, NftChain base) {
    Entries<NftRule> all = facts.get(Section.NFT_RULES);
    List<Fact<NftRule>> reached = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(base.name()));
    while (!open.isEmpty()) {
      String chain = open.pop();
      if (!seen.add(chain)) {
        continue;
      }
      for (Fact<NftRule> rule : rules(all, base, chain)) {
        reached.add(rule);
        Matcher goes = GOES.matcher(words(rule.value()));
        while (goes.find()) {
          open.push(goes.group(1));
        }
      }
    }
    boolean listed = seen.stream().allMatch(c -> isListed(facts, base, c));
    return new NftProgram(base, reached, all.isComplete() && listed);
  }

  private static boolean isListed(Facts facts, NftChain base, String chain) {
    return facts
        .get(Section.NFT_CHAINS)
        .values()
        .anyMatch(c ->
            c.family().equals(base.family())
                && c.table().equals(base.table())
                && c.name().equals(chain));
  }

  private static List<Fact<NftRule>> rules(Entries<NftRule> all, NftChain base, String chain) {
    return all.where(r ->
        r.family().equals(base.family())
            && r.table().equals(base.table())
            && r.chain().equals(chain));
  }

  private static String words(NftRule rule) {
    return QUOTED.matcher(rule.statement()).replaceAll("");
  }

  public boolean dropsByPolicy() {
    return base.policy().filter("drop"::equals).isPresent();
  }

  /** Whether all chains it comes to and their rules were listed. */
  public boolean isComplete() {
    return complete;
  }

  /** The first rule that need not let a packet go on. */
  public Optional<Fact<NftRule>> stopping() {
    return rules.stream().filter(r -> STOPS.matcher(words(r.value())).find()).findFirst();
  }

  /** Whether every packet leaves the chain as it came, whatever it is. */
  public boolean isIdle() {
    return !dropsByPolicy()
        && complete
        && rules.stream().noneMatch(r -> ACTS.matcher(words(r.value())).find());
  }
}
