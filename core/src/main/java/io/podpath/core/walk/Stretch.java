package io.podpath.core.walk;

import java.util.List;

/** What becomes of packets of one form in one machine. */
sealed interface Stretch {

  /**
   * They leave by a wire.
   *
   * @param number of the form in which they do
   * @param asking numbers of addresses of the one that asked, in the order they come up
   * @param answering the same of the other one
   */
  record Left(int number, List<Integer> asking, List<Integer> answering) implements Stretch {
    public Left {
      asking = List.copyOf(asking);
      answering = List.copyOf(answering);
    }
  }

  /** The answer has come back to who asked. */
  record Answered() implements Stretch {}

  /** Anything else: each packet is walked by itself. */
  record Untold() implements Stretch {}
}
