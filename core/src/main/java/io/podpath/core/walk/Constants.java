package io.podpath.core.walk;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Numbers for values, equal ones for equal values. */
final class Constants {

  private final Map<Object, Integer> numbers = new ConcurrentHashMap<>();

  int number(Object value) {
    Integer number = numbers.get(value);
    if (number != null) {
      return number;
    }
    synchronized (numbers) {
      return numbers.computeIfAbsent(value, v -> numbers.size());
    }
  }

  /** All that have one. */
  Set<Object> values() {
    return numbers.keySet();
  }
}
