package io.podpath.core.node;

/**
 * A kernel setting.
 *
 * @param key with dots, as {@code net.ipv4.ip_forward}; a dot inside an interface name is kept as
 *     sysctl prints it ({@code /})
 */
public record Sysctl(String key, String value) {
  @Override
  public String toString() {
    return key + " = " + value;
  }
}
