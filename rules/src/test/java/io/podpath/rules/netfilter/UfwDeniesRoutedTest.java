package io.podpath.rules.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.Outcome;
import io.podpath.core.snapshot.ClusterView;
import io.podpath.core.snapshot.Snapshot;
import io.podpath.rules.SnapshotFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

class UfwDeniesRoutedTest {

  private static final List<String> VERBOSE =
      List.of(
          "Status: active",
          "Logging: on (low)",
          "Default: deny (incoming), allow (outgoing), deny (routed)",
          "New profiles: skip");

  private final UfwDeniesRouted rule = new UfwDeniesRouted();

  private static String[] verbose(String routed) {
    return VERBOSE.stream()
        .map(l -> l.replace("deny (routed)", routed + " (routed)"))
        .toArray(String[]::new);
  }

  private static String[] plain(String row) {
    return new String[] {"Status: active", "", "To   Action   From", "--   ------   ----", row};
  }

  private static String[] forward(String... targets) {
    String[] lines = new String[targets.length + 2];
    lines[0] = "Chain FORWARD (policy DROP 0 packets, 0 bytes)";
    lines[1] = " pkts bytes target     prot opt in     out     source               destination";
    for (int i = 0; i < targets.length; i++) {
      lines[i + 2] =
          "    8   480 " + targets[i] + "  all  --  *      *       0.0.0.0/0            0.0.0.0/0";
    }
    return lines;
  }

  @Test
  void provesItFromTheRules() {
    SnapshotFixture fixture = SnapshotFixture.example("ufw-denies-routed");
    assertThat(fixture.findings(rule))
        .singleElement()
        .satisfies(f -> {
          assertThat(f.certainty()).isEqualTo(Certainty.PROVEN);
          assertThat(f.title()).contains("node2").contains("pings pass");
          assertThat(f.culprits())
              .extracting(Culprit::entry)
              .containsExactly(":FORWARD DROP", "Status: active, deny (routed)");
        });
    assertThat(fixture.findings(new ForwardDropWithoutAccept())).isEmpty();
    assertThat(fixture.without("ufw-status").findings(rule)).hasSize(1);
  }

  @Test
  void isMendedByItsFix() {
    Snapshot snapshot = SnapshotFixture.example("ufw-denies-routed").snapshot();
    Finding finding = rule.check(ClusterView.of(snapshot)).findings().getFirst();

    assertThat(SnapshotFixture.mended(rule, snapshot, finding).findings()).isEmpty();
  }

  @Test
  void aPolicyThatUfwDidNotSetIsLeftToItsOwnRule() {
    // default allow routed: ufw passes what is routed, and Docker's policy DROP remains
    SnapshotFixture fixture =
        SnapshotFixture.example("ufw-denies-routed")
            .editing("node2/ufw-status", t -> t.replace("deny (routed)", "allow (routed)"))
            .editing(
                "node2/iptables-save",
                t ->
                    t.replace(
                        "-A ufw-skip-to-policy-forward -j DROP",
                        "-A ufw-skip-to-policy-forward -j ACCEPT"));

    assertThat(fixture.findings(rule)).isEmpty();
    assertThat(fixture.findings(new ForwardDropWithoutAccept())).hasSize(1);
  }

  @Test
  void takesUfwsOwnWordsWhereNoRulesWereRecorded() {
    assertThat(
            SnapshotFixture.bundle().file("nodes/a/ufw-status.txt", verbose("deny")).findings(rule))
        .singleElement()
        .extracting(Finding::certainty)
        .isEqualTo(Certainty.LIKELY);
    for (String routed : List.of("disabled", "allow")) {
      assertThat(
              SnapshotFixture.bundle()
                  .file("nodes/a/ufw-status.txt", verbose(routed))
                  .findings(rule))
          .as(routed)
          .isEmpty();
    }
    assertThat(
            SnapshotFixture.bundle()
                .file("nodes/a/ufw-status.txt", "Status: inactive")
                .findings(rule))
        .isEmpty();
  }

  @Test
  void anActiveUfwBeforeFlannelsChainIsLikely() {
    assertThat(
            SnapshotFixture.bundle()
                .file("nodes/a/ufw-status.txt", plain("OpenSSH  ALLOW  Anywhere"))
                .file(
                    "nodes/a/iptables-L-FORWARD-v-n.txt",
                    forward(
                        "KUBE-FORWARD", "ufw-before-forward", "ufw-reject-forward", "FLANNEL-FWD"))
                .file(
                    "nodes/a/ip-route.txt",
                    "10.10.1.0/24 dev cni0 proto kernel scope link src 10.10.1.1")
                .findings(rule))
        .singleElement()
        .satisfies(f -> {
          assertThat(f.certainty()).isEqualTo(Certainty.LIKELY);
          assertThat(f.culprits())
              .extracting(Culprit::entry)
              .containsExactly("Status: active", "-A FORWARD -j ufw-reject-forward");
        });
  }

  @Test
  void doesNotGuessWhereFlannelComesFirstOrTheTunnelIsAllowed() {
    String route = "10.10.1.0/24 dev cni0 proto kernel scope link src 10.10.1.1";
    Outcome first =
        SnapshotFixture.bundle()
            .file("nodes/a/ufw-status.txt", plain("OpenSSH  ALLOW  Anywhere"))
            .file(
                "nodes/a/iptables-L-FORWARD-v-n.txt",
                forward("FLANNEL-FWD", "ufw-before-forward", "ufw-reject-forward"))
            .file("nodes/a/ip-route.txt", route)
            .ask(rule);
    assertThat(first.findings()).isEmpty();
    Outcome allowed =
        SnapshotFixture.bundle()
            .file("nodes/a/ufw-status.txt", plain("8472/udp  ALLOW  Anywhere"))
            .file(
                "nodes/a/iptables-L-FORWARD-v-n.txt",
                forward("ufw-before-forward", "ufw-reject-forward", "FLANNEL-FWD"))
            .file("nodes/a/ip-route.txt", route)
            .ask(rule);
    assertThat(allowed.findings()).isEmpty();
    assertThat(allowed.notChecked()).isNotEmpty();
  }
}
