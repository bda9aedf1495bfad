package io.podpath.core.compare;

import io.podpath.core.node.Address;
import io.podpath.core.node.BridgePort;
import io.podpath.core.node.FdbEntry;
import io.podpath.core.node.Link;
import io.podpath.core.node.Neighbour;
import io.podpath.core.node.Route;
import io.podpath.core.node.Sysctl;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Entries that are gone or new only because another one is: with an address its local entry and its
 * connected route (net/ipv4/fib_frontend.c: fib_add_ifaddr, fib_del_ifaddr), with a link that is
 * gone or down all that went through it (fib_sync_down_dev), with ip_forward the forwarding of each
 * interface (net/ipv4/devinet.c: inet_forward_change).
 */
final class Consequences {

  private static final String FORWARD = "net.ipv4.ip_forward";
  private static final Pattern FORWARDING = Pattern.compile("net\\.ipv4\\.conf\\..+\\.forwarding");

  private final List<TableComparison> tables;
  private final Set<String> addresses = new HashSet<>();
  private final Set<String> networks = new HashSet<>();
  private final Set<String> links = new HashSet<>();
  private boolean forwards;

  private Consequences(List<TableComparison> tables) {
    this.tables = tables;
    tables.stream().flatMap(t -> t.differences().stream()).forEach(this::cause);
  }

  static Consequences of(List<TableComparison> tables) {
    return new Consequences(tables);
  }

  private void cause(Difference difference) {
    difference
        .rows()
        .forEach(row -> {
          if (row.entry() instanceof Address address) {
            addresses.add(place(row, address.local()));
            networks.add(place(row, address.network()));
          }
          if (row.entry() instanceof Link link && leavesOrComes(difference)) {
            links.add(place(row, link.name()));
          }
          if (row.entry() instanceof Sysctl setting && setting.key().equals(FORWARD)) {
            forwards = true;
          }
        });
  }

  private static boolean leavesOrComes(Difference difference) {
    return switch (difference) {
      case Difference.Missing _, Difference.Extra _ -> true;
      case Difference.Differs(var actual, var expected, var changes) ->
          changes.stream().anyMatch(c -> c.field().equals("state"));
    };
  }

  /** A pod's devices and addresses are not those of its node, though they have the same names. */
  private static String place(Row row, Object what) {
    return row.place() + ": " + what;
  }

  List<TableComparison> folded() {
    return tables.stream()
        .map(t -> t.keeping(t.differences().stream().filter(d -> !follows(d)).toList()))
        .toList();
  }

  private boolean follows(Difference difference) {
    return difference.rows().allMatch(this::follows);
  }

  private boolean follows(Row row) {
    return switch (row.entry()) {
      case Route route ->
          route.hasProtocol("kernel") && isOfAddress(row, route) || goneWith(row, route.device());
      case Address address -> goneWith(row, Optional.of(address.device()));
      case Neighbour neighbour -> goneWith(row, neighbour.device());
      case FdbEntry entry -> goneWith(row, entry.device());
      case BridgePort port -> goneWith(row, Optional.of(port.port()));
      case Sysctl setting -> forwards && FORWARDING.matcher(setting.key()).matches();
      default -> false;
    };
  }

  private boolean isOfAddress(Row row, Route route) {
    return networks.contains(place(row, route.destination()))
        || route.preferredSource().filter(s -> addresses.contains(place(row, s))).isPresent()
        || route.destination().isHost()
            && addresses.contains(place(row, route.destination().address()));
  }

  private boolean goneWith(Row row, Optional<String> device) {
    return device.filter(d -> links.contains(place(row, d))).isPresent();
  }
}
