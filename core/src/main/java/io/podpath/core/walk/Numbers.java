package io.podpath.core.walk;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A key of many numbers, which is hashed and compared at once. */
final class Numbers {

  private final long[] words;
  private final int hash;

  private Numbers(long[] words) {
    this.words = words;
    this.hash = Arrays.hashCode(words);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Numbers that && hash == that.hash && Arrays.equals(words, that.words);
  }

  @Override
  public int hashCode() {
    // Arrays.hashCode leaves small numbers close together
    return hash * 0x9e37_79b9;
  }

  /** Collects them. */
  static final class Builder {
    private long[] words;
    private int size;

    /**
     * @param few most have not more than these
     */
    Builder(int few) {
      this.words = new long[few];
    }

    void add(long word) {
      if (size == words.length) {
        words = Arrays.copyOf(words, 2 * size);
      }
      words[size++] = word;
    }

    void clear() {
      size = 0;
    }

    Numbers build() {
      return new Numbers(Arrays.copyOf(words, size));
    }
  }
}
