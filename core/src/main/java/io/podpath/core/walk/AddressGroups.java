package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Addresses that none of the prefixes tells apart are one group: equivalence classes. The prefixes
 * cut the addresses of a family into intervals, and intervals in the same prefixes are of one
 * group.
 */
final class AddressGroups {

  /** Where the intervals begin, in ascending order; what is before the first one is group 0. */
  private final long[] highs;

  private final long[] lows;
  private final int[] groups;

  private AddressGroups(long[] highs, long[] lows, int[] groups) {
    this.highs = highs;
    this.lows = lows;
    this.groups = groups;
  }

  /**
   * @param prefixes those of other families are passed over
   */
  static AddressGroups of(Collection<IpPrefix> prefixes, IpFamily family) {
    List<IpPrefix> own = prefixes.stream().filter(p -> p.family() == family).distinct().toList();
    TreeSet<IpAddress> starts = new TreeSet<>();
    for (IpPrefix prefix : own) {
      starts.add(prefix.address());
      prefix.behind().ifPresent(starts::add);
    }
    PrefixTable<IpPrefix> containing = PrefixTable.of(own, p -> p);
    long[] highs = new long[starts.size()];
    long[] lows = new long[starts.size()];
    int[] groups = new int[starts.size()];
    Map<List<List<IpPrefix>>, Integer> numbers = new HashMap<>();
    numbers.put(List.of(), 0);
    int i = 0;
    for (IpAddress start : starts) {
      highs[i] = start.high();
      lows[i] = start.low();
      groups[i] = numbers.computeIfAbsent(containing.containing(start), k -> numbers.size());
      i++;
    }
    return new AddressGroups(highs, lows, groups);
  }

  /** The number of the group an address belongs to. */
  int of(IpAddress address) {
    int from = 0;
    int to = groups.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (isAtOrBefore(middle, address)) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from == 0 ? 0 : groups[from - 1];
  }

  private boolean isAtOrBefore(int index, IpAddress address) {
    int byHigh = Long.compareUnsigned(highs[index], address.high());
    return byHigh < 0 || byHigh == 0 && Long.compareUnsigned(lows[index], address.low()) <= 0;
  }
}
