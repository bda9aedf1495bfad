package io.podpath.rules.neighbour;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.NotChecked;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Pair;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.rules.SnapshotFixture;
import org.junit.jupiter.api.Test;

class StaleFdbEntryTest {

  private final StaleFdbEntry rule = new StaleFdbEntry();

  @Test
  void namesTheEntryThatLeadsToTheWrongNode() {
    assertThat(SnapshotFixture.example("stale-fdb-entry").findings(rule))
        .singleElement()
        .satisfies(f -> {
          assertThat(f.certainty()).isEqualTo(Certainty.PROVEN);
          assertThat(f.culprits().getFirst().entry())
              .isEqualTo("9a:0f:6e:31:c2:03 dev flannel.1 dst 192.168.80.240 self permanent");
          assertThat(f.expected()).contains("dst 192.168.80.242 ");
          assertThat(f.affects())
              .containsExactlyInAnyOrder(
                  new Pair("k8s-node01", "k8s-node02"), new Pair("k8s-node02", "k8s-node01"));
        });
  }

  @Test
  void isSilentWhereAllEntriesAgree() {
    Outcome outcome = SnapshotFixture.example("flannel-vxlan").ask(rule);

    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.notChecked()).isEmpty();
  }

  @Test
  void isMendedByItsFix() {
    Snapshot snapshot = SnapshotFixture.example("stale-fdb-entry").snapshot();
    Finding finding = rule.check(ClusterView.of(snapshot)).findings().getFirst();

    assertThat(SnapshotFixture.mended(rule, snapshot, finding).findings()).isEmpty();
  }

  @Test
  void knowsTheOwnerByItsAnnotationOrByTheNeighbourEntryAlone() {
    assertThat(SnapshotFixture.example("stale-fdb-entry").without("ip-d-j-link").findings(rule))
        .singleElement()
        .extracting(Finding::title)
        .asString()
        .startsWith("k8s-node01 sends VXLAN packets for k8s-node02 to 192.168.80.240");
    assertThat(
            SnapshotFixture.example("stale-fdb-entry")
                .without("ip-d-j-link")
                .without("cluster/nodes")
                .findings(rule))
        .singleElement()
        .extracting(Finding::title)
        .asString()
        .startsWith("k8s-node01 sends VXLAN packets for k8s-node02 to 192.168.80.240");
  }

  @Test
  void saysNothingOfAMacNobodyIsKnownToHave() {
    Outcome outcome =
        SnapshotFixture.bundle()
            .file(
                "nodes/a/bridge-fdb.txt",
                "9a:0f:6e:31:c2:03 dev flannel.1 dst 10.0.0.9 self permanent")
            .file("nodes/a/ip-route.txt", "10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink")
            .ask(rule);

    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.notChecked())
        .singleElement()
        .extracting(NotChecked::reason)
        .asString()
        .contains("tells whose it is");
  }

  @Test
  void reportsForwardingEntriesThatWereNotGathered() {
    Snapshot snapshot = SnapshotFixture.example("stale-fdb-entry").snapshot();
    Outcome outcome =
        rule.check(
            ClusterView.of(SnapshotFixture.notGathered(snapshot, "k8s-node01", Section.FDB)));

    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.notChecked())
        .extracting(n -> n.node().orElse(""))
        .containsExactly("k8s-node01");
  }

  @Test
  void leavesAnAddressAloneThatAllOthersUseToo() {
    // Behind one-to-one address translation no node has the address it is reached by.
    SnapshotFixture fixture =
        SnapshotFixture.example("flannel-vxlan")
            .without("cluster/nodes")
            .editing("bridge-j-fdb", t -> t.replace("192.168.80.242", "203.0.113.42"));

    assertThat(fixture.findings(rule)).isEmpty();
  }
}
