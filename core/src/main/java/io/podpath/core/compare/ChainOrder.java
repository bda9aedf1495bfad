package io.podpath.core.compare;

import io.podpath.core.netfilter.ChainRule;
import io.podpath.core.netfilter.Match;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rules that are on both sides but stand elsewhere. It counts only where a rule has passed one that
 * does something else to the same packets: of two rules with one target the order says nothing, nor
 * of two for different addresses, protocols or ports.
 */
final class ChainOrder {

  private ChainOrder() {}

  /**
   * @param place of the expected one among all that are expected
   */
  record Pair(Row actual, Row expected, int place) {}

  /**
   * @param pairs in the order of what was read
   */
  static List<Difference> moved(List<Pair> pairs) {
    Map<String, List<Pair>> chains = new LinkedHashMap<>();
    for (Pair pair : pairs) {
      if (pair.expected().entry() instanceof ChainRule rule) {
        chains.computeIfAbsent(rule.table() + " " + rule.chain(), c -> new ArrayList<>()).add(pair);
      }
    }
    List<Difference> moved = new ArrayList<>();
    chains.values().forEach(chain -> moved.addAll(inChain(chain)));
    return moved;
  }

  private static List<Difference> inChain(List<Pair> chain) {
    int[] order = chain.stream().mapToInt(Pair::place).toArray();
    boolean[] kept = increasing(order);
    int[] sorted = order.clone();
    Arrays.sort(sorted);
    List<Difference> moved = new ArrayList<>();
    for (int i = 0; i < order.length; i++) {
      if (!kept[i] && passesAnother(chain, order, i)) {
        Pair pair = chain.get(i);
        String here = Integer.toString(i + 1);
        String there = Integer.toString(Arrays.binarySearch(sorted, order[i]) + 1);
        moved.add(
            new Difference.Differs(
                pair.actual(),
                pair.expected(),
                List.of(new Difference.Change("position", here, there))));
      }
    }
    return moved;
  }

  private static boolean passesAnother(List<Pair> chain, int[] order, int at) {
    ChainRule moved = rule(chain.get(at));
    for (int i = 0; i < order.length; i++) {
      boolean passed = i < at ? order[i] > order[at] : order[i] < order[at];
      if (passed && !isIndependent(moved, rule(chain.get(i)))) {
        return true;
      }
    }
    return false;
  }

  /** Only pairs of rules are asked for. */
  private static ChainRule rule(Pair pair) {
    return (ChainRule) pair.actual().entry();
  }

  private static boolean isIndependent(ChainRule one, ChainRule other) {
    return one.target().equals(other.target())
        || one.matches().stream()
            .anyMatch(a -> other.matches().stream().anyMatch(b -> excludes(a, b)));
  }

  /** Whether no packet is one for both; false where it is not known. */
  private static boolean excludes(Match one, Match other) {
    return switch (one) {
      case Match.Source(var not, var prefix)
          when other instanceof Match.Source(var no, var another) ->
          !not && !no && !prefix.overlaps(another);
      case Match.Destination(var not, var prefix)
          when other instanceof Match.Destination(var no, var another) ->
          !not && !no && !prefix.overlaps(another);
      case Match.Protocol(var not, var protocol)
          when other instanceof Match.Protocol(var no, var another) ->
          !not && !no && !protocol.equals(another);
      case Match.DestinationPort(var not, var module, int from, int to)
          when other instanceof Match.DestinationPort(var no, var another, int low, int high) ->
          !not && !no && module.equals(another) && (to < low || high < from);
      default -> false;
    };
  }

  /** Marks a longest run of rules that stand in their order; the others have moved. */
  private static boolean[] increasing(int[] order) {
    int[] last = new int[order.length];
    int[] before = new int[order.length];
    int length = 0;
    for (int i = 0; i < order.length; i++) {
      int low = 0;
      int high = length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (order[last[middle]] < order[i]) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      before[i] = low == 0 ? -1 : last[low - 1];
      last[low] = i;
      length = Math.max(length, low + 1);
    }
    boolean[] kept = new boolean[order.length];
    for (int i = length == 0 ? -1 : last[length - 1]; i >= 0; i = before[i]) {
      kept[i] = true;
    }
    return kept;
  }
}
