package io.podpath.rules.bgp;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.Pair;
import io.podpath.rules.SnapshotFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeAddressClaimedTwiceTest {

  private static final NodeAddressClaimedTwice RULE = new NodeAddressClaimedTwice();

  private static SnapshotFixture cards(int a, int b) {
    return SnapshotFixture.bundle()
        .file("nodes/a/ip-addr.txt", card(a))
        .file("nodes/b/ip-addr.txt", card(b))
        .file(
            "cluster/nodes.yaml",
            "apiVersion: v1",
            "kind: List",
            "items:",
            object("a", 1),
            object("b", 2));
  }

  private static String[] card(int number) {
    return new String[] {
      "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default",
      "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00",
      "    inet 127.0.0.1/8 scope host lo",
      "       valid_lft forever preferred_lft forever",
      "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group default",
      "    link/ether 52:54:00:00:00:0" + number + " brd ff:ff:ff:ff:ff:ff",
      "    inet 192.168.1." + number + "/24 scope global eth0",
      "       valid_lft forever preferred_lft forever"
    };
  }

  private static String object(String name, int number) {
    return "- {apiVersion: v1, kind: Node, metadata: {name: "
        + name
        + "}, status: {addresses: [{address: 192.168.1."
        + number
        + ", type: InternalIP}]}}";
  }

  @Test
  void everyNodeWithItsOwnAddressIsSilent() {
    assertThat(cards(1, 2).findings(RULE)).isEmpty();
  }

  @Test
  void addressesOnEachOthersCardsMayBeSwappedRecordings() {
    assertThat(cards(2, 1).findings(RULE))
        .hasSize(2)
        .allSatisfy(f -> {
          assertThat(f.certainty()).isEqualTo(Certainty.LIKELY);
          assertThat(f.fix().orElseThrow().changes()).isEmpty();
        });
  }

  @Test
  void nodeWhoseCardsWereNotReadMayHaveTheAddressToo() {
    assertThat(cards(3, 1).without("nodes/a/").findings(RULE)).isEmpty();
  }

  private static SnapshotFixture announced(String lost, String... routes) {
    return SnapshotFixture.bundle()
        .file("nodes/a/ip-addr.txt", card(1))
        .file("nodes/a/ip-route.txt", routes)
        .file("nodes/b/ip-addr.txt", card(2))
        .file("nodes/c/ip-addr.txt", card(3))
        .file(
            "cluster/nodes.yaml",
            "apiVersion: v1",
            "kind: List",
            "items:",
            announcing("a", 1, "192.168.1.1"),
            announcing("b", 2, "192.168.1.2"),
            announcing("c", 3, lost));
  }

  private static String announcing(String name, int number, String address) {
    return object(name, number)
        .replace(
            "{name: " + name + "}",
            "{name: "
                + name
                + ", annotations: {projectcalico.org/IPv4Address: "
                + address
                + "/24}}");
  }

  @Test
  void nodeThatIsKnownByAnothersAddressIsCutOffFromAll() {
    List<Finding> findings = announced("192.168.1.2").findings(RULE);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().affects())
        .containsExactlyInAnyOrder(
            new Pair("b", "c"), new Pair("c", "b"), new Pair("a", "c"), new Pair("c", "a"));
    assertThat(announced("192.168.1.3").findings(RULE)).isEmpty();
  }

  @Test
  void whoHasARouteToItsOwnAddressReachesItStill() {
    assertThat(
            announced("192.168.1.2", "10.233.64.0/26 via 192.168.1.3 dev tunl0 proto bird onlink")
                .findings(RULE)
                .getFirst()
                .affects())
        .containsExactlyInAnyOrder(new Pair("b", "c"), new Pair("c", "b"));
  }
}
