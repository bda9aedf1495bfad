package io.podpath.rules.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Diagnosis;
import io.podpath.core.rule.Diagnostician;
import io.podpath.core.rule.NotChecked;
import io.podpath.core.rule.Outcome;
import io.podpath.core.rule.Rule;
import io.podpath.core.snapshot.History;
import io.podpath.rules.RuleLibrary;
import io.podpath.rules.SnapshotFixture;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A chain FORWARD that may drop pods or not is neither broken nor healthy. */
class ForwardUndecidedTest {

  private static final String NODE = "nodes/k8s-node02/";
  private static final List<Rule> RULES =
      List.of(new ForwardDropWithoutAccept(), new ForwardRejectBeforeAccept());

  private static SnapshotFixture healthy() {
    return SnapshotFixture.example("flannel-vxlan");
  }

  private static SnapshotFixture with(String... rules) {
    return healthy()
        .editing(
            NODE + "iptables-nft-save",
            t ->
                t.replace(
                    "-A FORWARD -m comment --comment \"kubernetes forwarding rules\"",
                    String.join("\n", rules)
                        + "\n-A FORWARD -m comment --comment \"kubernetes forwarding rules\""));
  }

  private static Diagnosis.Health health(SnapshotFixture input) {
    return new Diagnostician(RuleLibrary.load().rules(), Set.of())
        .diagnose(History.of(input.snapshot()))
        .health();
  }

  private static void isOpen(SnapshotFixture input) {
    isOpen(input, Diagnosis.Health.TOO_LITTLE);
  }

  private static void isOpen(SnapshotFixture input, Diagnosis.Health health) {
    for (Rule rule : RULES) {
      Outcome outcome = input.ask(rule);
      assertThat(outcome.findings()).as(rule.id()).isEmpty();
      assertThat(outcome.notChecked()).as(rule.id()).anyMatch(NotChecked::undecided);
    }
    assertThat(health(input)).isEqualTo(health);
  }

  private static void isFine(SnapshotFixture input) {
    for (Rule rule : RULES) {
      Outcome outcome = input.ask(rule);
      assertThat(outcome.findings()).as(rule.id()).isEmpty();
      assertThat(outcome.notChecked()).as(rule.id()).noneMatch(NotChecked::undecided);
    }
    assertThat(health(input)).isEqualTo(Diagnosis.Health.HEALTHY);
  }

  @Test
  void wholeListingsThatAcceptAreHealthy() {
    isFine(healthy());
  }

  @Test
  void ruleThatMayDropIsNotHealthy() {
    isOpen(with("-A FORWARD -m u32 --u32 0x0=0x0 -j DROP"));
  }

  /** The rules cannot tell, but packets are walked. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-A FORWARD -m policy --dir in --pol none -j DROP",
        "-A FORWARD -s 10.244.2.0/25 -j DROP",
      })
  void ruleThatDropsWalkedPacketsIsAFault(String rule) {
    isOpen(with(rule), Diagnosis.Health.FINDINGS);
  }

  @Test
  void dropOfOnePodIsItsPolicy() {
    isFine(with("-A FORWARD -d 10.244.2.10/32 -j DROP", "-A FORWARD -s 10.244.2.2/32 -j REJECT"));
  }

  @Test
  void dropOfAWholeSubnetIsAFault() {
    assertThat(
            with("-A FORWARD -d 10.244.2.0/24 -j DROP").findings(new ForwardRejectBeforeAccept()))
        .hasSize(1);
  }

  @Test
  void nftChainThatDropsByPolicyIsNotHealthy() {
    isOpen(
        healthy()
            .file(
                NODE + "nft-list-ruleset.txt",
                "table inet filter {",
                "\tchain forward {",
                "\t\ttype filter hook forward priority filter; policy drop;",
                "\t\tct state established,related accept",
                "\t}",
                "}"));
  }

  @Test
  void nftChainThatReachesADropIsNotHealthy() {
    isOpen(
        healthy()
            .file(
                NODE + "nft-list-ruleset.txt",
                "table inet fw {",
                "\tchain forward {",
                "\t\ttype filter hook forward priority filter; policy accept;",
                "\t\tip saddr 10.0.0.0/8 jump others",
                "\t}",
                "\tchain others {",
                "\t\treject with icmp admin-prohibited",
                "\t}",
                "}"));
  }

  @Test
  void nftChainThatStopsNothingIsHealthy() {
    isFine(
        healthy()
            .file(
                NODE + "nft-list-ruleset.txt",
                "table inet fw {",
                "\tchain forward {",
                "\t\ttype filter hook forward priority filter; policy accept;",
                "\t\tcounter packets 4 bytes 300 comment \"no drop here\"",
                "\t}",
                "\tchain unused {",
                "\t\tdrop",
                "\t}",
                "}"));
  }
}
