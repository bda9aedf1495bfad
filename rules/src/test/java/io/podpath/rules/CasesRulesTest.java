package io.podpath.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.podpath.core.rule.Diagnosis;
import io.podpath.core.rule.Finding;
import io.podpath.core.rule.Severity;
import io.podpath.probes.bundle.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Failures that people published: how many of them the rules name, and that the healthy ones stay
 * silent.
 */
class CasesRulesTest {

  private static final int FIRST = 3;

  /** Rules that name a category's cause. */
  private static final Map<String, Set<String>> RULES =
      Map.ofEntries(
          Map.entry("duplicate-route-own-subnet", Set.of("route-to-own-subnet")),
          Map.entry("vtep-mac-mismatch", Set.of("vtep-mac-mismatch")),
          Map.entry("duplicate-ipam-block", Set.of("ipam-block-on-two-nodes")),
          Map.entry("docker-bridge-not-flannel-subnet", Set.of("pod-subnet-mismatch")),
          Map.entry("duplicate-node-identity", Set.of("node-address-claimed-twice")),
          Map.entry("wrong-tunnel-next-hop", Set.of("wrong-tunnel-next-hop")),
          Map.entry("kube-proxy-sync-failed", Set.of("kube-proxy-rules-rejected")),
          Map.entry("pod-ip-on-host-interface", Set.of("pod-address-on-host-interface")),
          Map.entry(
              "overlapping-cidr",
              Set.of(
                  "interface-netmask-missing",
                  "pool-covers-node-network",
                  "node-cidr-mask-too-wide")),
          Map.entry("service-cidr-blackhole", Set.of("interface-netmask-missing")),
          Map.entry("ipvs-local-address-conflict", Set.of("node-address-on-kube-ipvs0")),
          Map.entry("kube-proxy-config-invalid", Set.of("kube-proxy-config-invalid")),
          Map.entry("firewall-drop", Set.of("forward-reject-before-accept", "ufw-denies-routed")),
          Map.entry(
              "forward-drop",
              Set.of("forward-drop-without-accept", "forward-reject-before-accept")),
          Map.entry(
              "calico-ip-autodetection",
              Set.of("bgp-peer-not-a-node", "node-address-claimed-twice")),
          Map.entry("bgp-peer-misconfigured", Set.of("bgp-peer-is-self")),
          Map.entry("unwanted-masquerade", Set.of("bgp-connect-from-unknown-address")),
          Map.entry("nat-outgoing-missing", Set.of("pool-covers-node-network")),
          Map.entry("pod-cidr-not-assigned", Set.of("node-cidr-mask-too-wide")),
          Map.entry("cluster-cidr-mismatch", Set.of("agent-cannot-reach-service")));

  private record Row(String id, String category, String completeness, List<Finding> findings) {

    boolean healthy() {
      return category.equals("healthy");
    }

    boolean named() {
      Set<String> wanted = RULES.getOrDefault(category, Set.of());
      return findings.stream().limit(FIRST).anyMatch(f -> wanted.contains(f.rule()));
    }
  }

  @Test
  void casesAreNamedAndHealthyOnesAreSilent() throws IOException, InputException {
    List<Row> rows = new ArrayList<>();
    for (Path directory : SharedFolder.directories("cases")) {
      rows.add(row(directory));
    }
    List<Row> high =
        rows.stream().filter(r -> !r.healthy() && r.completeness().equals("high")).toList();
    long named = high.stream().filter(Row::named).count();
    Path table = Path.of("target", "cases-rules.txt");
    Files.createDirectories(table.toAbsolutePath().getParent());
    Files.writeString(
        table, table(rows) + "named " + named + " of " + high.size() + " with high completeness\n");
    assertThat(rows.stream().filter(Row::healthy))
        .isNotEmpty()
        .allSatisfy(r -> assertThat(r.findings()).as(r.id()).isEmpty());
    // 135 and 69 stand for faults whose cause is only in the prose
    assertThat(named)
        .as("see %s", table.toAbsolutePath())
        .isGreaterThanOrEqualTo(high.size() * 4 / 5);
  }

  private static Row row(Path directory) throws IOException, InputException {
    String yaml = Files.readString(directory.resolve("case.yaml"));
    List<Finding> findings =
        RecordedRulesTest.diagnose(directory).findings().stream()
            .map(Diagnosis.Ranked::finding)
            .filter(f -> f.severity() != Severity.INFO)
            .toList();
    return new Row(
        String.valueOf(directory.getFileName()),
        value(yaml, "category"),
        value(yaml, "completeness"),
        findings);
  }

  private static String value(String yaml, String key) {
    return yaml.lines()
        .filter(l -> l.startsWith(key + ": "))
        .map(l -> l.substring(key.length() + 2).strip())
        .findFirst()
        .orElse("");
  }

  private static String table(List<Row> rows) {
    StringBuilder text = new StringBuilder();
    for (Row row : rows) {
      String verdict =
          row.healthy()
              ? row.findings().isEmpty() ? "silent" : "FALSE ALARM"
              : row.named() ? "named" : row.findings().isEmpty() ? "-" : "other";
      text.append(
          String.format(
              Locale.ROOT,
              "%-58s %-32s %-7s %-11s %s%n",
              row.id(),
              row.category(),
              row.completeness(),
              verdict,
              row.findings().stream().limit(FIRST).map(Finding::rule).toList()));
    }
    return text.toString();
  }
}
