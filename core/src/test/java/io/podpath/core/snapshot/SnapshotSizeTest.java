package io.podpath.core.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpFamily;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.NextHop;
import io.podpath.core.node.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * A thousand nodes with a thousand routes each must fit in well under 2 GiB; a tenth of them is
 * measured.
 */
class SnapshotSizeTest {

  private static final int NODES = 100;
  private static final int ROUTES = 1000;

  @Test
  void aRouteTakesLessThanAKilobyteWithItsTextAndPlace() {
    long before = used();
    Snapshot snapshot = snapshot();
    long perRoute = (used() - before) / (NODES * ROUTES);
    assertThat(snapshot.nodes()).hasSize(NODES);
    assertThat(snapshot.nodes().values())
        .allSatisfy(n -> assertThat(n.host().mainRoutes(IpFamily.INET).facts()).hasSize(ROUTES));
    // a million of them: 1 GB at the most
    assertThat(perRoute).isLessThan(1000);
  }

  private static Snapshot snapshot() {
    SnapshotBuilder builder = new SnapshotBuilder();
    for (int n = 0; n < NODES; n++) {
      String node = "node-" + n;
      List<Route> routes = new ArrayList<>();
      StringBuilder text = new StringBuilder();
      for (int r = 0; r < ROUTES; r++) {
        IpPrefix destination = new IpPrefix(IpAddress.ofV4((10L << 24) + r * 256L), 24);
        NextHop hop = NextHop.via(IpAddress.ofV4((192L << 24) + (168L << 16) + r), "eth0");
        Route route = Route.unicast(destination, hop).withProtocol("bird");
        routes.add(route);
        text.append(route).append('\n');
      }
      Source source =
          new Source(
              "nodes/" + node + "/ip-route.txt",
              1,
              Optional.of(node),
              Source.HOST,
              Optional.of("ip route"),
              text.toString(),
              Optional.empty());
      List<Fact<Route>> facts = new ArrayList<>();
      for (int r = 0; r < ROUTES; r++) {
        facts.add(new Fact<>(routes.get(r), new Provenance(source, r + 1)));
      }
      builder.add(
          node,
          true,
          Source.HOST,
          Section.routes(IpFamily.INET, Section.RouteScope.MAIN),
          Entries.complete(facts),
          20);
    }
    return builder.build();
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
