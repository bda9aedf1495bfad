package io.podpath.core.net;

/** A TCP, UDP or SCTP port. */
public record Port(int number) {
  public Port {
    if (number < 0 || number > 65535) {
      throw new IllegalArgumentException("port " + number);
    }
  }

  @Override
  public String toString() {
    return Integer.toString(number);
  }
}
