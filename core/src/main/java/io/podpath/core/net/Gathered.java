package io.podpath.core.net;

import java.util.Optional;
import java.util.function.Function;

/**
 * The three values a fact can have. {@code Absent} means: we looked, it is not there. {@code
 * NotGathered} means: nobody looked, or the answer could not be read; nothing may be concluded from
 * it.
 */
public sealed interface Gathered<T> {

  record Known<T>(T value) implements Gathered<T> {}

  record Absent<T>() implements Gathered<T> {}

  /**
   * @param reason a phrase such as "not in the paste" or "permission denied"
   */
  record NotGathered<T>(String reason) implements Gathered<T> {}

  static <T> Gathered<T> known(T value) {
    return new Known<>(value);
  }

  static <T> Gathered<T> absent() {
    return new Absent<>();
  }

  static <T> Gathered<T> notGathered(String reason) {
    return new NotGathered<>(reason);
  }

  /**
   * The value when known; both other cases are empty, so ask {@link #isAbsent()} before concluding
   * anything from that.
   */
  default Optional<T> optional() {
    return switch (this) {
      case Known<T>(T value) -> Optional.of(value);
      case Absent<T>() -> Optional.empty();
      case NotGathered<T>(var reason) -> Optional.empty();
    };
  }

  default boolean isAbsent() {
    return this instanceof Absent;
  }

  default boolean isNotGathered() {
    return this instanceof NotGathered;
  }

  default <R> Gathered<R> map(Function<? super T, ? extends R> function) {
    return switch (this) {
      case Known<T>(T value) -> new Known<>(function.apply(value));
      case Absent<T>() -> new Absent<>();
      case NotGathered<T>(var reason) -> new NotGathered<>(reason);
    };
  }
}
