package io.podpath.core.snapshot;

/** How much of a table was gathered. */
public sealed interface Coverage {

  /** All of it: what is not in the table is absent. */
  record Complete() implements Coverage {}

  /**
   * Some of it: what is not in the table may exist all the same.
   *
   * @param reason such as "piped into grep" or "line 12 could not be read"
   */
  record Partial(String reason) implements Coverage {}

  /** Nothing. */
  record NotGathered(String reason) implements Coverage {}

  default boolean isComplete() {
    return this instanceof Complete;
  }

  /** Why not all is known; empty text when all is. */
  default String gap() {
    return switch (this) {
      case Complete() -> "";
      case Partial(var reason) -> reason;
      case NotGathered(var reason) -> reason;
    };
  }

  /** The better of two. */
  default Coverage best(Coverage other) {
    return rank() >= other.rank() ? this : other;
  }

  /** The worse of two. */
  default Coverage worse(Coverage other) {
    return rank() <= other.rank() ? this : other;
  }

  private int rank() {
    return switch (this) {
      case Complete() -> 2;
      case Partial(var reason) -> 1;
      case NotGathered(var reason) -> 0;
    };
  }
}
