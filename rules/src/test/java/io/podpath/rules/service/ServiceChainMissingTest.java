package io.podpath.rules.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.Outcome;
import io.podpath.rules.SnapshotFixture;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ServiceChainMissingTest {

  private static final ServiceChainMissing RULE = new ServiceChainMissing();
  private static final String REFUSES =
      "-A KUBE-SERVICES -d 10.96.114.20/32 -p tcp -m comment --comment \"shop/db:sql has no local endpoints\" -m tcp --dport 5432 -j DROP";

  /** The nat rule for shop/db is not there. */
  private static String withoutRule(String saved) {
    return saved.replaceAll("(?m)^-A KUBE-SERVICES -d 10\\.96\\.114\\.20/32 .*\\n", "");
  }

  private static SnapshotFixture node(UnaryOperator<String> change) {
    return SnapshotFixture.example("flannel-vxlan")
        .editing("nodes/k8s-node02/iptables-nft-save", t -> change.apply(withoutRule(t)));
  }

  private static String natAlone(String saved) {
    return saved.substring(saved.indexOf("*nat"));
  }

  private static String withFilterRule(String saved, String rule) {
    int end = saved.indexOf("COMMIT", saved.indexOf("*filter"));
    return saved.substring(0, end) + rule + "\n" + saved.substring(end);
  }

  @Test
  void ruleThatOthersHaveIsMissing() {
    List<Finding> findings = node(t -> t).findings(RULE);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().certainty()).isEqualTo(Certainty.PROVEN);
  }

  @Test
  void filterRuleInItsPlaceMeansProgrammed() {
    assertThat(node(t -> withFilterRule(t, REFUSES)).findings(RULE)).isEmpty();
    assertThat(node(t -> withFilterRule(t, REFUSES.replace("5432", "99"))).findings(RULE))
        .hasSize(1);
  }

  @Test
  void serviceForLocalEndpointsIsNotJudgedByTheNatTableAlone() {
    Outcome outcome =
        node(ServiceChainMissingTest::natAlone)
            .editing(
                "cluster/services", t -> t.replace("Policy\" : \"Cluster", "Policy\" : \"Local"))
            .ask(RULE);
    assertThat(outcome.findings()).isEmpty();
    assertThat(outcome.notChecked())
        .anyMatch(n -> n.node().filter("k8s-node02"::equals).isPresent());
  }

  @Test
  void withoutFilterTableAndServiceItIsLikely() {
    List<Finding> findings =
        node(ServiceChainMissingTest::natAlone).without("cluster/services").findings(RULE);
    assertThat(findings).extracting(Finding::certainty).containsExactly(Certainty.LIKELY);
  }
}
