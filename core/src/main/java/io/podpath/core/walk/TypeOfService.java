package io.podpath.core.walk;

import java.util.Map;
import java.util.Optional;

/** The type of service as iproute2 prints it: a number, or a name of /etc/iproute2/rt_dsfield. */
final class TypeOfService {

  private static final Map<String, Integer> NAMES =
      Map.of("lowdelay", 0x10, "throughput", 0x08, "reliability", 0x04, "default", 0);

  private TypeOfService() {}

  static Optional<Integer> parse(String text) {
    Integer named = NAMES.get(text);
    if (named != null) {
      return Optional.of(named);
    }
    String digits = text.startsWith("0x") ? text.substring(2) : text;
    boolean hex =
        !digits.isEmpty()
            && digits.length() <= 2
            && digits.chars().allMatch(c -> c < 128 && Character.digit(c, 16) >= 0);
    return hex ? Optional.of(Integer.parseInt(digits, 16)) : Optional.empty();
  }
}
