package io.podpath.rules.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Pair;
import io.podpath.core.rule.Rule;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.rules.SnapshotFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Both rules about GRE ports: what is one's finding must not be the other's. */
class GreLinksTest {

  private final Rule missing = new GrePortMissing();
  private final Rule stray = new GreRemoteNotANode();

  /** A node 192.168.18.N whose br0 hangs on docker0 and has GRE ports to these remotes. */
  private static SnapshotFixture node(SnapshotFixture fixture, int number, String... remotes) {
    List<String> show =
        new ArrayList<>(
            List.of(
                "9d2f4c1e-7b53-4a60-8a0b-2f1f6f7f1a11",
                "    Bridge br0",
                "        Port br0",
                "            Interface br0",
                "                type: internal"));
    for (int i = 0; i < remotes.length; i++) {
      show.add("        Port gre" + (i + 1));
      show.add("            Interface gre" + (i + 1));
      show.add("                type: gre");
      show.add("                options: {remote_ip=\"" + remotes[i] + "\"}");
    }
    return fixture
        .file("nodes/n" + number + "/ovs-vsctl-show.txt", show.toArray(String[]::new))
        .file(
            "nodes/n" + number + "/ip-addr.txt",
            "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group"
                + " default qlen 1000",
            "    inet 192.168.18." + number + "/24 brd 192.168.18.255 scope global eth0",
            "5: br0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master docker0 state"
                + " UNKNOWN group default");
  }

  private static String ip(int number) {
    return "192.168.18." + number;
  }

  private Stream<Rule> both() {
    return Stream.of(missing, stray);
  }

  @Test
  void aRemovedPortIsMissing() {
    SnapshotFixture fixture = SnapshotFixture.example("gre-port-missing");

    assertThat(fixture.findings(missing))
        .singleElement()
        .satisfies(f -> {
          assertThat(f.certainty()).isEqualTo(Certainty.PROVEN);
          assertThat(f.culprits().getFirst().node()).contains("node131");
          assertThat(f.culprits().getFirst().entry()).contains("192.168.18.128");
          assertThat(f.affects())
              .contains(new Pair("node131", "node132"), new Pair("node132", "node131"));
        });
    assertThat(fixture.findings(stray)).isEmpty();
  }

  @Test
  void aWrongAddressIsNoMissingPort() {
    SnapshotFixture fixture = SnapshotFixture.example("gre-remote-not-a-node");

    assertThat(fixture.findings(stray))
        .singleElement()
        .satisfies(f -> {
          assertThat(f.certainty()).isEqualTo(Certainty.PROVEN);
          assertThat(f.culprits().getFirst().entry()).contains("192.168.18.232");
          assertThat(f.expected()).contains("192.168.18.128");
        });
    assertThat(fixture.findings(missing)).isEmpty();
  }

  @Test
  void starsAndMeshesAreWhole() {
    assertThat(both().flatMap(r -> SnapshotFixture.example("ovs-gre").findings(r).stream()))
        .isEmpty();
    SnapshotFixture mesh = SnapshotFixture.bundle();
    node(mesh, 1, ip(2), ip(3));
    node(mesh, 2, ip(1), ip(3));
    node(mesh, 3, ip(1), ip(2));
    assertThat(both().flatMap(r -> mesh.findings(r).stream())).isEmpty();
  }

  @Test
  void aMeshThatLostOneLinkIsStillJoined() {
    SnapshotFixture mesh = SnapshotFixture.bundle();
    node(mesh, 1, ip(2), ip(3));
    node(mesh, 2, ip(1));
    node(mesh, 3, ip(1), ip(2));

    assertThat(both().flatMap(r -> mesh.findings(r).stream())).isEmpty();
  }

  @Test
  void anAddressOutsideTheInputMayBeANode() {
    SnapshotFixture alone = node(SnapshotFixture.bundle(), 1, ip(9));
    Outcome outcome = alone.ask(stray);

    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.notChecked()).hasSize(1);
    assertThat(alone.findings(missing)).isEmpty();
  }

  @Test
  void twoNodesWithoutAnyPortForEachOtherAreLikelyToLackThem() {
    SnapshotFixture apart = SnapshotFixture.bundle();
    node(apart, 1, ip(2));
    node(apart, 2, ip(1));
    node(apart, 3);

    assertThat(apart.findings(missing))
        .singleElement()
        .satisfies(f -> {
          assertThat(f.certainty()).isEqualTo(Certainty.LIKELY);
          assertThat(f.culprits())
              .extracting(Culprit::node)
              .allSatisfy(n -> assertThat(n).isPresent());
        });
  }

  @Test
  void aBridgeThatCarriesNoPodsNeedsNoPort() {
    SnapshotFixture fixture = SnapshotFixture.bundle();
    node(fixture, 1, ip(2));
    node(fixture, 2, ip(1));
    node(fixture, 3).editing("nodes/n3/ip-addr", t -> t.replace(" master docker0", ""));

    assertThat(fixture.findings(missing)).isEmpty();
  }

  @Test
  void anAddressTwoNodesClaimLeavesItOpen() {
    SnapshotFixture fixture = SnapshotFixture.bundle();
    node(fixture, 1, ip(2));
    node(fixture, 2, ip(1));
    node(fixture, 3, ip(1))
        .editing("nodes/n3/ip-addr", t -> t.replace("192.168.18.3/24", "192.168.18.1/24"));

    assertThat(both().flatMap(r -> fixture.findings(r).stream())).isEmpty();
  }

  @Test
  void isSilentOrSaysSoWherePortsWereNotGathered() {
    Snapshot snapshot = SnapshotFixture.example("gre-port-missing").snapshot();
    Snapshot less = SnapshotFixture.notGathered(snapshot, "node131", Section.OVS_PORTS);
    Outcome outcome = missing.check(ClusterView.of(less));

    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.notChecked())
        .extracting(n -> n.node().orElse(""))
        .containsExactly("node131");
  }

  private static SnapshotFixture starWithoutHub() {
    SnapshotFixture star = SnapshotFixture.bundle();
    node(star, 2, ip(1));
    node(star, 3, ip(1));
    return star.file(
        "cluster/nodes.yaml",
        "apiVersion: v1",
        "kind: Node",
        "metadata: {name: n1}",
        "status: {addresses: [{address: " + ip(1) + ", type: InternalIP}]}");
  }

  @Test
  void nodesThatMeetAtOneNotReadAreNotApart() {
    Outcome outcome = starWithoutHub().ask(missing);

    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.notChecked())
        .extracting(n -> n.node().orElse(""))
        .containsExactlyInAnyOrder("n2", "n3");
  }

  @Test
  void nodeWithoutAnyPortIsApartWhateverWasNotRead() {
    assertThat(node(starWithoutHub(), 4).findings(missing))
        .singleElement()
        .satisfies(f -> assertThat(f.title()).startsWith("n4 has no GRE port"));
  }
}
