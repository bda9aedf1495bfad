package io.podpath.core.cni;

/**
 * An OpenFlow entry.
 *
 * @param match as printed, without priority
 */
public record OvsFlow(int table, int priority, String match, String actions, long packets) {
  @Override
  public String toString() {
    return "table="
        + table
        + ", priority="
        + priority
        + (match.isEmpty() ? "" : "," + match)
        + " actions="
        + actions;
  }
}
