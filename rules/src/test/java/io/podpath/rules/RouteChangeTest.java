package io.podpath.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.fix.Change;
import io.podpath.core.net.IpAddress;
import io.podpath.core.net.IpPrefix;
import io.podpath.core.node.NextHop;
import io.podpath.core.node.Route;
import io.podpath.core.snapshot.Snapshot;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What changes of routes do to a table, as the kernel does it. */
class RouteChangeTest {

  private static final Snapshot SNAPSHOT =
      SnapshotFixture.bundle()
          .file(
              "nodes/a/ip-route.txt",
              "10.244.1.0/24 via 10.0.0.2 dev eth0",
              "10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.1")
          .snapshot();

  /** {@code RTNETLINK answers: File exists}, whatever the next hop is. */
  @Test
  void routeIsNotAddedWhereAnotherStands() {
    Route route = route("10.244.1.0/24");
    assertThat(changes(route)).isFalse();
    assertThat(changes(withMetric(route, 0))).isFalse();
  }

  @Test
  void routeWithAnotherMetricOrDestinationIsAdded() {
    assertThat(changes(withMetric(route("10.244.1.0/24"), 100))).isTrue();
    assertThat(changes(route("10.244.1.0/25"))).isTrue();
  }

  private static boolean changes(Route route) {
    return !new Change.AddRoute("a", route).applyTo(SNAPSHOT).sameValues(SNAPSHOT);
  }

  private static Route route(String destination) {
    return Route.unicast(
        IpPrefix.parse(destination).orElseThrow(),
        NextHop.via(IpAddress.parse("10.0.0.3").orElseThrow(), "eth0"));
  }

  private static Route withMetric(Route route, long metric) {
    return new Route(
        route.type(),
        route.destination(),
        route.table(),
        route.protocol(),
        route.scope(),
        route.preferredSource(),
        OptionalLong.of(metric),
        route.nextHops(),
        route.metrics(),
        route.attributes());
  }
}
