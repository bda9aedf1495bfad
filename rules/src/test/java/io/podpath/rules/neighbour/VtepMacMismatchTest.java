package io.podpath.rules.neighbour;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.EntryKind;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Section;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.rules.SnapshotFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

class VtepMacMismatchTest {

  private static final String RIGHT = "9a:0f:6e:31:c2:03";
  private static final String STALE = "36:5e:c1:7a:67:5f";

  private final VtepMacMismatch rule = new VtepMacMismatch();

  @Test
  void namesNeighbourAndForwardingEntry() {
    assertThat(SnapshotFixture.example("vtep-mac-mismatch").findings(rule))
        .singleElement()
        .satisfies(f -> {
          assertThat(f.certainty()).isEqualTo(Certainty.PROVEN);
          assertThat(f.culprits())
              .extracting(Culprit::entry)
              .containsExactly(
                  "10.244.2.0 dev flannel.1 lladdr " + STALE + " PERMANENT",
                  STALE + " dev flannel.1 dst 192.168.80.242 self permanent");
          assertThat(f.why()).contains("is right: the entries here are stale");
        });
  }

  @Test
  void isSilentWhereAllAgreeAndWhereOnlyTheDestinationIsWrong() {
    assertThat(SnapshotFixture.example("flannel-vxlan").findings(rule)).isEmpty();
    assertThat(SnapshotFixture.example("stale-fdb-entry").findings(rule)).isEmpty();
  }

  @Test
  void isMendedByItsFixAndTheUndoGivesTheSameSnapshotBack() {
    Snapshot snapshot = SnapshotFixture.example("vtep-mac-mismatch").snapshot();
    Finding finding = rule.check(ClusterView.of(snapshot)).findings().getFirst();

    Snapshot mended = finding.fix().orElseThrow().applyTo(snapshot);
    assertThat(rule.check(ClusterView.of(mended)).findings()).isEmpty();
    assertThat(new StaleFdbEntry().check(ClusterView.of(mended)).findings()).isEmpty();
    Snapshot back = mended;
    for (var change : finding.fix().orElseThrow().undo()) {
      back = change.applyTo(back);
    }
    assertThat(back.sameValues(snapshot)).isTrue();
  }

  @Test
  void keepsARightForwardingEntryThatStandsBesideTheStaleOne() {
    SnapshotFixture fixture =
        SnapshotFixture.example("flannel-vxlan")
            .editing("k8s-node01/ip-j-neigh", t -> t.replace(RIGHT, STALE));

    assertThat(fixture.findings(rule))
        .singleElement()
        .satisfies(f -> assertThat(f.fix().orElseThrow().changes()).hasSize(1));
  }

  @Test
  void seesAStaleForwardingEntryWhereTheNeighbourEntryIsRight() {
    List<Finding> findings =
        SnapshotFixture.example("flannel-vxlan")
            .editing("k8s-node01/bridge-j-fdb", t -> t.replace(RIGHT, STALE))
            .findings(rule);

    assertThat(findings)
        .singleElement()
        .satisfies(
            f -> assertThat(f.culprits()).extracting(Culprit::kind).containsExactly(EntryKind.FDB));
  }

  @Test
  void namesTheAnnouncementWhenAllNodesLearnedTheSameStaleAddress() {
    List<Finding> findings =
        SnapshotFixture.example("flannel-vxlan")
            .editing("k8s-node02/ip-d-j-link", t -> t.replace(RIGHT, STALE))
            .findings(rule);

    assertThat(findings)
        .singleElement()
        .satisfies(f -> {
          assertThat(f.title()).startsWith("2 nodes").endsWith("but it has " + STALE);
          assertThat(f.culprits())
              .anySatisfy(c -> {
                assertThat(c.kind()).isEqualTo(EntryKind.OBJECT);
                assertThat(c.entry()).contains("backend-data").contains(RIGHT);
              });
        });
  }

  @Test
  void warnsOfAStaleAnnouncementThatNobodyHasLearnedYet() {
    assertThat(
            SnapshotFixture.example("flannel-vxlan")
                .editing("cluster/nodes.", t -> t.replace(RIGHT, STALE))
                .findings(rule))
        .singleElement()
        .extracting(Finding::severity)
        .isEqualTo(Severity.WARNING);
  }

  @Test
  void takesFlanneldsLogWhereNoTableWasGathered() {
    SnapshotFixture fixture =
        SnapshotFixture.bundle()
            .file(
                "nodes/a/flannel.log",
                "I0703 10:00:00.000000       1 device.go:160] calling AddARP: 10.244.1.0, " + STALE)
            .file(
                "nodes/b/ip-link.txt",
                "4: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state"
                    + " UNKNOWN mode DEFAULT",
                "    link/ether " + RIGHT + " brd ff:ff:ff:ff:ff:ff");

    assertThat(fixture.findings(rule))
        .singleElement()
        .satisfies(f -> {
          assertThat(f.certainty()).isEqualTo(Certainty.LIKELY);
          assertThat(f.culprits().getFirst().entry()).endsWith("10.244.1.0, " + STALE);
        });
    // with a third node the subnet may be that one's
    fixture.file("nodes/c/ip-link.txt", "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500");
    assertThat(fixture.findings(rule)).isEmpty();
  }

  @Test
  void reportsNeighboursThatWereNotGathered() {
    Snapshot snapshot = SnapshotFixture.example("vtep-mac-mismatch").snapshot();
    Snapshot less = SnapshotFixture.notGathered(snapshot, "k8s-node01", Section.NEIGHBOURS);
    Outcome outcome =
        rule.check(ClusterView.of(SnapshotFixture.notGathered(less, "k8s-node01", Section.FDB)));

    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.notChecked())
        .extracting(n -> n.node().orElse(""))
        .containsExactly("k8s-node01");
  }
}
