package io.podpath.core.netfilter;

import java.util.Optional;

/**
 * A chain whose rules were listed whole. A chain that only shows in some of its rules has none of
 * these.
 *
 * @param table filter, nat, mangle, raw, security
 * @param policy of a built-in chain: ACCEPT or DROP
 * @param counters of the policy
 */
public record Chain(
    String table, String name, Optional<String> policy, Optional<Counters> counters) {

  /** Whether packets that no rule decided are dropped. */
  public boolean dropsByPolicy() {
    return policy.filter("DROP"::equals).isPresent();
  }

  /** As {@code iptables-save} prints it. */
  @Override
  public String toString() {
    return ":" + name + " " + policy.orElse("-") + counters.map(c -> " " + c).orElse("");
  }
}
