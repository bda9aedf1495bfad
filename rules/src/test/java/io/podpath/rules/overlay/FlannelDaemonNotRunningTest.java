package io.podpath.rules.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Pair;
import io.podpath.rules.SnapshotFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlannelDaemonNotRunningTest {

  private static final String LO =
      "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group"
          + " default qlen 1000";
  private static final String ETH0 =
      "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP mode DEFAULT"
          + " group default qlen 1000";
  private static final String FLANNEL0 =
      "3: flannel0: <POINTOPOINT,MULTICAST,NOARP,UP,LOWER_UP> mtu 1472 qdisc fq_codel state UNKNOWN"
          + " mode DEFAULT group default qlen 500";
  private static final String FLANNEL1 =
      "3: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN mode"
          + " DEFAULT group default";

  private final FlannelDaemonNotRunning rule = new FlannelDaemonNotRunning();

  private static SnapshotFixture node(
      SnapshotFixture fixture, String name, int number, List<String> links, List<String> routes) {
    return fixture
        .file("nodes/" + name + "/ip-link.txt", links.toArray(String[]::new))
        .file("nodes/" + name + "/ip-route.txt", routes.toArray(String[]::new))
        .file(
            "nodes/" + name + "/files/run/flannel/subnet.env",
            "FLANNEL_NETWORK=10.1.0.0/16",
            "FLANNEL_SUBNET=10.1." + number + ".1/24",
            "FLANNEL_MTU=1472",
            "FLANNEL_IPMASQ=true");
  }

  private static List<String> routes(int number, String... more) {
    List<String> all =
        new java.util.ArrayList<>(
            List.of(
                "default via 192.168.1.1 dev eth0",
                "10.1."
                    + number
                    + ".0/24 dev docker0 proto kernel scope link src 10.1."
                    + number
                    + ".1",
                "192.168.1.0/24 dev eth0 proto kernel scope link src 192.168.1." + number));
    all.addAll(List.of(more));
    return all;
  }

  private static SnapshotFixture udp() {
    SnapshotFixture fixture = SnapshotFixture.bundle();
    node(fixture, "a", 15, List.of(LO, ETH0, FLANNEL0), routes(15, "10.1.0.0/16 dev flannel0"));
    return fixture;
  }

  @Test
  void namesDeviceAndRouteThatWentWithTheProcess() {
    SnapshotFixture fixture = node(udp(), "b", 20, List.of(LO, ETH0), routes(20));

    assertThat(fixture.findings(rule))
        .singleElement()
        .satisfies(f -> {
          assertThat(f.certainty()).isEqualTo(Certainty.PROVEN);
          assertThat(f.culprits())
              .extracting(Culprit::entry)
              .containsExactly("flannel0", "10.1.0.0/16 dev flannel0");
          assertThat(f.affects()).containsExactlyInAnyOrder(new Pair("b", "a"), new Pair("a", "b"));
        });
  }

  @Test
  void isSilentWhereTheDeviceIsThere() {
    SnapshotFixture fixture =
        node(udp(), "b", 20, List.of(LO, ETH0, FLANNEL0), routes(20, "10.1.0.0/16 dev flannel0"));

    assertThat(fixture.ask(rule)).isEqualTo(new Outcome(List.of(), List.of()));
    for (String name : List.of("flannel-vxlan", "flannel-host-gw", "calico-ipip", "ovs-gre")) {
      assertThat(SnapshotFixture.example(name).findings(rule)).as(name).isEmpty();
    }
  }

  @Test
  void reportsLinksThatWereNotGathered() {
    Outcome outcome =
        node(udp(), "b", 20, List.of(LO, ETH0), routes(20)).without("nodes/b/ip-link").ask(rule);

    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.notChecked()).extracting(n -> n.node().orElse("")).containsExactly("b");
  }

  @Test
  void aDeviceLeftFromAnotherBackendProvesNothingOfTheOthers() {
    // host-gw works on both; flannel.1 of a remained when the backend was changed
    SnapshotFixture fixture = SnapshotFixture.bundle();
    node(
        fixture,
        "a",
        15,
        List.of(LO, ETH0, FLANNEL1),
        routes(15, "10.1.20.0/24 via 192.168.1.20 dev eth0"));
    node(fixture, "b", 20, List.of(LO, ETH0), routes(20, "10.1.15.0/24 via 192.168.1.15 dev eth0"));

    assertThat(fixture.findings(rule)).isEmpty();
  }

  @Test
  void deviceIsNamedAfterTheVni() {
    String windows = FLANNEL1.replace("flannel.1", "flannel.4096");
    SnapshotFixture fixture = SnapshotFixture.bundle();
    node(fixture, "a", 15, List.of(LO, ETH0, windows), routes(15));
    node(fixture, "b", 20, List.of(LO, ETH0), routes(20));

    assertThat(fixture.findings(rule))
        .singleElement()
        .satisfies(f -> assertThat(f.culprits().getFirst().entry()).isEqualTo("flannel.4096"));
  }
}
