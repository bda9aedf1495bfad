package io.podpath.rules.bgp;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Finding;
import io.podpath.rules.SnapshotFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

class BgpConnectFromUnknownAddressTest {

  private static final BgpConnectFromUnknownAddress RULE = new BgpConnectFromUnknownAddress();

  @Test
  void addressBirdRefusesIsNamedOnce() {
    List<Finding> findings =
        SnapshotFixture.bundle()
            .file(
                "nodes/guest/log/bird.log",
                "bird: BGP: Unexpected connect from unknown address 10.30.190.100 (port 58043)",
                "bird: BGP: Unexpected connect from unknown address 10.30.190.100 (port 41007)")
            .findings(RULE);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().title()).contains("10.30.190.100");
    assertThat(findings.getFirst().culprits()).hasSize(1);
  }

  @Test
  void ruleThatGivesTheAddressIsNamedBeforeAnother() {
    List<Finding> findings =
        SnapshotFixture.bundle()
            .file(
                "nodes/guest/log/bird.log",
                "bird: BGP: Unexpected connect from unknown address 10.30.190.100 (port 58043)")
            .file("nodes/a/iptables-save.txt", nat("-A POSTROUTING -o eth0 -j MASQUERADE"))
            .file(
                "nodes/b/iptables-save.txt",
                nat("-A POSTROUTING -o eth0 -j SNAT --to-source 10.30.190.100"))
            .findings(RULE);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().culprits())
        .anyMatch(c -> c.node().filter("b"::equals).isPresent())
        .noneMatch(c -> c.node().filter("a"::equals).isPresent());
  }

  private static String[] nat(String rule) {
    return new String[] {"*nat", ":POSTROUTING ACCEPT [0:0]", rule, "COMMIT"};
  }

  @Test
  void otherLinesOfBirdAreNone() {
    assertThat(
            SnapshotFixture.bundle()
                .file(
                    "nodes/guest/log/bird.log",
                    "bird: Mesh_10_30_190_100: Connected to table master",
                    "bird: Mesh_10_30_190_100: State changed to feed")
                .findings(RULE))
        .isEmpty();
  }
}
