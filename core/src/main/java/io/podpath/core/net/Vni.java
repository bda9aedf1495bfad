package io.podpath.core.net;

/** VXLAN network identifier, 24 bits (RFC 7348). */
public record Vni(int number) {
  public Vni {
    if (number < 0 || number > 0xff_ffff) {
      throw new IllegalArgumentException("VNI " + number);
    }
  }

  @Override
  public String toString() {
    return Integer.toString(number);
  }
}
