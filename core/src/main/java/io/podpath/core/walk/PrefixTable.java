package io.podpath.core.walk;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Rows by their prefix, the longest that contains an address first. One hash table for each length
 * that occurs: real tables have a handful of lengths, so a look-up is a handful of probes, whatever
 * the number of rows.
 */
final class PrefixTable<T> {

  private final List<Length<T>> lengths;

  /**
   * @param rows by their prefix's own address
   */
  private record Length<T>(int length, Map<IpAddress, List<T>> rows) {}

  private PrefixTable(List<Length<T>> lengths) {
    this.lengths = lengths;
  }

  /** Rows of one prefix keep their order. */
  static <T> PrefixTable<T> of(List<T> rows, Function<T, IpPrefix> prefix) {
    TreeMap<Integer, Map<IpAddress, List<T>>> byLength = new TreeMap<>();
    for (T row : rows) {
      IpPrefix key = prefix.apply(row);
      byLength
          .computeIfAbsent(key.length(), l -> new HashMap<>())
          .merge(key.address(), List.of(row), PrefixTable::joined);
    }
    List<Length<T>> lengths = new ArrayList<>();
    byLength.descendingMap().forEach((length, map) -> lengths.add(new Length<>(length, map)));
    return new PrefixTable<>(List.copyOf(lengths));
  }

  /** Nearly every key has one row, which needs no room for more. */
  static <T> List<T> joined(List<T> rows, List<T> more) {
    List<T> all = rows instanceof ArrayList<T> many ? many : new ArrayList<>(rows);
    all.addAll(more);
    return all;
  }

  /** Rows whose prefix contains the address, by prefix, the longest first. */
  List<List<T>> containing(IpAddress address) {
    List<List<T>> found = new ArrayList<>(2);
    for (Length<T> length : lengths) {
      if (length.length() <= address.family().bits()) {
        List<T> rows = length.rows().get(address.network(length.length()));
        if (rows != null) {
          found.add(rows);
        }
      }
    }
    return found;
  }
}
