package io.podpath.core.net;

/** Address family, named as the kernel's {@code AF_INET} and {@code AF_INET6}. */
public enum IpFamily {
  INET(32),
  INET6(128);

  private final int bits;

  IpFamily(int bits) {
    this.bits = bits;
  }

  /** Length of an address in bits. */
  public int bits() {
    return bits;
  }
}
