package io.podpath.core.cni;

import java.util.Optional;

/**
 * What {@code ufw status [verbose]} says.
 *
 * @param routedPolicy allow, deny, reject, or disabled; empty when not verbose
 */
public record UfwStatus(
    boolean active, Optional<String> incomingPolicy, Optional<String> routedPolicy) {
  @Override
  public String toString() {
    return "Status: "
        + (active ? "active" : "inactive")
        + routedPolicy.map(r -> ", " + r + " (routed)").orElse("");
  }
}
