package io.podpath.core.cni;

import java.util.List;
import java.util.Optional;

/**
 * What {@code ufw status [verbose]} says.
 *
 * @param routedPolicy allow, deny, reject, or disabled; empty when not verbose
 * @param rules rows of its table, as {@code 8472/udp ALLOW IN Anywhere}, with single blanks
 */
public record UfwStatus(
    boolean active,
    Optional<String> incomingPolicy,
    Optional<String> routedPolicy,
    List<String> rules) {

  public UfwStatus {
    rules = List.copyOf(rules);
  }

  @Override
  public String toString() {
    return "Status: "
        + (active ? "active" : "inactive")
        + routedPolicy.map(r -> ", " + r + " (routed)").orElse("");
  }
}
