package io.podpath.rules;

import io.podpath.core.compare.Comparison;
import io.podpath.core.compare.Difference;
import io.podpath.core.compare.Row;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.EntryState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * An entry that is on one side of a comparison only, or is not the same on both.
 *
 * @param node its name, or the cluster
 * @param key what it is about
 * @param sign as {@code podpath compare} shows it: - + ~
 */
record LabEntry(String node, String table, String key, String sign, Difference difference)
    implements Comparable<LabEntry> {

  /** Of these an entry that nobody expects concerns other packets. */
  private static final Set<String> CLOSED =
      Set.of("link", "pod link", "bridge", "policy", "ipset", "sysctl");

  /** Of these an entry may be another one and yet have all packets go the same way. */
  private static final Set<String> WEIGHED = Set.of("iptables", "policy", "route");

  static Stream<LabEntry> of(Comparison comparison) {
    return comparison.tables().stream()
        .flatMap(t ->
            t.differences().stream()
                .map(d -> new LabEntry(comparison.node(), t.table(), d.key(), sign(d), d)));
  }

  private static String sign(Difference difference) {
    return switch (difference) {
      case Difference.Missing(var row) -> "-";
      case Difference.Extra(var row) -> "+";
      case Difference.Differs(var row, var expected, var changes) -> "~";
    };
  }

  /** The entry, whatever has become of it. */
  String place() {
    return node + " " + table + " " + key;
  }

  /** What no blueprint says anything of. */
  boolean isUnspoken() {
    return isOneMore() || isForwardingOfOne();
  }

  private boolean isOneMore() {
    return CLOSED.contains(table) && sign.equals("+");
  }

  /** The kernel sets it with net.ipv4.ip_forward, which is what a blueprint speaks of. */
  private boolean isForwardingOfOne() {
    return table.equals("sysctl") && key.matches("net\\.ipv4\\.conf\\..+\\.forwarding");
  }

  /** What a person is not shown because no packet of the cluster meets it. */
  boolean mayBeLeftOut() {
    return WEIGHED.contains(table) || isOneMore();
  }

  /** Whether a finding names this entry. */
  boolean isNamedBy(Culprit culprit) {
    if (!node.equals(Comparison.CLUSTER) && !culprit.node().filter(node::equals).isPresent()) {
      return false;
    }
    if (culprit.state() == EntryState.MISSING) {
      List<String> words = new ArrayList<>(words(culprit.entry()));
      if (culprit.kind() == EntryKind.ADDRESS) {
        // an address is the same one whatever its prefix length
        words.addAll(words.stream().map(w -> w.replaceFirst("/\\d+$", "")).toList());
      }
      return difference.held().isEmpty()
          && difference.wanted().stream()
              .flatMap(row -> Stream.of(row.key(), row.text()))
              .anyMatch(said -> words.containsAll(words(said)));
    }
    return difference.held().map(Row::from).equals(culprit.from()) && culprit.from().isPresent();
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.split("\\s+", -1)).filter(w -> !w.isEmpty()).toList();
  }

  @Override
  public int compareTo(LabEntry other) {
    return Comparator.comparing(LabEntry::toString).compare(this, other);
  }

  /** Equal where the same has become of the same entry. */
  @Override
  public boolean equals(Object other) {
    return other instanceof LabEntry entry && entry.toString().equals(toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  @Override
  public String toString() {
    return node + " " + sign + " " + table + "  " + key;
  }
}
