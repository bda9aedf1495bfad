package io.podpath.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Diagnosis;
import io.podpath.core.rule.Diagnostician;
import io.podpath.core.rule.Outcome;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.FabricKind;
import io.podpath.probes.bundle.InputException;
import io.podpath.probes.bundle.InputReader;
import io.podpath.probes.bundle.Limits;
import io.podpath.probes.bundle.NamedText;
import io.podpath.rules.routing.RouteToNodeMissing;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which fabric is seen, and that no route is missed where nothing says that nodes have routes. */
class FabricSignsTest {

  /**
   * Nodes 192.168.1.1 and .2 with these routes each beside those of their card; # is the number.
   */
  private static SnapshotFixture nodes(String... routes) {
    SnapshotFixture fixture = SnapshotFixture.bundle();
    for (String number : List.of("1", "2")) {
      String other = number.equals("1") ? "2" : "1";
      StringBuilder table =
          new StringBuilder(
                  "default via 192.168.1.254 dev eth0\n192.168.1.0/24 dev eth0 proto kernel")
              .append(" scope link src 192.168.1." + number);
      for (String route : routes) {
        table.append('\n').append(route.replace("#", number).replace("@", other));
      }
      fixture.file("nodes/n" + number + "/ip-route.txt", table.toString());
      fixture.file("nodes/n" + number + "/ip-rule.txt", RULES);
    }
    return fixture;
  }

  private static final String[] RULES = {
    "0:\tfrom all lookup local", "32766:\tfrom all lookup main", "32767:\tfrom all lookup default"
  };

  private static final String IDLE_DOCKER =
      "172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1 linkdown";
  private static final String CNI0 =
      "10.244.#.0/24 dev cni0 proto kernel scope link src 10.244.#.1";

  private static SnapshotFixture objects(SnapshotFixture fixture, String backend) {
    return fixture.file(
        "cluster/nodes.yaml",
        "apiVersion: v1",
        "kind: List",
        "items:",
        object("n1", "10.244.1.0/24", backend),
        object("n2", "10.244.2.0/24", backend));
  }

  private static String object(String name, String cidr, String backend) {
    return String.join(
        "\n",
        "- apiVersion: v1",
        "  kind: Node",
        "  metadata:",
        "    name: " + name,
        "    annotations:",
        "      flannel.alpha.coreos.com/backend-type: " + backend,
        "  spec:",
        "    podCIDR: " + cidr,
        "    podCIDRs:",
        "    - " + cidr);
  }

  private static FabricKind fabric(SnapshotFixture fixture) {
    return ClusterView.of(fixture.snapshot()).fabric();
  }

  private static void assertOpen(SnapshotFixture fixture) {
    assertThat(fabric(fixture)).isEqualTo(FabricKind.UNKNOWN);
    Outcome outcome = fixture.ask(new RouteToNodeMissing());
    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.notChecked()).isNotEmpty();
  }

  @Test
  void idleDockerBridgeAndTheCloudsRoutesAreNoFabric() {
    assertOpen(
        nodes(
            "10.244.#.0/24 dev cbr0 proto kernel scope link src 10.244.#.1",
            IDLE_DOCKER,
            "169.254.169.254 via 192.168.1.254 dev eth0 proto dhcp src 192.168.1.# metric 100"));
  }

  @Test
  void bridgesThatARouterJoinsAreNoFabric() {
    assertOpen(
        nodes(
            "172.30.#.0/24 dev docker0 proto kernel scope link src 172.30.#.1",
            "10.50.0.0/16 via 192.168.1.253 dev eth0"));
  }

  @Test
  void devicesOfOtherFabricsAreNotOurs() {
    assertThat(
            fabric(
                nodes(
                    IDLE_DOCKER,
                    "10.0.#.0/24 via 10.0.#.78 dev cilium_host proto kernel src 10.0.#.78",
                    "10.0.@.0/24 via 192.168.1.@ dev eth0 proto kernel")))
        .isEqualTo(FabricKind.UNKNOWN);
    assertThat(
            fabric(
                nodes(
                    "10.32.0.0/12 dev weave proto kernel scope link src 10.32.0.#",
                    "10.8.0.0/24 via 192.168.1.250 dev eth0")))
        .isEqualTo(FabricKind.UNKNOWN);
  }

  @Test
  void flannelThatLeavesTheRoutesToTheCloudIsNoHostGateway() {
    assertOpen(objects(nodes(CNI0), "ali-vpc"));
  }

  @Test
  void namedHostGatewayWithoutAnyRouteIsBroken() {
    SnapshotFixture fixture = objects(nodes(CNI0), "host-gw");
    assertThat(fabric(fixture)).isEqualTo(FabricKind.FLANNEL_HOST_GW);
    assertThat(fixture.findings(new RouteToNodeMissing())).isNotEmpty();
  }

  @Test
  void routesToEachOthersBridgesAreASign() {
    assertThat(fabric(nodes(CNI0, "10.244.@.0/24 via 192.168.1.@ dev eth0")))
        .isEqualTo(FabricKind.FLANNEL_HOST_GW);
    assertThat(
            fabric(
                nodes(
                    "10.1.#.0/24 dev docker0 proto kernel scope link src 10.1.#.1",
                    "10.1.@.0/24 via 192.168.1.@ dev eth0")))
        .isEqualTo(FabricKind.STATIC_ROUTES);
  }

  @Test
  void routesThatNodesTellEachOtherAreASignToo() {
    for (String protocol : List.of("zebra", "ospf", "rip")) {
      assertThat(
              fabric(
                  nodes(
                      "10.1.#.0/24 dev docker0 proto kernel scope link src 10.1.#.1",
                      "10.1.@.0/24 nhid 21 via 192.168.1.@ dev eth0 proto "
                          + protocol
                          + " metric 20")))
          .as(protocol)
          .isEqualTo(FabricKind.STATIC_ROUTES);
    }
  }

  @Test
  void routesThatARouterTellsAreNoFabric() {
    assertOpen(
        nodes(
            "10.1.#.0/24 dev docker0 proto kernel scope link src 10.1.#.1",
            "10.1.@.0/24 nhid 21 via 192.168.1.254 dev eth0 proto ospf metric 20"));
  }

  @Test
  void flannelsDeviceIsNamedAfterItsVni() {
    SnapshotFixture fixture = nodes(CNI0, "10.244.@.0/24 via 10.244.@.0 dev flannel.4096 onlink");
    assertThat(fabric(fixture)).isEqualTo(FabricKind.FLANNEL_VXLAN);
    assertThat(fixture.findings(new RouteToNodeMissing())).isEmpty();
    assertThat(
            fixture
                .editing(
                    "nodes/n1/ip-route",
                    t ->
                        t.replace(
                            "10.244.2.0/24 via 10.244.2.0 dev", "10.244.9.0/24 via 10.244.9.0 dev"))
                .findings(new RouteToNodeMissing()))
        .singleElement()
        .satisfies(f ->
            assertThat(f.culprits().getFirst().entry())
                .isEqualTo("10.244.2.0/24 via 10.244.2.0 dev flannel.4096 onlink"));
  }

  @Test
  void deviceLeftFromBeforeSaysLessThanTheBackendNamed() {
    String idle = "10.99.0.0/24 dev flannel0 scope link";
    assertThat(fabric(objects(nodes(CNI0), "host-gw").file("nodes/n1/ip-link.txt", LEFT)))
        .isEqualTo(FabricKind.FLANNEL_HOST_GW);
    assertThat(fabric(objects(nodes(CNI0, idle), "host-gw"))).isEqualTo(FabricKind.FLANNEL_UDP);
  }

  private static final String[] LEFT = {
    "7: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN mode"
        + " DEFAULT group default",
    "    link/ether 9a:4c:b8:d1:ae:0b brd ff:ff:ff:ff:ff:ff"
  };

  @Test
  void fabricIsTheSameBeforeItsFirstRouteIsSet() throws InputException {
    String before = "10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1";
    String card = "192.168.1.0/24 dev eth0 proto kernel scope link src 192.168.1.1";
    String added = "10.244.2.0/24 via 192.168.1.2 dev eth0";
    String session =
        String.join(
            "\n",
            "[root@n2 ~]# ip route",
            "10.244.2.0/24 dev cni0 proto kernel scope link src 10.244.2.1",
            "192.168.1.0/24 dev eth0 proto kernel scope link src 192.168.1.2",
            "[root@n1 ~]# ip route",
            before,
            card,
            "[root@n1 ~]# ip route add " + added,
            "[root@n1 ~]# ip route",
            before,
            added,
            card,
            "");
    Diagnosis diagnosis =
        new Diagnostician(List.of(new RouteToNodeMissing()), Set.of())
            .diagnose(
                new InputReader(Limits.standard(), InputStream.nullInputStream())
                    .readTexts(List.of(new NamedText("", "session.txt", session)))
                    .history());
    assertThat(diagnosis.findings())
        .anySatisfy(f -> {
          assertThat(f.finding().nodes()).containsExactly("n1");
          assertThat(f.finding().mended()).isPresent();
        });
  }
}
