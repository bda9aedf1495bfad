package io.podpath.core.fix;

import io.podpath.core.net.IpFamily;
import io.podpath.core.netfilter.Backend;
import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.snapshot.Fact;
import io.podpath.core.snapshot.Provenance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What {@code iptables -I} and {@code -D} do to a list of rules. */
final class ChainRuleWords {

  private ChainRuleWords() {}

  private static String tool(IpFamily family, Backend backend, String table) {
    String name = family == IpFamily.INET ? "iptables" : "ip6tables";
    String tool =
        switch (backend) {
          case LEGACY -> name + "-legacy";
          case NFT -> name + "-nft";
          case UNSTATED -> name;
        };
    return table.equals("filter") ? tool : tool + " -t " + table;
  }

  static String insertion(
      IpFamily family, Backend backend, ChainRule rule, Optional<Integer> position) {
    String chain = ShellWord.quoted(rule.chain());
    String verb = position.map(p -> "-I " + chain + (p == 1 ? "" : " " + p)).orElse("-A " + chain);
    return command(family, backend, verb, rule);
  }

  static String deletion(IpFamily family, Backend backend, ChainRule rule) {
    return command(family, backend, "-D " + ShellWord.quoted(rule.chain()), rule);
  }

  static String policy(
      IpFamily family, Backend backend, String table, String chain, String policy) {
    return tool(family, backend, table) + " -P " + ShellWord.quoted(chain) + " " + policy;
  }

  private static String command(IpFamily family, Backend backend, String verb, ChainRule rule) {
    return String.join(
        " ", tool(family, backend, rule.table()), verb, ShellWord.chainRule(rule.spec()));
  }

  /** Inserts unless the very rule already stands there. */
  static List<Fact<ChainRule>> inserted(
      List<Fact<ChainRule>> rules, ChainRule rule, Optional<Integer> position, Provenance made) {
    if (rules.stream().anyMatch(f -> sameRule(f.value(), rule))) {
      return rules;
    }
    List<Fact<ChainRule>> all = new ArrayList<>(rules);
    int inChain = 0;
    int index = 0;
    int after = rules.size();
    for (Fact<ChainRule> fact : rules) {
      if (inSameChain(fact.value(), rule)) {
        inChain++;
        if (position.isPresent() && position.get() == inChain) {
          all.add(index, new Fact<>(rule, made));
          return all;
        }
        after = index + 1;
      }
      index++;
    }
    all.add(after, new Fact<>(rule, made));
    return all;
  }

  /** Deletes the first rule that says the same. */
  static List<Fact<ChainRule>> deleted(List<Fact<ChainRule>> rules, ChainRule rule) {
    List<Fact<ChainRule>> all = new ArrayList<>(rules);
    for (int i = 0; i < all.size(); i++) {
      if (sameRule(all.get(i).value(), rule)) {
        all.remove(i);
        return all;
      }
    }
    return all;
  }

  private static boolean inSameChain(ChainRule a, ChainRule b) {
    return a.table().equals(b.table()) && a.chain().equals(b.chain());
  }

  private static boolean sameRule(ChainRule a, ChainRule b) {
    return inSameChain(a, b) && a.spec().equals(b.spec());
  }
}
