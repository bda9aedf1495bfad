package io.podpath.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Certainty;
import io.podpath.core.rule.Diagnosis;
import io.podpath.core.rule.Diagnosis.Ranked;
import io.podpath.core.rule.Diagnostician;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.Severity;
import io.podpath.core.snapshot.History.RunCommand;
import io.podpath.probes.bundle.InputReader;
import io.podpath.probes.bundle.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * The field notes podpath was asked for with, read as the transcripts they are. Skipped where they
 * do not lie beside the checkout.
 */
class SeedTranscriptsTest {

  @Test
  void theHandMadeHostGwNetworkLackedAcceptsAndARouteUntilBothWereAdded() throws Exception {
    Diagnosis diagnosis = diagnose("000_");
    Finding drop = only(diagnosis, "forward-drop-without-accept");
    assertThat(drop.nodes()).containsExactly("hostgw-master");
    assertThat(entries(drop)).anySatisfy(e -> assertThat(e).contains("FORWARD (policy DROP"));
    assertThat(entries(drop))
        .contains("-A FORWARD -s 10.244.0.0/16 -j ACCEPT", "-A FORWARD -d 10.244.0.0/16 -j ACCEPT");
    assertThat(mendedBy(drop)).anySatisfy(c -> assertThat(c).contains("iptables -A FORWARD"));
    Finding route = only(diagnosis, "route-to-node-missing");
    assertThat(entries(route)).containsExactly("10.244.1.0/24 via 192.168.31.202 dev ens33");
    assertThat(mendedBy(route))
        .containsExactly("sudo ip route add 10.244.1.0/24 via 192.168.31.202 dev ens33");
  }

  @Test
  void theTunnelRouteThroughTheOwnAddressIsNamedWithTheRightNextHop() throws Exception {
    Diagnosis diagnosis = diagnose("001_");
    Finding route = diagnosis.findings().getFirst().finding();
    assertThat(route.rule()).isEqualTo("wrong-tunnel-next-hop");
    assertThat(route.nodes()).containsExactly("az3-k8s-13");
    assertThat(entries(route)).containsExactly("10.122.17.64/26 via 10.122.127.128 dev tunl0");
    assertThat(route.expected()).contains("192.168.3.110");
    assertThat(mendedBy(route))
        .anySatisfy(c -> assertThat(c).contains("ip route add 10.122.17.64/26 via 192.168.3.110"));
    Finding networks = only(diagnosis, "asymmetric-tunnel-source");
    assertThat(networks.title()).contains("192.168.0.111");
    // Felix' rules, which do the dropping, are not in the text
    assertThat(networks.certainty()).isNotEqualTo(Certainty.PROVEN);
  }

  @Test
  void proseWithoutOutputsYieldsNothing() throws Exception {
    Diagnosis diagnosis = diagnose("002_");
    assertThat(diagnosis.findings()).isEmpty();
    assertThat(diagnosis.health()).isEqualTo(Diagnosis.Health.TOO_LITTLE);
  }

  @Test
  void theTypoIsAWarningTheRefusalTheCauseAndTheLocalEntryIsNotToBeDeleted() throws Exception {
    Diagnosis diagnosis = diagnose("003_");
    Finding typo = only(diagnosis, "kube-proxy-config-invalid");
    assertThat(typo.severity()).isEqualTo(Severity.WARNING);
    assertThat(typo.title()).contains("masqueradeAl ").contains("masqueradeAll");
    assertThat(typo.culprits().getFirst().label()).contains("boolean");
    assertThat(typo.mended()).isPresent();
    Finding refused = only(diagnosis, "kube-proxy-without-api-server");
    assertThat(refused.title()).contains("192.168.3.113:6443").contains("refused");
    assertThat(refused.mended()).isPresent();
    Ranked flannel =
        diagnosis.findings().stream()
            .filter(r ->
                r.finding().rule().equals("agent-cannot-reach-service")
                    && r.finding().nodes().contains("k8s-node01"))
            .findFirst()
            .orElseThrow();
    assertThat(flannel.causedBy()).containsExactly(id(diagnosis, "kube-proxy-without-api-server"));
    Finding local = only(diagnosis, "service-source-not-masqueraded");
    assertThat(entries(local))
        .anySatisfy(e -> assertThat(e).contains("10.96.0.1").contains("kube-ipvs0"));
    assertThat(local.why()).contains("source").contains("breaks the service for every pod");
    assertThat(local.mended()).isEmpty();
    // what the document shows of several machines under one prompt is no disagreement
    assertThat(diagnosis.findings())
        .extracting(r -> r.finding().rule())
        .doesNotContain("pod-subnet-mismatch", "route-to-own-subnet", "duplicate-pod-cidr");
  }

  @Test
  void theMeshWasSwitchedOffWithoutPeersUntilAPeerWasCreated() throws Exception {
    Diagnosis diagnosis = diagnose("004_");
    Finding mesh = only(diagnosis, "bgp-mesh-disabled-without-peers");
    assertThat(diagnosis.findings().getFirst().finding()).isEqualTo(mesh);
    assertThat(entries(mesh)).contains("nodeToNodeMeshEnabled: false");
    assertThat(mendedBy(mesh)).anySatisfy(c -> assertThat(c).contains("my-global-bgppeer.yaml"));
    assertThat(only(diagnosis, "ibgp-routes-not-reflected").mended()).isPresent();
  }

  private static Finding only(Diagnosis diagnosis, String rule) {
    List<Finding> all =
        diagnosis.findings().stream()
            .map(Ranked::finding)
            .filter(f -> f.rule().equals(rule))
            .toList();
    assertThat(all).as(rule).hasSize(1);
    return all.getFirst();
  }

  private static String id(Diagnosis diagnosis, String rule) {
    return diagnosis.findings().stream()
        .filter(r -> r.finding().rule().equals(rule))
        .findFirst()
        .orElseThrow()
        .id();
  }

  private static List<String> entries(Finding finding) {
    return finding.culprits().stream().map(c -> c.entry()).toList();
  }

  private static List<String> mendedBy(Finding finding) {
    return finding.mended().orElseThrow().by().stream().map(RunCommand::command).toList();
  }

  private static Diagnosis diagnose(String prefix) throws Exception {
    InputReader reader = new InputReader(Limits.standard(), InputStream.nullInputStream());
    return new Diagnostician(RuleLibrary.load().rules(), Set.of())
        .diagnose(reader.read(List.of(seed(prefix).toString())).history());
  }

  private static Path seed(String prefix) throws IOException {
    String root = System.getProperty("podpath.root", "..");
    String shared = System.getProperty("podpath.shared", root + "/../shared");
    Path seeds = Path.of(shared, "seeds");
    Assumptions.assumeTrue(Files.isDirectory(seeds), "no field notes beside the checkout");
    try (Stream<Path> files = Files.list(seeds)) {
      return files
          .filter(f -> f.getFileName().toString().startsWith(prefix))
          .findFirst()
          .orElseThrow();
    }
  }
}
