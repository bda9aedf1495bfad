package io.podpath.core.blueprint;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.MacAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Hardware addresses and device names, derived so that they are the same every time. */
public final class Hardware {

  private Hardware() {}

  /** A unicast, locally administered address that depends on the seed alone. */
  public static MacAddress mac(String seed) {
    long bits = Long.parseUnsignedLong(sha1(seed).substring(0, 12), 16);
    return new MacAddress(bits & 0xfcff_ffff_ffffL | 0x0200_0000_0000L);
  }

  /** As the CNI bridge plugin ({@code 0a:58}) and Docker ({@code 02:42}) make it of an address. */
  public static MacAddress ofIp(int prefix, IpAddress address) {
    return new MacAddress((long) prefix << 32 | address.low() & 0xffff_ffffL);
  }

  /** A device name of a prefix and digits that depend on the seed, as CNI plugins make them. */
  public static String device(String prefix, int digits, String seed) {
    return prefix + sha1(seed).substring(0, digits);
  }

  /**
   * Calico's name for a pod's link: {@code cali} and the first eleven digits of the SHA-1 of {@code
   * namespace.name} (libcalico-go, conversion: VethNameForWorkload).
   */
  public static String caliDevice(PodFacts pod) {
    return device("cali", 11, pod.namespace() + "." + pod.name());
  }

  private static String sha1(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      // every Java platform must have SHA-1 (java.security.MessageDigest)
      throw new IllegalStateException(e);
    }
  }
}
