package io.podpath.core.netfilter;

/**
 * A member of an ipset, as {@code ipset save} prints it.
 *
 * @param element such as {@code 10.0.0.1}, {@code 10.0.0.0/8} or {@code 10.96.0.1,tcp:443}
 */
public record IpSetMember(String set, String element, String options) {
  @Override
  public String toString() {
    return "add " + set + " " + element + (options.isEmpty() ? "" : " " + options);
  }
}
