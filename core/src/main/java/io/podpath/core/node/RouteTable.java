package io.podpath.core.node;

/**
 * A routing table by its number; 255, 254 and 253 have fixed names.
 *
 * @param name main, local, default, a name of {@code /etc/iproute2/rt_tables}, or the number
 */
public record RouteTable(String name) {
  public static final RouteTable MAIN = new RouteTable("main");
  public static final RouteTable LOCAL = new RouteTable("local");

  public RouteTable {
    name =
        switch (name) {
          case "254" -> "main";
          case "255" -> "local";
          case "253" -> "default";
          default -> name;
        };
  }

  @Override
  public String toString() {
    return name;
  }
}
