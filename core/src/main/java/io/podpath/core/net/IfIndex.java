package io.podpath.core.net;

/** Interface index, unique within one network namespace. */
public record IfIndex(int number) {
  @Override
  public String toString() {
    return Integer.toString(number);
  }
}
