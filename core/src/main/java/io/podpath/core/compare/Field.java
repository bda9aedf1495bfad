package io.podpath.core.compare;

/**
 * One thing that an entry says beside what it is about.
 *
 * @param name the word its tool uses: via, dev, dst, lladdr, mtu …
 * @param value empty text where the entry does not say it
 * @param lessIsFine whether a smaller number does as well, as with an MTU
 */
public record Field(String name, String value, Weight weight, boolean lessIsFine) {

  public Field(String name, String value, Weight weight) {
    this(name, value, weight, false);
  }

  /**
   * Whether it says what was expected.
   *
   * @param exactly whether also less than expected is another thing
   */
  boolean fits(Field expected, boolean exactly) {
    return value.equals(expected.value)
        || !exactly && lessIsFine && number(value) <= number(expected.value);
  }

  private static long number(String text) {
    boolean digits =
        !text.isEmpty() && text.length() < 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return digits ? Long.parseLong(text) : Long.MAX_VALUE;
  }

  static Field of(String name, Object value) {
    return new Field(name, value.toString(), Weight.MEANING);
  }

  static Field own(String name, Object value) {
    return new Field(name, value.toString(), Weight.IDENTITY);
  }

  /** Something of which less is as good: what is larger than expected does not fit. */
  static Field atMost(String name, Object value) {
    return new Field(name, value.toString(), Weight.MEANING, true);
  }

  static Field detail(String name, Object value) {
    return new Field(name, value.toString(), Weight.DETAIL);
  }
}
