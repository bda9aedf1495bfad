package io.podpath.rules.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Culprit;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.Outcome;
import io.podpath.rules.SnapshotFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForwardDropWithoutAcceptTest {

  private static final ForwardDropWithoutAccept RULE = new ForwardDropWithoutAccept();
  private static final String EXAMPLE = "forward-drop-without-accept";

  private static SnapshotFixture listing(String head, String... rows) {
    String[] lines = new String[rows.length + 2];
    lines[0] = head;
    lines[1] = " pkts bytes target     prot opt in     out     source               destination";
    System.arraycopy(rows, 0, lines, 2, rows.length);
    return SnapshotFixture.bundle().file("nodes/n1/iptables-L-FORWARD-v.txt", lines);
  }

  private static final String KUBE_FORWARD =
      "4649  210K KUBE-FORWARD  all  --  any    any     anywhere             anywhere             /* kubernetes forwarding rules */";
  private static final String KUBE_SERVICES =
      "4649  210K KUBE-SERVICES  all  --  any    any     anywhere             anywhere             ctstate NEW /* kubernetes service portals */";

  @Test
  void listingOfForwardAloneIsLikelyWhenThePolicyHasDropped() {
    List<Finding> findings =
        listing("Chain FORWARD (policy DROP 14 packets, 630 bytes)", KUBE_FORWARD, KUBE_SERVICES)
            .findings(RULE);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().certainty()).isEqualTo(Certainty.LIKELY);
    assertThat(findings.getFirst().culprits())
        .extracting(Culprit::entry)
        .containsExactly("Chain FORWARD (policy DROP)");
    assertThat(findings.getFirst().why()).contains("KUBE-FORWARD, KUBE-SERVICES");
  }

  @Test
  void policyThatDroppedNothingYetIsNotChecked() {
    Outcome outcome =
        listing("Chain FORWARD (policy DROP 0 packets, 0 bytes)", KUBE_FORWARD, KUBE_SERVICES)
            .ask(RULE);
    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.notChecked()).isNotEmpty();
  }

  @Test
  void acceptingPolicyIsNone() {
    assertThat(
            listing(
                    "Chain FORWARD (policy ACCEPT 14 packets, 630 bytes)",
                    KUBE_FORWARD,
                    KUBE_SERVICES)
                .findings(RULE))
        .isEmpty();
  }

  @Test
  void chainOfCalicoThatWasNotListedIsNotChecked() {
    Outcome outcome =
        listing(
                "Chain FORWARD (policy DROP 14 packets, 630 bytes)",
                "4649  210K cali-FORWARD  all  --  any    any     anywhere             anywhere             /* cali:wUHhoiAYhphO9Mso */",
                KUBE_FORWARD)
            .ask(RULE);
    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.notChecked()).isNotEmpty();
  }

  @Test
  void chainOfFlannelThatWasNotListedAccepts() {
    assertThat(
            listing(
                    "Chain FORWARD (policy DROP 14 packets, 630 bytes)",
                    KUBE_FORWARD,
                    "4649  210K FLANNEL-FWD  all  --  any    any     anywhere             anywhere             /* flanneld forward */")
                .findings(RULE))
        .isEmpty();
  }

  @Test
  void hostWithoutAnythingOfKubernetesIsNobodysBusiness() {
    assertThat(
            listing(
                    "Chain FORWARD (policy DROP 14 packets, 630 bytes)",
                    "4649  210K DOCKER-USER  all  --  any    any     anywhere             anywhere")
                .findings(RULE))
        .isEmpty();
  }

  @Test
  void oneAcceptOfTwoLosesTheOtherDirection() {
    List<Finding> findings =
        SnapshotFixture.example(EXAMPLE)
            .editing(
                "nodes/hostgw-node/iptables-nft-save",
                t ->
                    t.replace(
                        "-A OUTPUT -m", "-A FORWARD -s 10.244.1.0/24 -j ACCEPT\n-A OUTPUT -m"))
            .findings(RULE);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().affects())
        .isNotEmpty()
        .allSatisfy(p -> assertThat(p.to()).isEqualTo("hostgw-node"));
  }

  @Test
  void bothBackEndsCount() {
    List<Finding> findings =
        SnapshotFixture.example("flannel-host-gw")
            .editing(
                "nodes/hostgw-node/iptables-legacy-save",
                t ->
                    "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [7:420]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n")
            .findings(RULE);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().fix().orElseThrow().changes())
        .extracting(c -> c.command())
        .containsExactly(
            "iptables-legacy -A FORWARD -s 10.244.0.0/16 -j ACCEPT",
            "iptables-legacy -A FORWARD -d 10.244.0.0/16 -j ACCEPT");
  }

  @Test
  void nothingIsSaidWithoutRules() {
    assertThat(SnapshotFixture.example(EXAMPLE).without("iptables").findings(RULE)).isEmpty();
  }
}
