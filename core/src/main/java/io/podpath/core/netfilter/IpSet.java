package io.podpath.core.netfilter;

/**
 * An ipset; its members are facts of their own.
 *
 * @param type such as {@code hash:ip}, {@code hash:net}, {@code hash:ip,port}
 */
public record IpSet(String name, String type, String options) {
  @Override
  public String toString() {
    return "create " + name + " " + type + (options.isEmpty() ? "" : " " + options);
  }
}
